"""The schema of what the chat keeps, step by step; as in `db/migrations.py`, whose steps run first."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("tocsin-chat")


@migrations(name="0001_languages")
def languages(db: Database) -> None:
    """The language in which a chat is spoken to."""
    db.executescript("""
    create table languages (
        destination text primary key,  -- whose
        language text not null         -- en, ko or ru
    );
    """)


@migrations(name="0002_drafts")
def drafts(db: Database) -> None:
    """Changes of the rules file that wait to be applied, and feeds that are not polled for a while."""
    db.executescript("""
    create table drafts (
        number integer primary key autoincrement,  -- how people call it; never given twice
        kind text not null,                        -- add rule, edit rule, add feed or put back
        subject text not null,                     -- the rule's id, the feed's address, the version
        fields text not null,                      -- JSON: pairs of a key of rules.yaml and what was written
        base text not null,                        -- version of the file that it was made from
        made_by text not null,                     -- person: telegram:42
        name text not null,                        -- of that person, for people
        made_at text not null                      -- it expires after a day
    );
    create table paused_feeds (
        feed_id integer primary key references feeds(id),  -- that is not polled
        since text not null                                -- when an editor paused it
    );
    """)


@migrations(name="0003_admission")
def admission(db: Database) -> None:
    """Who was let in, who changed what, and what readers wait for alone."""
    db.executescript("""
    create table roles (
        who text primary key,        -- telegram:42, or a group (telegram:-1001) whose members may read there
        role text not null,          -- reader, editor, admin, owner; those of OWNERS need no row
        name text not null,          -- as people know them
        given_by text not null,      -- who gave it
        at text not null             -- when
    );

    create table invites (
        digest text primary key,     -- SHA-256 of the code, in hexadecimal; the code itself is nowhere
        role text not null,          -- that it gives
        until text not null,         -- good until then
        made_by text not null,       -- who made it
        made_at text not null,       -- when
        used_at text,                -- null: not used yet
        used_by text                 -- whom it let in
    );

    create table audit (
        number integer primary key autoincrement,  -- in the order in which it happened
        at text not null,            -- when
        by text not null,            -- telegram:42, terminal:, bot
        name text not null,          -- of that person
        kind text not null,          -- grant, revoke, invite, rules, feed, setting, backup, watch
        detail text not null         -- for people
    );
    create trigger audit_is_not_changed before update on audit
    begin select raise(abort, 'the audit trail only grows'); end;
    create trigger audit_is_not_cut before delete on audit
    begin select raise(abort, 'the audit trail only grows'); end;

    create table watches (
        number integer primary key autoincrement,  -- the rule is called watch-NUMBER; never used twice
        destination text not null,   -- who waits, and sees what it found; nobody else does
        query text not null,         -- in the language of the rules, without patterns
        asked_by text not null,      -- who asked
        since text not null,         -- when
        ended_at text                -- null: it goes on
    );
    create index watches_destination on watches (destination);
    """)


@migrations(name="0004_buttons")
def buttons(db: Database) -> None:
    """What the buttons below messages carry."""
    db.executescript("""
    create table buttons (
        key text primary key,        -- what the messenger gets in place of the data, without the chat's mark
        data text not null,          -- what the button carries
        sent_at text not null        -- when it was last sent, to the day; old ones are forgotten
    ) without rowid;
    create index buttons_sent on buttons (sent_at);

    -- One row: what the keys of buttons are derived from, and what binds each to its chat.
    create table button_secret (
        secret text not null         -- never leaves this database
    );

    -- The card of a message that somebody replies to.
    """)


@migrations(name="0005_responses")
def responses(db: Database) -> None:
    """What readers do with an alert: see it, judge it, have it repeated elsewhere."""
    db.executescript("""
    -- The first in a chat to say that they saw a card.
    create table acknowledgements (
        card integer not null references cards (number),  -- which card
        destination text not null,   -- the chat, without a topic
        by_whom text not null,       -- such as telegram:42
        name text not null,          -- of that person, for people
        at text not null,            -- when
        primary key (card, destination)
    ) without rowid;

    -- What people think of cards.
    create table votes (
        card integer not null references cards (number),  -- which card
        destination text not null,   -- the chat in which they said it, without a topic
        by_whom text not null,       -- such as telegram:42
        useful integer not null,     -- 1 or 0
        at text not null,            -- when they last said so
        primary key (card, destination, by_whom)
    ) without rowid;

    -- Where flash alerts are repeated that nobody acknowledges.
    create table escalations (
        destination text primary key,  -- whose alerts
        target text not null,        -- where they are repeated
        after integer not null,      -- seconds without an acknowledgement
        since text not null,         -- alerts sent before that are left alone
        by_whom text not null,       -- who asked
        title text not null,         -- of the chat whose alerts they are
        called text not null         -- the target, for people
    );

    -- What was repeated so.
    create table escalated (
        card integer not null references cards (number),  -- which card
        destination text not null,   -- where nobody acknowledged it
        target text not null,        -- where it was repeated
        title text not null,         -- of the chat where nobody did
        after integer not null,      -- seconds that were waited
        at text not null,            -- when
        primary key (card, destination)
    ) without rowid;
    create index escalated_target on escalated (target, card);
    """)


@migrations(name="0006_story_words")
def story_words(db: Database) -> None:
    """The words of all stories, to offer one that is near to a word that no story has."""
    db.executescript("""
    -- A view into story_index that keeps nothing of its own: term, doc (stories that hold it), cnt.
    create virtual table story_index_words using fts5vocab(story_index, row);
    """)


@migrations(name="0007_digests")
def digests(db: Database) -> None:
    """How messages come to a chat, and what is gathered for it."""
    db.executescript("""
    -- What a chat or topic chose; null: nothing, so a topic does as its chat.
    create table preferences (
        destination text primary key,  -- whose
        zone text,                   -- IANA name, such as Asia/Seoul
        silent text,                 -- what makes no sound, a JSON array of info, alert, flash, digest
        protected integer,           -- 1: messages cannot be forwarded or saved
        preview integer,             -- 1: an alert's link is shown with a picture
        cap integer                  -- alerts in an hour, flash aside; 0: no cap
    );

    -- What is gathered for a digest, and what is not.
    create table digest_wishes (
        destination text not null,   -- whose
        selector text not null,      -- a rule's id, tag:NAME, level:WORD or all
        schedule text,               -- hourly, daily 08:00 or weekly Mon 08:00; null: at once
        primary key (destination, selector)
    );

    -- Digests and summaries that were made; their parts lie in outbox.
    create table digests (
        id integer primary key,      -- grows with time
        destination text not null,   -- for whom
        kind text not null,          -- digest or summary
        schedule text not null,      -- as in digest_wishes; empty: held back by a cap
        begun_at text not null,      -- when the first of its cards was gathered
        made_at text not null,       -- when it became owed
        period_at text,              -- the moment of the schedule for which it was made; null: out of turn
        listed integer not null      -- cards that stand in its messages
    );
    create index digests_period on digests (destination, schedule, period_at);

    -- Cards of which somebody is told together with others.
    create table gathered (
        id integer primary key,      -- the order in which they came
        card integer not null references cards (number),  -- which
        destination text not null,   -- who
        level integer not null,      -- of the hit for which they wait
        schedule text not null,      -- as in digests
        at text not null,            -- when
        digest integer references digests (id),  -- that tells of it; null: it waits
        place integer                -- in that digest, from 1
    );
    create unique index gathered_waiting on gathered (destination, card) where digest is null;
    create unique index gathered_digest on gathered (digest, place) where digest is not null;
    create index gathered_card on gathered (card);
    """)


@migrations(name="0008_topics")
def topics(db: Database) -> None:
    """Where alerts for a closed or deleted forum topic go on."""
    db.executescript("""
    create table topic_fallbacks (
        destination text primary key  -- the chat in whose general topic they come then; others hold them back
    ) without rowid;
    """)
