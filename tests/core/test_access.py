from __future__ import annotations

from itertools import product

import pytest

from monitor.core.access import Action, Mode, Place, Reach, Refusal, Rights, may

PRIVATE = Rights(Place.PRIVATE)
MEMBER = Rights(Place.GROUP)
ADMIN = Rights(Place.GROUP, chat_admin=True)
ANONYMOUS = Rights(Place.GROUP, chat_admin=True, anonymous=True)
FOREIGN_CHANNEL = Rights(Place.GROUP, anonymous=True)
OWNER = Rights(Place.PRIVATE, owner=True)
OWNER_IN_GROUP = Rights(Place.GROUP, owner=True)
OWNER_AND_ADMIN = Rights(Place.GROUP, owner=True, chat_admin=True)
TERMINAL = Rights(Place.TERMINAL, owner=True)

R, F, L, I = Action.READ, Action.FOLLOW, Action.LEAVE, Action.INSPECT  # noqa: E741 one letter a column
NOBODY = dict.fromkeys(Action, Refusal.STRANGER)
UNSEEN = dict.fromkeys(Action, Refusal.ANONYMOUS)
READER = {R: None, F: Refusal.NOT_ADMIN, L: Refusal.NOT_ADMIN, I: Refusal.NOT_OWNER}
SUBSCRIBER = {R: None, F: None, L: None, I: Refusal.NOT_OWNER}
EVERYTHING = dict.fromkeys(Action, None)

HERE = [
    pytest.param(Mode.CLOSED, PRIVATE, NOBODY, id="closed-stranger"),
    pytest.param(Mode.CLOSED, MEMBER, NOBODY, id="closed-member"),
    pytest.param(Mode.CLOSED, ADMIN, NOBODY, id="closed-admin-is-no-owner"),
    pytest.param(Mode.CLOSED, ANONYMOUS, UNSEEN, id="closed-anonymous-admin-may-be-anybody"),
    pytest.param(Mode.CLOSED, OWNER, EVERYTHING, id="closed-owner"),
    pytest.param(Mode.CLOSED, TERMINAL, EVERYTHING, id="closed-terminal"),
    pytest.param(Mode.CLOSED, OWNER_IN_GROUP, READER, id="closed-owner-who-does-not-administer-the-group"),
    pytest.param(Mode.CLOSED, OWNER_AND_ADMIN, SUBSCRIBER, id="closed-owner-and-admin"),
    pytest.param(Mode.OPEN, PRIVATE, SUBSCRIBER, id="open-private"),
    pytest.param(Mode.OPEN, MEMBER, READER, id="open-member"),
    pytest.param(Mode.OPEN, ADMIN, SUBSCRIBER, id="open-admin"),
    pytest.param(Mode.OPEN, ANONYMOUS, SUBSCRIBER, id="open-anonymous-admin-counts"),
    pytest.param(Mode.OPEN, FOREIGN_CHANNEL, READER, id="open-a-channel-that-speaks-in-a-group"),
    pytest.param(Mode.OPEN, OWNER, EVERYTHING, id="open-owner"),
    pytest.param(Mode.OPEN, TERMINAL, EVERYTHING, id="open-terminal"),
    pytest.param(Mode.OPEN, OWNER_IN_GROUP, READER, id="open-owner-who-does-not-administer-the-group"),
    pytest.param(Mode.OPEN, OWNER_AND_ADMIN, SUBSCRIBER, id="open-owner-shows-no-details-to-a-group"),
]


@pytest.mark.parametrize(("mode", "rights", "expected"), HERE)
def test_in_the_chat_where_somebody_speaks(
    mode: Mode, rights: Rights, expected: dict[Action, Refusal | None]
) -> None:
    assert {action: may(action, rights, mode) for action in Action} == expected


@pytest.mark.parametrize(
    ("rights", "there", "expected"),
    [
        pytest.param(PRIVATE, Reach(admin=True, may_post=True), [None, None, None], id="its-admin"),
        pytest.param(
            PRIVATE, Reach(admin=False, may_post=True), [Refusal.NOT_ADMIN_THERE] * 3, id="somebody-else"
        ),
        pytest.param(
            OWNER,
            Reach(admin=False, may_post=True),
            [Refusal.NOT_ADMIN_THERE] * 3,
            id="owner-but-not-its-admin",
        ),
        pytest.param(
            PRIVATE,
            Reach(admin=True, may_post=False),
            [None, Refusal.CANNOT_POST, None],
            id="where-the-bot-may-not-post-one-can-still-leave",
        ),
        pytest.param(ADMIN, Reach(admin=True, may_post=True), [Refusal.PRIVATE_ONLY] * 3, id="from-a-group"),
        pytest.param(TERMINAL, Reach(admin=True, may_post=True), [None, None, None], id="from-the-terminal"),
    ],
)
def test_about_another_chat(rights: Rights, there: Reach, expected: list[Refusal | None]) -> None:
    assert [may(action, rights, Mode.OPEN, there) for action in (R, F, L)] == expected


ALL_RIGHTS = [
    Rights(place, owner, admin, anonymous)
    for place, owner, admin, anonymous in product(Place, (True, False), (True, False), (True, False))
]
REACHES = [None, *(Reach(admin, post) for admin, post in product((True, False), (True, False)))]


@pytest.mark.parametrize("action", Action)
def test_a_closed_bot_answers_nobody_but_its_owners(action: Action) -> None:
    others = [rights for rights in ALL_RIGHTS if not rights.owner]

    assert all(may(action, rights, Mode.CLOSED, there) for rights in others for there in REACHES)


@pytest.mark.parametrize("action", Action)
def test_what_a_closed_bot_allows_an_open_one_allows_too(action: Action) -> None:
    for rights, there in product(ALL_RIGHTS, REACHES):
        if may(action, rights, Mode.CLOSED, there) is None:
            assert may(action, rights, Mode.OPEN, there) is None
