"""The database's schema, step by step: the one place to read what a table holds.

Tocsin applies what is pending when it opens a database. By hand::

    sqlite-utils migrate db/data/tocsin.db db/

Each step runs in one transaction together with the record that it ran. A released step is never changed: a
new one follows it. The comments stand inside the statements, so `.schema` in any SQLite shell shows them.

All times are text of one fixed width, ISO 8601 in UTC with microseconds (`2026-01-31T09:30:00.000000+00:00`):
people can read them, SQLite's date functions understand them, and they sort as they follow each other.
Destinations are written as the messenger names them (`telegram:-100123/7`), levels as numbers (1 info,
2 alert, 3 flash), yes and no as 1 and 0.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("tocsin")


@migrations(name="0001_feeds_and_stories")
def feeds_and_stories(db: Database) -> None:
    """What is polled, what it carried, and the index over its words."""
    db.executescript("""
    create table feeds (
        id integer primary key,               -- of ours, for other tables to refer to
        url text not null unique,             -- as rules.yaml writes it: its identity for ever
        name text not null,                   -- as rules.yaml names it
        listed integer not null,              -- 1 while rules.yaml has it; only then is it polled
        etag text,                            -- of the last page, latin-1 text, byte-exact
        last_modified text,                   -- of the last page, latin-1 text, byte-exact
        body_digest text,                     -- of the last body that was parsed and stored
        next_poll_at text,                    -- null: never again
        last_poll_at text,                    -- whatever came of it
        last_success_at text,                 -- of the last page that parsed, or 304
        failures integer not null default 0,  -- in a row
        last_error text,                      -- for people; null after a success
        seen_before integer not null default 0,  -- 1 once a page of it was stored
        reason text not null default ''       -- why next_poll_at is what it is, for people
    );
    create index feeds_due on feeds (next_poll_at) where listed = 1;

    create table stories (
        id integer primary key autoincrement,  -- grows with time, never used twice
        feed_id integer not null references feeds (id),  -- that carried it
        key text not null,           -- identity within its feed
        title text not null,         -- plain text, as all texts here; may be empty
        url text,                    -- absolute http or https
        summary text not null,       -- as far as the feed carries one
        text text not null,          -- the body, as far as the feed carries it
        author text,                 -- as the feed names them
        published_at text,           -- as the feed dates it
        lang text,                   -- primary language tag
        source text not null,        -- name of the feed when it was stored
        tags text not null,          -- of the feed then, a JSON array
        tier text,                   -- of the feed then
        seen_at text not null,       -- when it was stored
        why text not null,           -- why it is on its card, or why its hits raised nothing
        unique (feed_id, key)
    );

    -- Finds candidates for a search; the matcher decides. rowid is stories.id. Contentless: the tokens
    -- (words, and pairs of syllables in Hangul) are made from the story by monitor.core.text.index_text.
    create virtual table story_index using fts5 (
        tokens, content = '', tokenize = 'unicode61 remove_diacritics 0'
    );
    """)


@migrations(name="0002_hits_and_cards")
def hits_and_cards(db: Database) -> None:
    """What matched, and the events that people are told of."""
    db.executescript("""
    create table hits (
        id integer primary key,      -- the order in which rules are shown
        story_id integer not null references stories (id),  -- that hit
        rule text not null,          -- its id in rules.yaml
        level integer not null,      -- of the rule then
        evidence text not null,      -- a JSON array of {clause, term, field, start, end, surface}
        unique (story_id, rule)
    );
    create index hits_rule on hits (rule, story_id);

    create table cards (
        number integer primary key,  -- as people know it
        level integer not null,      -- highest of its hits; never falls
        opened_at text not null      -- when its first story came
    );

    -- Which card a story is on, with what grouping compares new stories with.
    create table card_stories (
        story_id integer primary key references stories (id),  -- a story is on one card at most
        card integer not null references cards (number),       -- that it is on
        seen_at text not null,       -- of the story
        canonical_url text,          -- of the story
        fingerprint text not null,   -- of its title
        words text not null          -- of its title, a sorted JSON array of stems
    );
    create index card_stories_card on card_stories (card);
    create index card_stories_seen on card_stories (seen_at);
    """)


@migrations(name="0003_people_and_deliveries")
def people_and_deliveries(db: Database) -> None:
    """Who waits for what, and what is owed to them."""
    db.executescript("""
    create table subscriptions (
        id integer primary key,      -- the order of equally old ones
        destination text not null,   -- who waits
        selector text not null,      -- a rule's id, or "all"
        since text not null,         -- when it was asked for
        asked_by text not null,      -- who asked, for example telegram:42
        title text not null,         -- the chat's name as people know it
        unique (destination, selector)
    );

    create table suspended (
        destination text primary key,  -- out of reach: blocked, kicked, gone
        reason text not null,          -- for people
        since text not null            -- when the first send was refused
    );

    create table outbox (
        id integer primary key autoincrement,  -- grows with age, never used twice
        card integer not null references cards (number),  -- that it is about
        destination text not null,   -- to whom
        kind text not null,          -- alert: a new message; update: an edit of the message that was sent
        level integer not null,      -- the highest goes first
        state text not null,         -- owed, sending, sent, dead
        attempt integer not null default 0,   -- sends begun; a late answer to an earlier one is refused
        not_before text,             -- owed, but not before then
        repeat integer not null default 0,    -- 1: an earlier attempt may have arrived
        message text,                -- the messenger's id of what was sent
        reason text not null default '',      -- of the last failure
        owed_at text not null,       -- since when
        lease_until text,            -- sending: whoever sends is believed alive until then
        settled_at text,             -- sent or dead: since when
        again integer not null default 0,     -- sending: its card grew meanwhile, so it will be owed again
        unique (card, destination, kind)
    );
    create index outbox_waiting on outbox (level desc, id) where state in ('owed', 'sending');
    create index outbox_state on outbox (state, settled_at);
    """)


@migrations(name="0004_house")
def house(db: Database) -> None:
    """What the process keeps about itself."""
    db.executescript("""
    create table beats (
        heart text primary key,      -- a part of the process
        at text not null             -- when it last showed that it lives
    );

    create table meta (
        name text primary key,       -- index_probe: tokens of a fixed text when story_index was made
        value text not null          -- what it is
    );
    """)


@migrations(name="0005_rulebooks")
def rulebooks(db: Database) -> None:
    """Every rules file that was in force: who changed what, and when."""
    db.executescript("""
    create table rulebooks (
        id integer primary key,      -- the order in which they were loaded
        version text not null,       -- short digest of the file; comes again when a file is put back
        loaded_at text not null,     -- since when it was in force
        source text not null,        -- the whole file, byte for byte as UTF-8
        changed_by text not null,    -- file: found changed on disk; else who changed it, such as telegram:42
        note text not null           -- what was different from the one before, for people
    );
    create index rulebooks_version on rulebooks (version);
    """)


@migrations(name="0006_vigil")
def vigil(db: Database) -> None:
    """What polling learns of a feed beyond the last page, and what must be told."""
    db.executescript("""
    -- What polling has learnt of a feed, beside `feeds`; a feed never polled has no row.
    create table polling (
        feed_id integer primary key references feeds (id),  -- of which feed
        validators_url text,          -- that issued etag and last_modified; null: the feed's own address
        address text,                 -- where it is asked for since a permanent move; null: its own url
        moved_to text,                -- where a move that has not proved itself leads
        moved_since text,             -- when that was first seen
        moved_times integer,          -- polls in a row that led there
        failing_since text,           -- first failure of the row; null after a success
        hub text,                     -- WebSub hub that the feed names
        topic text,                   -- address under which the hub knows it
        rhythm text not null,         -- when it posts, as learnt, a JSON object (monitor.core.model.Rhythm)
        vigil text not null           -- what was noticed of it, a JSON object (monitor.core.model.Vigil)
    );

    -- The items of a feed's last page, so that the next one is parsed only where it differs.
    create table page_items (
        feed_id integer primary key references feeds (id),  -- of which feed
        items text not null           -- digests of the items, with spaces between
    );

    -- What those who run Tocsin should hear once.
    create table notices (
        id integer primary key autoincrement,  -- grows with time
        feed_id integer not null references feeds (id),  -- that it is about
        at text not null,             -- when it was noticed
        text text not null,           -- in words
        told_at text                  -- when it was told; null: not yet
    );
    create index notices_untold on notices (id) where told_at is null;

    -- WebSub: hubs that promise to tell us when a feed has news.
    create table pushes (
        feed_id integer primary key references feeds (id),  -- of which feed
        hub text not null,            -- that the feed names
        topic text not null,          -- what the hub knows the feed under
        token text not null,          -- the unguessable end of our callback's address
        secret text not null,         -- signs what the hub sends
        asked_at text not null,       -- when the hub was last asked
        until_at text,                -- end of the lease; null until the hub has verified that we want it
        failures integer not null,    -- how often it was asked since it last agreed
        ending integer not null       -- 1: it was asked to end
    );

    -- What sites say of robots, so that nobody is asked more than once a day.
    create table robots (
        origin text primary key,      -- scheme, host and port
        at text not null,             -- when it was asked
        text text not null            -- the answer
    );
    """)


@migrations(name="0007_editions")
def editions(db: Database) -> None:
    """What became of edited stories."""
    db.executescript("""
    create index stories_feed on stories (feed_id);

    -- Stories as they stood before they were edited; the first and the newest few of each.
    create table story_versions (
        id integer primary key,       -- grows with time
        story_id integer not null references stories (id),  -- of which story
        until_at text not null,       -- when it was replaced
        title text not null,          -- as it was
        url text,                     -- as it was
        summary text not null,        -- as it was
        text text not null,           -- as it was
        author text,                  -- as it was
        published_at text             -- as it was
    );
    create index story_versions_story on story_versions (story_id);

    -- What is unusual about a story; most have no row.
    create table story_notes (
        story_id integer primary key references stories (id),  -- of which story
        doubt text not null,          -- why published_at is not the feed's own date; empty if it is
        article integer not null      -- 1: its text is that of its page, fetched
    );
    """)


@migrations(name="0008_pacing")
def pacing(db: Database) -> None:
    """Who asked us for patience: nothing is sent there too early after a restart either."""
    db.executescript("""
    create table paces (
        name text primary key,       -- a chat without its topic (telegram:-100123), or a messenger: all its chats
        asked_at text not null,      -- when it last asked
        until_at text not null,      -- nothing is sent before then
        heat integer not null        -- thousandths; 1000: half as fast as usual, 2000: a quarter, and so on
    );
    """)


@migrations(name="0009_send_once")
def send_once(db: Database) -> None:
    """Where a message missed is better than one that comes twice."""
    db.executescript("""
    create table send_once (
        destination text primary key  -- a send there of which nobody knows whether it arrived is not repeated
    );
    """)


@migrations(name="0010_wishes")
def wishes(db: Database) -> None:
    """What people wish for themselves, and what they were not told because of it."""
    db.executescript("""
    -- What a destination does not want to be told for a while.
    create table mutes (
        id integer primary key,      -- the order of equally long ones
        destination text not null,   -- whose
        kind text not null,          -- rule, card, query
        value text not null,         -- a rule's id, a card's number, a query
        until_at text not null,      -- when it ends
        asked_by text not null,      -- who asked, for example telegram:42
        unique (destination, kind, value)
    );

    -- Hours of each day in which alerts wait.
    create table quiet_hours (
        destination text primary key,  -- whose
        begins text not null,        -- HH:MM on the clock of the zone
        ends text not null,          -- so; earlier than begins: on the next day
        zone text not null,          -- IANA name, such as Asia/Seoul
        excepted text not null       -- levels that ring all the same, a JSON array
    );

    -- Who was not told of a card because they had muted it.
    create table hushed (
        card integer not null references cards (number),  -- of which card
        destination text not null,   -- who
        why text not null,           -- the mute, in words
        primary key (card, destination)
    );
    """)


@migrations(name="0011_digests")
def digests(db: Database) -> None:
    """The outbox carries what tells of several cards, in parts, and stands a clock that was set back."""
    db.executescript("""
    create table outbox_anew (
        id integer primary key autoincrement,  -- grows with age, never used twice
        card integer not null references cards (number),  -- that it is about; of a digest's part the first
        digest integer,              -- of digests, whose part it is; null: it is about the one card
        part integer not null default 1,      -- which message of several, from 1
        parts integer not null default 1,     -- how many there are
        destination text not null,   -- to whom
        kind text not null,          -- alert: a new message; update: an edit of it; escalation, digest, summary
        level integer not null,      -- highest of what it tells
        rank integer not null,       -- the highest goes first: the level; 0 for digests and summaries
        state text not null,         -- owed, sending, sent, dead
        attempt integer not null default 0,   -- sends begun; a late answer to an earlier one is refused
        not_before text,             -- owed, but not before then
        back_at text,                -- when not_before or lease_until was set
        repeat integer not null default 0,    -- 1: an earlier attempt may have arrived
        message text,                -- the messenger's id of what was sent
        reason text not null default '',      -- of the last failure
        owed_at text not null,       -- since when
        lease_until text,            -- sending: whoever sends is believed alive until then
        settled_at text,             -- sent or dead: since when
        again integer not null default 0      -- sending: its card grew meanwhile, so it will be owed again
    );
    insert into outbox_anew (id, card, destination, kind, level, rank, state, attempt, not_before, repeat,
        message, reason, owed_at, lease_until, settled_at, again)
    select id, card, destination, kind, level, level, state, attempt, not_before, repeat,
        message, reason, owed_at, lease_until, settled_at, again from outbox;
    delete from sqlite_sequence where name = 'outbox_anew';
    insert into sqlite_sequence (name, seq) select 'outbox_anew', seq from sqlite_sequence where name = 'outbox';
    drop table outbox;
    alter table outbox_anew rename to outbox;
    create unique index outbox_card on outbox (card, destination, kind) where digest is null;
    create unique index outbox_digest on outbox (digest, part) where digest is not null;
    create index outbox_waiting on outbox (rank desc, id) where state in ('owed', 'sending');
    create index outbox_state on outbox (state, settled_at);
    create index outbox_message on outbox (message) where message is not null;
    """)
