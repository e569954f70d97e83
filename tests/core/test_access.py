from __future__ import annotations

from itertools import product

import pytest

from monitor.core.access import Action, Mode, Place, Reach, Refusal, Rights, Role, may

PRIVATE = Rights(Place.PRIVATE)
MEMBER = Rights(Place.GROUP)
ADMIN = Rights(Place.GROUP, chat_admin=True)
ANONYMOUS = Rights(Place.GROUP, chat_admin=True, anonymous=True)
FOREIGN_CHANNEL = Rights(Place.GROUP, anonymous=True)
OWNER = Rights(Place.PRIVATE, owner=True)
OWNER_IN_GROUP = Rights(Place.GROUP, owner=True)
OWNER_AND_ADMIN = Rights(Place.GROUP, owner=True, chat_admin=True)
TERMINAL = Rights(Place.TERMINAL, owner=True)
READER, EDITOR, RUNNER, GRANTED_OWNER = (Rights(Place.PRIVATE, role=role) for role in Role)
EDITOR_IN_GROUP = Rights(Place.GROUP, role=Role.EDITOR)
LET_IN = Rights(Place.GROUP, chat_admin=True, role=Role.READER)

R, F, L = Action.READ, Action.FOLLOW, Action.LEAVE
INSPECT, EDIT, RUN, GRANT = Action.INSPECT, Action.EDIT, Action.RUN, Action.GRANT
NOBODY = dict.fromkeys(Action, Refusal.STRANGER)
UNSEEN = dict.fromkeys(Action, Refusal.ANONYMOUS)
HUSHED = dict.fromkeys((INSPECT, EDIT, RUN, GRANT), Refusal.IN_PRIVATE)
RUNS = dict.fromkeys((INSPECT, RUN, GRANT), Refusal.NOT_RUNNER)
ONLY_READS = {R: None, F: Refusal.NOT_ADMIN, L: Refusal.NOT_ADMIN} | HUSHED
FOLLOWS_IN_GROUP = {R: None, F: None, L: None} | HUSHED
SUBSCRIBER = {R: None, F: None, L: None, EDIT: Refusal.NOT_EDITOR} | RUNS
EDITS = {R: None, F: None, L: None, EDIT: None} | RUNS
EVERYTHING = dict.fromkeys(Action, None)

