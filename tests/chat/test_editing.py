"""Rules changed from a chat: what would change is shown first, and only editors change anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.chat.message import Message
from monitor.core.access import Place, Rights, Role
from monitor.core.model import Draft, DraftKind, Kept, Outcome, RuleBook
from monitor.desk.books import keep
from monitor.rulebook import read
from tests.build import NOW, minutes, state, story
from tests.errands import RULES
from tests.frontdesk import PERSON, World, data

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))
OTHER = replace(EDITOR, person="telegram:43", name="Bo")
READER = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.READER))


class Office(World):
    """A world whose rules are those of its file; each version that comes into force is kept."""

    def __init__(self, text: str = RULES) -> None:
        super().__init__(book=read(text, "rules.yaml"))
        self.errands.text = text
        self.errands.take_over = self.take_over
        keep(self.store, self.book, text, NOW)

    def take_over(self, book: RuleBook) -> None:
        self.book = book
        keep(self.store, book, self.errands.text, self.clock(), by=self.errands.signed[-1])

    def stored(self, *titles: str) -> None:
        """One a day, the newest first."""
        for number, title in reversed(list(enumerate(titles))):
            seen = minutes(-60 * 24 * number - 1)
            self.store.save(Outcome(state(), seen, (Kept(story(title)),)))


@pytest.fixture
def office() -> Office:
    made = Office()
    made.stored(
        "Asylum at the embassy of Sweden", "A border town", "Embassy film", "Asylum, embassy, consulate"
    )
    return made


async def said(office: Office, line: str) -> str:
    return (await office.work(line, EDITOR)).text


async def test_a_new_rule_is_shown_tried_and_applied(office: Office) -> None:
    shown: list[Message] = []

    told = await office.work("addrule Asylum-Embassy asylum embassy level:flash", EDITOR, shown)

    assert "Draft 1: rules +asylum-embassy" in told.text
    assert "+  - id: asylum-embassy\n+    level: flash\n+    match: 'asylum embassy'" in told.text
    assert "2 hits in 4 stories" in told.text
    assert "all examples of all rules hold" in told.text
    assert "no examples of its own" in told.text
    assert data(told) == ["apply:1", "undraft:1"]
    assert office.errands.text == RULES

    done = await office.press_work("apply:1", EDITOR)

    assert done.text.startswith("Applied. rules.yaml is now version ")
    assert [rule.id for rule in office.book.rules][-1] == "asylum-embassy"
    assert "# the first one\n  - id: border   # its id" in office.errands.text
    assert data(done) == ["sub:asylum-embassy", f"rollback:{read(RULES, 'x').version}"]
    assert office.store.books(1)[0].by == "telegram:42"
    assert office.store.drafts() == ()


async def test_how_far_the_backtest_came_stands_below_the_draft(office: Office) -> None:
    office.stories(*(f"Border story {number}" for number in range(300)))
    shown: list[Message] = []
    await office.work("editrule border border -film", EDITOR, shown)
    assert shown
    assert "Draft 1: rules ~border" in shown[0].text
    assert "Looking at stored stories: " in shown[0].text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("editrule border level:flash", "-    level: info\n+    level: flash", id="level"),
        pytest.param("editrule border unless:-", "-    unless: 'film'", id="a key goes"),
        pytest.param('editrule border name:"Who crosses"', '+    name: "Who crosses"', id="name"),
        pytest.param("editrule BORDER border OR frontier", "+    match: 'border OR frontier'", id="query"),
        pytest.param(
            "editrule border unless:film OR song tags:a,b", "+    unless: 'film OR song'", id="two keys"
        ),
        pytest.param("addrule x zebra unless:film", "It would have been silent", id="silence"),
        pytest.param("addrule x to border", "⚠ ", id="lint"),
    ],
)
async def test_what_will_stand_in_the_file_is_shown(office: Office, line: str, expected: str) -> None:
    assert expected in await said(office, line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("addrule x (a OR", "I cannot read this query:\n(a OR\n^", id="a mistake with its caret"),
        pytest.param("addrule x @nobody", "@nobody", id="an unknown entity"),
        pytest.param(f"addrule x {'a' * 2001}", "longer than 2000 characters", id="a long query"),
        pytest.param("addrule border zebra", "There is a rule border already", id="a taken name"),
        pytest.param("addrule Боярин zebra", "needs a name of letters a-z", id="a name that none can be"),
        pytest.param("addrule zebra", "needs a name of letters a-z", id="no query"),
        pytest.param("editrule", "Say which rule", id="nothing"),
        pytest.param("editrule border", "Say which rule", id="no change"),
        pytest.param("editrule bordr zebra", "Did you mean /editrule border?", id="a misspelt rule"),
        pytest.param("editrule border level:loud", "`loud` is no level", id="no such level"),
        pytest.param("editrule border fence", "does not match this example", id="a failing example"),
        pytest.param("editrule border level:info", "says that already", id="nothing to change"),
        pytest.param("apply one", "called by its number", id="no number"),
        pytest.param("apply 7", "There is no draft 7", id="no such draft"),
        pytest.param("apply", "No change waits", id="none waits"),
        pytest.param("rollback", "No earlier version", id="no earlier version"),
        pytest.param("rollback ffffffff", "No version, or more than one", id="no such version"),
        pytest.param("rule", "Which rule?", id="which rule"),
        pytest.param("rule bordr", "Did you mean /rule border?", id="a misspelt rule is offered"),
    ],
)
async def test_what_cannot_be_done_says_why_and_changes_nothing(
    office: Office, line: str, expected: str
) -> None:
    assert expected in await said(office, line)
    assert office.errands.text == RULES
    assert office.store.drafts() == ()


COMMANDS = (
    "addrule x zebra",
    "addrule",
    "editrule border zebra",
    "editrule",
    "apply",
    "apply one",
    "apply 1",
    "apply 1 show",
    "apply 1 no",
    "rollback",
    "rollback ffff",
    "backtest border",
    "addfeed example.org",
    "feed 1",
    "feed 1 pause",
    "feed 1 check",
    "reload",
    "backup",
)


@pytest.mark.parametrize("line", COMMANDS)
async def test_a_reader_changes_nothing(office: Office, line: str) -> None:
    made = Draft(0, DraftKind.EDIT_RULE, "border", (("level", "flash"),), "v", "telegram:42", "Ann", NOW)
    office.store.keep_draft(made, minutes(-1))
    told = await office.work(line, READER)
    assert "Draft" not in told.text
    assert office.errands.text == RULES
    assert office.errands.asked == []
    assert len(office.store.drafts()) == 1
    assert office.store.due_feeds(NOW, 9)


@pytest.mark.parametrize(
    "pressed",
    ["apply:1", "draft:1", "undraft:1", "rollback:ffff", "versions:1", "addrule:zebra", "feed:pause:1"],
)
async def test_a_reader_presses_in_vain(office: Office, pressed: str) -> None:
    made = Draft(0, DraftKind.EDIT_RULE, "border", (("level", "flash"),), "v", "telegram:42", "Ann", NOW)
    office.store.keep_draft(made, minutes(-1))
    await office.press_work(pressed, READER)
    assert office.errands.text == RULES
    assert len(office.store.drafts()) == 1
    assert office.store.due_feeds(NOW, 9)


async def test_a_draft_whose_file_was_changed_is_made_anew_and_shown(office: Office) -> None:
    await said(office, "editrule border level:flash")
    office.errands.text = RULES.replace("'film'", "'song'")

    anew = await said(office, "apply 1")

    assert "rules.yaml was changed since this draft was made" in anew
    assert "+    level: flash" in anew
    assert "'film'" not in office.errands.text
    assert "level: flash\n    match: 'border'" not in office.errands.text
    assert (await said(office, "apply 1")).startswith("Applied.")
    assert "level: flash\n    match: 'border'\n    unless: 'song'" in office.errands.text


async def test_somebody_was_quicker_between_two_steps(office: Office) -> None:
    await said(office, "editrule border level:flash")
    put = office.errands.put_rules
    office.errands.text, mine = RULES, RULES + "# more\n"

    async def late(text: str, *, instead_of: str, by: str) -> object:
        office.errands.text = mine
        return await put(text, instead_of=instead_of, by=by)

    object.__setattr__(office.errands, "put_rules", late)
    assert "rules.yaml was changed since this draft was made" in await said(office, "apply 1")
    assert office.errands.text == mine


async def test_a_draft_expires_after_a_day(office: Office) -> None:
    await said(office, "editrule border level:flash")
    office.clock.forward(timedelta(days=1).total_seconds() + 1)
    assert "There is no draft 1" in await said(office, "apply 1")
    await said(office, "editrule border unless:song")
    assert [each.number for each in office.store.drafts()] == [2]


async def test_drafts_that_wait_are_listed_looked_at_and_discarded(office: Office) -> None:
    for line in ("editrule border level:flash", "addrule x zebra", "addrule y yak"):
        await said(office, line)
    listed = await office.work("apply", EDITOR)
    assert "3 changes wait" in listed.text
    assert "new rule y" in listed.text
    assert "change of border" in listed.text
    assert data(listed) == ["draft:3", "draft:2", "draft:1"]
    assert "Draft 2: rules +x" in (await office.press_work("draft:2", EDITOR)).text
    assert "Draft 2 is discarded" in (await office.press_work("undraft:2", EDITOR)).text
    assert "no draft 2 any more" in await said(office, "apply 2 no")
    assert "These wait: 3, 1" in await said(office, "apply 2")


async def test_a_second_editor_applies_where_that_is_wanted(office: Office) -> None:
    office.approval = True
    told = await office.work("editrule border level:flash", EDITOR)
    assert data(told) == ["undraft:1"]
    assert "Another editor has to apply it" in told.text
    assert "need a second editor" in await said(office, "apply 1")
    shown = await office.press_work("draft:1", OTHER)
    assert data(shown) == ["apply:1", "undraft:1"]
    assert (await office.press_work("apply:1", OTHER)).text.startswith("Applied.")
    assert office.errands.signed == ["telegram:42, applied by telegram:43"]
    (deed,) = office.store.audited(1)
    assert (deed.by, deed.detail) == ("telegram:43", "rules ~border (by Ann, telegram:42)")


async def test_what_was_applied_is_in_the_record(office: Office) -> None:
    await said(office, "editrule border level:flash")
    await said(office, "apply 1")
    (deed,) = office.store.audited(1)
    assert (deed.by, deed.kind, deed.detail) == ("telegram:42", "rules", "rules ~border")


async def test_a_file_that_cannot_be_written_loses_nothing(office: Office) -> None:
    await said(office, "editrule border level:flash")
    office.errands.refusal = "rules.yaml: the file is read-only for this process"
    told = await said(office, "apply 1")
    assert "could not be put in force" in told
    assert "read-only" in told
    assert "/apply 1 tries it again" in told
    office.errands.refusal = ""
    assert (await said(office, "apply 1")).startswith("Applied.")


@pytest.mark.parametrize("line", ["editrule border level:flash", "addrule x zebra", "addfeed example.org"])
async def test_a_file_that_is_not_in_order_is_not_changed(office: Office, line: str) -> None:
    office.errands.text = "rules: ["
    told = await said(office, line)
    if "addfeed" not in line:
        assert "cannot be used as it is at present" in told
    assert office.store.drafts() == ()


async def test_a_file_that_cannot_be_read_is_told(office: Office) -> None:
    await said(office, "editrule border level:flash")
    office.errands.unreadable = True
    for line in ("editrule border level:flash", "apply 1", "rollback f"):
        assert "there is no such file" in await said(office, line) or "rollback" in line
    assert "was changed since" in await said(office, "rule border")


async def test_the_way_back_is_shown_and_taken(office: Office) -> None:
    first = office.book.version
    await said(office, "editrule border level:flash")
    office.clock.forward(60)
    await said(office, "apply 1")
    listed = await office.work("rollback", EDITOR)
    assert data(listed) == [f"rollback:{first}"]
    assert "in force · rules ~border" in listed.text
    assert "telegram:42" in listed.text

    told = await office.press_work(f"rollback:{first}", EDITOR)

    assert "-    level: flash\n+    level: info" in told.text
    office.clock.forward(60)
    assert (await office.press_work("apply:2", EDITOR)).text.startswith("Applied.")
    assert office.errands.text == RULES
    assert "put back: rules ~border" in (await office.work("rollback", EDITOR)).text
    assert "is that version already" in await said(office, f"rollback {first[:5]}")


async def test_a_version_comes_back_even_over_a_broken_file(office: Office) -> None:
    first = office.book.version
    await said(office, "editrule border level:flash")
    await said(office, "apply 1")
    office.errands.text = "rules: ["
    assert "Draft 2" in await said(office, f"rollback {first}")
    assert (await said(office, "apply 2")).startswith("Applied.")
    assert office.errands.text == RULES


async def test_many_versions_are_turned_page_by_page(office: Office) -> None:
    for number in range(8):
        office.clock.forward(60)
        await said(office, f"editrule border name:n{number}")
        await said(office, f"apply {number + 1}")
    first = await office.work("rollback", EDITOR)
    assert data(first)[-1] == "versions:2"
    second = await office.press_work("versions:2", EDITOR)
    assert second.replaces
    assert data(second)[-1] == "versions:1"
    assert (await office.work("rollback 9", EDITOR)).text == second.text


async def test_a_search_becomes_a_rule_with_a_name_of_its_own(office: Office) -> None:
    told = await office.press_work("addrule:asylum (embassy OR consulate)", EDITOR)
    assert "rules +asylum-embassy-consulate" in told.text
    assert "Draft 2: rules +rule-1" in (await office.press_work("addrule:망명", EDITOR)).text
    assert "There is no query" in (await office.press_work("addrule:", EDITOR)).text


async def test_advice_becomes_a_change(office: Office) -> None:
    told = await office.press_work("editrule:border border -fence", EDITOR)
    assert "+    match: 'border -fence'" in told.text


async def test_a_rule_is_shown_as_it_stands(office: Office) -> None:
    told = await office.work("rule Border", EDITOR)
    assert "- id: border   # its id\n  level: info\n  match: 'border'" in told.text
    assert "1 example is tried" in told.text
    assert "/editrule border changes it" in told.text
    assert data(told) == ["sub:border", "backtest:border"]
    seen = await office.work("rule defection-at-mission", READER)
    assert "It has no examples" in seen.text
    assert data(seen) == ["sub:defection-at-mission"]
    assert "brings its alerts here" in seen.text


async def test_a_rule_with_cards_and_subscribers_says_so(office: Office) -> None:
    office.card(1, "border")
    await office.work("subscribe border", READER)
    told = await office.work("rule border", READER)
    assert "Last card: #1" in told.text
    assert "Its alerts come here" in told.text
    await said(office, "editrule border level:flash")
    assert "Its alerts come to this chat." in (await office.work("apply 1", replace(EDITOR))).text


async def test_a_rule_that_the_file_has_no_more_is_shown_as_it_is_in_force(office: Office) -> None:
    office.errands.text = RULES + "# more\n"
    told = await office.work("rule border", EDITOR)
    assert "border\nunless\nfilm\n" in told.text
    assert "was changed since" in told.text


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("rules bord", ["border"], id="part of a name"),
        pytest.param("rules flash", ["defection-at-mission"], id="level word"),
        pytest.param("rules level:info", ["border"], id="level"),
        pytest.param("rules tag:north", ["defection-at-mission"], id="tag"),
        pytest.param("rules north", ["defection-at-mission"], id="tag word"),
        pytest.param("rules", ["border", "defection-at-mission"], id="all"),
        pytest.param("rules bord 1", ["border"], id="a page"),
    ],
)
def test_rules_are_picked_by_a_word(office: Office, line: str, found: list[str]) -> None:
    told = office.say(line, EDITOR)
    assert [rule for rule in ("border", "defection-at-mission") if f" {rule}\n" in told.text] == found


async def test_a_filter_that_picks_nothing_says_so(office: Office) -> None:
    assert "No rule of 2 has “zebra”" in office.say("rules zebra", EDITOR).text
    assert "Did you mean /rules border?" in office.say("rules bordr", EDITOR).text
    assert await said(office, "rules border") == await said(office, "rule border")


def test_pages_of_picked_rules_keep_their_filter() -> None:
    office = Office(RULES + "".join(f"  - {{id: many-{n}, match: zebra{n}}}\n" for n in range(20)))
    first = office.say("rules many", EDITOR)
    assert data(first)[-1] == "rules:2:many"
    second = office.press("rules:2:many", EDITOR)
    assert second is not None
    assert second.replaces
    assert "many-19" in second.text
    assert data(second)[-1] == "rules:1:many"
