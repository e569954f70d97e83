"""What readers think of alerts, and what is learnt from it, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.chat.commands import begin
from monitor.chat.message import Message
from monitor.core.access import Mode, Place, Rights, Role
from monitor.core.language import Dialect, parse
from monitor.core.model import Card, Kept, Level, Outcome, RuleId, Vote
from tests.build import CHAT, NOW, book, hit, rule, state, story
from tests.frontdesk import BOOK, MEMBER, PERSON, World, data

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))
CLUBS = ("united", "rovers", "wanderers", "albion", "athletic", "rangers", "celtic", "thistle", "harriers")


def cards(world: World, *titles: str, rule_id: str = "border", source: str = "") -> None:
    """Each title on a card of its own, numbered from where the last ones ended."""
    newest = world.store.cards(1)
    first = newest[0].card.number + 1 if newest else 1
    for number, title in enumerate(titles, first):
        one = story(title, key=f"{number}", source=source)
        kept = Kept(one, (hit(rule_id),), number, "new")
        world.store.save(Outcome(state(), NOW, (kept,), (Card(number, Level.ALERT, NOW),)))


def football(count: int) -> tuple[str, ...]:
    return tuple(f"Border {CLUBS[n]} football" for n in range(count))


def reject(world: World, *numbers: int) -> Message:
    told = None
    for number in numbers:
        told = world.press(f"vote:{number}:0", EDITOR)
    assert told is not None
    return told


@pytest.mark.parametrize(
    ("line", "about", "said"),
    [
        pytest.param("vote 1 useful", None, "Noted: card #1 was useful", id="useful"),
        pytest.param("vote #1 useless", None, "Noted: card #1 was not useful", id="useless"),
        pytest.param("vote 1 👍", None, "Noted: card #1 was useful", id="a-thumb"),
        pytest.param("vote useless", 1, "Noted: card #1 was not useful", id="in-reply"),
        pytest.param("vote useless", None, "Say which card", id="of-nothing"),
        pytest.param("vote 1", 1, "Noted: card #1 was useful", id="in-reply-with-a-one"),
        pytest.param("vote 1 perhaps", None, "Say which card", id="undecided"),
        pytest.param("vote", 1, "Say which card", id="nothing-said"),
        pytest.param("vote 1 2 useful", None, "Say which card", id="two-cards"),
        pytest.param("vote x useful", None, "Say which card", id="no-number"),
        pytest.param("vote 7 useful", None, "There is no card #7", id="unknown"),
    ],
)
def test_a_vote_as_it_is_typed(line: str, about: int | None, said: str) -> None:
    world = World()
    cards(world, "A border")
    name, _, arguments = line.partition(" ")

    told = begin(world.desk(), PERSON, name, arguments, about=about)

    assert isinstance(told, Message)
    assert told.text.startswith(said)


def test_a_vote_can_be_changed_and_counts_once() -> None:
    world = World()
    cards(world, "A border")

    first, again, other = (world.press(each) for each in ("vote:1:1", "vote:1:1", "vote:1:0"))

    assert first is not None
    assert first.note
    assert again is not None
    assert "said so before" in again.text
    assert other is not None
    assert "not useful" in other.text
    assert world.store.feedback(None, NOW)[RuleId("border")].useful == 0


def test_a_closed_bot_takes_no_votes_of_strangers() -> None:
    world = World()
    cards(world, "A border")

    assert "closed" in world.say("vote 1 useful", mode=Mode.CLOSED).text
    assert world.store.feedback(None, NOW) == {}


def test_an_editor_who_rejects_the_fifth_is_given_advice() -> None:
    world = World()
    cards(world, *football(5), "Border closed by soldiers", "Border opens, football")
    world.press("vote:6:1", EDITOR)
    assert reject(world, 1, 2, 3, 4).note

    told = reject(world, 5)

    assert not told.note
    assert "Adding -football to border removes 5 of 5 rejected and 0 of 1 useful cards." in told.text
    assert "Of 1 card that nobody judged it removes 1." in told.text
    (draft,) = data(told)
    assert draft == "editrule:border border -football"
    amended = parse(draft.partition(" ")[2], Dialect.RULE)
    assert amended.source == "border -football"


def test_advice_is_volunteered_at_every_fifth_only_and_never_to_readers() -> None:
    world = World()
    cards(world, *football(7), "Border closed by soldiers")
    reject(world, 1, 2, 3, 4)
    as_reader = world.press("vote:5:0", PERSON)
    assert as_reader is not None
    assert as_reader.note

    assert reject(world, 6).note
    assert world.press("vote:6:0", EDITOR) is not None


async def test_what_a_rule_is_worth_stands_below_it() -> None:
    world = World()
    cards(world, *football(5), "Border closed by soldiers")
    world.press("vote:6:1")
    reject(world, 1, 2, 3, 4, 5)

    reader, editor = await world.work("rules border"), await world.work("rules border", EDITOR)

    assert "Readers judged 6 cards of it; useful: 1 (17 %)." in reader.text
    assert "-football" not in reader.text
    assert "Adding -football to border removes 5 of 5" in editor.text
    assert any(each.startswith("editrule:border ") for each in data(editor))
    assert "Readers judged" not in (await world.work("rules defection-at-mission")).text


def test_a_rule_that_is_gone_is_judged_but_not_advised() -> None:
    world = World()
    cards(world, *football(5), rule_id="border")
    reject(world, 1, 2, 3, 4)
    world.book = book(rule("other", "other"))

    told = reject(world, 5)

    assert told.note
    standing = world.desk().feedback.standing(EDITOR, RuleId("border"))
    assert standing is not None
    assert standing.advice is None


def test_a_rule_that_all_like_needs_no_advice() -> None:
    world = World()
    cards(world, *football(3))
    world.press("vote:1:1", EDITOR)

    standing = world.desk().feedback.standing(EDITOR, RuleId("border"))

    assert standing is not None
    assert (standing.advice, standing.feedback.judged) == (None, 1)
    assert world.book is BOOK


def test_old_votes_no_longer_count() -> None:
    world = World()
    cards(world, "A border")
    world.store.vote(Vote(1, CHAT, "telegram:1", useful=True, at=NOW))
    world.clock.forward(91 * 86_400)

    assert world.desk().feedback.standing(PERSON, RuleId("border")) is None


@pytest.mark.parametrize(
    ("line", "about", "said"),
    [
        pytest.param("mute", 1, "What of card #1", id="alone"),
        pytest.param("mute 2h", 1, "What still comes to card #1", id="a-span"),
        pytest.param("mute for 2h", 1, "What still comes to card #1", id="for-a-span"),
        pytest.param("mute border for 2h", 1, "Alerts of border", id="something-else"),
        pytest.param("mute", 9, "There is no card #9", id="unknown"),
        pytest.param("mute", None, "Nothing is muted", id="no-reply"),
    ],
)
def test_mute_in_reply_to_an_alert(line: str, about: int | None, said: str) -> None:
    world = World()
    cards(world, "A border")
    name, _, arguments = line.partition(" ")

    told = begin(world.desk(), PERSON, name, arguments, about=about)

    assert isinstance(told, Message)
    assert said in told.text


def test_the_mute_button_asks_what_and_for_how_long() -> None:
    world = World()
    cards(world, "A border", source="Wire")

    menu = world.press("muting:1")
    assert menu is not None
    assert data(menu) == ["muting:1:border", "muting:1:#1", 'muting:1:source:"Wire"']
    assert not menu.replaces
    spans = world.press('muting:1:source:"Wire"')
    assert spans is not None
    assert spans.replaces
    assert data(spans) == [f'hush:source:"Wire" for {span}' for span in ("1h", "8h", "1d", "7d")] + [
        "muting:1:"
    ]
    back = world.press("muting:1:")
    assert back is not None
    assert back.replaces
    assert data(back) == data(menu)
    done = world.press('hush:source:"Wire" for 8h')
    assert done is not None
    assert done.replaces
    assert done.text.startswith("Muted.")
    (mute,) = world.store.mutes(CHAT, NOW)
    assert mute.value == 'source:"Wire"'


@pytest.mark.parametrize("source", ["", 'The "Sun"', "***"])
def test_a_source_that_cannot_be_named_is_not_offered(source: str) -> None:
    world = World()
    cards(world, "A border", source=source)

    assert data(world.press("muting:1")) == ["muting:1:border", "muting:1:#1"]


def test_who_may_not_mute_is_told_so_at_once() -> None:
    world = World()
    cards(world, "A border")

    told = world.press("muting:1", MEMBER)

    assert told is not None
    assert "Only admins" in told.text
    assert data(told) == []


@pytest.mark.parametrize("made_up", ["muting:x", "muting:", "muting:99999999999999999999:border"])
def test_a_button_that_makes_no_sense_lists_the_mutes(made_up: str) -> None:
    told = World().press(made_up)

    assert told is not None
    assert "Nothing is muted" in told.text