HERE = [
    pytest.param(Mode.CLOSED, PRIVATE, NOBODY, id="closed-stranger"),
    pytest.param(Mode.CLOSED, MEMBER, NOBODY, id="closed-member"),
    pytest.param(Mode.CLOSED, ADMIN, NOBODY, id="closed-admin-is-no-owner"),
    pytest.param(Mode.CLOSED, ANONYMOUS, UNSEEN, id="closed-anonymous-admin-may-be-anybody"),
    pytest.param(Mode.CLOSED, OWNER, EVERYTHING, id="closed-owner"),
    pytest.param(Mode.CLOSED, TERMINAL, EVERYTHING, id="closed-terminal"),
    pytest.param(
        Mode.CLOSED, OWNER_IN_GROUP, ONLY_READS, id="closed-owner-who-does-not-administer-the-group"
    ),
    pytest.param(Mode.CLOSED, OWNER_AND_ADMIN, FOLLOWS_IN_GROUP, id="closed-owner-and-admin"),
    pytest.param(Mode.CLOSED, READER, SUBSCRIBER | {GRANT: Refusal.NOT_OWNER}, id="closed-let-in"),
    pytest.param(Mode.CLOSED, EDITOR, EDITS | {GRANT: Refusal.NOT_OWNER}, id="closed-editor"),
    pytest.param(
        Mode.CLOSED, RUNNER, EVERYTHING | {GRANT: Refusal.NOT_OWNER}, id="closed-admin-lets-nobody-in"
    ),
    pytest.param(Mode.CLOSED, GRANTED_OWNER, EVERYTHING, id="closed-made-an-owner"),
    pytest.param(Mode.CLOSED, EDITOR_IN_GROUP, ONLY_READS, id="closed-editor-in-a-group"),
    pytest.param(Mode.CLOSED, LET_IN, FOLLOWS_IN_GROUP, id="closed-admin-of-a-group-that-was-let-in"),
    pytest.param(Mode.INVITE, PRIVATE, NOBODY, id="invite-stranger"),
    pytest.param(Mode.INVITE, ANONYMOUS, UNSEEN, id="invite-anonymous"),
    pytest.param(Mode.INVITE, READER, SUBSCRIBER, id="invite-reader"),
    pytest.param(Mode.INVITE, EDITOR, EDITS, id="invite-editor"),
    pytest.param(Mode.INVITE, RUNNER, EVERYTHING, id="invite-admin"),
    pytest.param(Mode.INVITE, OWNER, EVERYTHING, id="invite-owner"),
    pytest.param(Mode.OPEN, PRIVATE, SUBSCRIBER, id="open-private"),
    pytest.param(Mode.OPEN, MEMBER, ONLY_READS, id="open-member"),
    pytest.param(Mode.OPEN, ADMIN, FOLLOWS_IN_GROUP, id="open-admin"),
    pytest.param(Mode.OPEN, ANONYMOUS, FOLLOWS_IN_GROUP, id="open-anonymous-admin-counts"),
    pytest.param(Mode.OPEN, FOREIGN_CHANNEL, ONLY_READS, id="open-a-channel-that-speaks-in-a-group"),
    pytest.param(Mode.OPEN, EDITOR, EDITS, id="open-editor"),
    pytest.param(Mode.OPEN, RUNNER, EVERYTHING, id="open-runner"),
    pytest.param(Mode.OPEN, OWNER, EVERYTHING, id="open-owner"),
    pytest.param(Mode.OPEN, TERMINAL, EVERYTHING, id="open-terminal"),
    pytest.param(Mode.OPEN, OWNER_IN_GROUP, ONLY_READS, id="open-owner-who-does-not-administer-the-group"),
    pytest.param(Mode.OPEN, OWNER_AND_ADMIN, FOLLOWS_IN_GROUP, id="open-owner-shows-no-details-to-a-group"),
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
    Rights(place, owner, admin, anonymous, role)
    for place, owner, admin, anonymous, role in product(
        Place, (True, False), (True, False), (True, False), (None, *Role)
    )
]
REACHES = [None, *(Reach(admin, post) for admin, post in product((True, False), (True, False)))]


@pytest.mark.parametrize("mode", [Mode.CLOSED, Mode.INVITE])
@pytest.mark.parametrize("action", Action)
def test_a_bot_that_is_not_open_answers_nobody_but_those_who_were_let_in(action: Action, mode: Mode) -> None:
    others = [rights for rights in ALL_RIGHTS if not rights.owner and rights.role is None]

    assert all(may(action, rights, mode, there) for rights in others for there in REACHES)


@pytest.mark.parametrize(
    ("stricter", "looser"), [(Mode.CLOSED, Mode.INVITE), (Mode.INVITE, Mode.OPEN)], ids=["closed", "invite"]
)
@pytest.mark.parametrize("action", Action)
def test_what_a_stricter_mode_allows_a_looser_one_allows_too(
    action: Action, stricter: Mode, looser: Mode
) -> None:
    for rights, there in product(ALL_RIGHTS, REACHES):
        if may(action, rights, stricter, there) is None:
            assert may(action, rights, looser, there) is None


@pytest.mark.parametrize("action", [INSPECT, EDIT, RUN, GRANT])
def test_nothing_about_the_bot_itself_is_done_in_a_group(action: Action) -> None:
    for rights, mode in product(ALL_RIGHTS, Mode):
        assert rights.place is not Place.GROUP or may(action, rights, mode) is not None


def test_each_role_may_all_that_those_before_it_may() -> None:
    roles = list(Role)
    for lower, higher in product(roles, roles):
        assert higher.reaches(lower) == (roles.index(higher) >= roles.index(lower))
        if higher.reaches(lower):
            for action, mode in product(Action, Mode):
                if may(action, Rights(Place.PRIVATE, role=lower), mode) is None:
                    assert may(action, Rights(Place.PRIVATE, role=higher), mode) is None
