"""Who was let in, by whom, and what that leaves in the trail."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db import open_store
from db.memory import MemoryStore
from monitor.clerk import Clerk
from monitor.core.access import Mode, Place, Refusal, Rights, Role
from monitor.core.model import Grant, Redeemed, Spent
from monitor.desk import Desk
from monitor.desk.answers import Caller, Forbidden
from monitor.desk.office import Limits
from monitor.desk.roles import (
    LONGEST,
    MOST_INVITES,
    Granted,
    Held,
    Invited,
    LastOwner,
    Person,
    Revoked,
    TooHigh,
    TooMany,
    Trail,
)
from monitor.desk.shares import REMEMBERED
from monitor.ports import Store
from tests.build import CHAT, NOW, subscription
from tests.errands import FakeErrands
from tests.fakes import FixedClock
from tests.frontdesk import ADMIN, ANONYMOUS, BOOK, MEMBER, OWNER, PERSON, World


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


BO = replace(PERSON, person="telegram:43", name="Bo", here=replace(CHAT, address="43"))
HERSELF = Person("telegram:42", "Ann")
HIM = Person("telegram:43", "Bo")
RUNNER = replace(BO, rights=Rights(Place.PRIVATE, role=Role.ADMIN))


def desk_of(
    store: Store, mode: Mode = Mode.INVITE, *, owned: bool = True, clock: FixedClock | None = None
) -> Desk:
    return Desk(
        store=store,
        book=lambda: BOOK,
        access=mode,
        clock=clock or FixedClock(),
        rules_problem=lambda: None,
        limits=Limits(subscriptions=2, watches=2, searches=2),
        owned=owned,
        errands=FakeErrands(),
    )


def invited(desk: Desk, role: Role = Role.READER, **options: timedelta) -> Invited:
    told = desk.roles.invite(OWNER, role, **options)
    assert isinstance(told, Invited)
    return told


def trail(desk: Desk) -> list[tuple[str, str, str]]:
    told = desk.roles.audit(OWNER)
    assert isinstance(told, Trail)
    return [(deed.by, deed.kind, deed.detail) for deed in told.deeds]


def test_an_invitation_lets_one_person_in(world: World) -> None:
    desk = desk_of(world.store)
    assert desk.allowed(BO) == Forbidden(Refusal.STRANGER)
    code = invited(desk).code
    assert desk.roles.redeem(BO, code) == Redeemed(
        Grant(BO.person, Role.READER, "Bo", OWNER.person, NOW), None
    )
    assert desk.allowed(BO) is None
    assert desk.roles.redeem(PERSON, code) == Spent(used=True)
    assert trail(desk) == [
        (BO.person, "grant", "came in as reader by an invitation of telegram:42"),
        (OWNER.person, "invite", "an invitation for one reader"),
    ]


def test_nowhere_is_the_code_itself_kept(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/t.db", now=NOW)
    code = invited(desk_of(store)).code
    store.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert code.encode() not in kept
    assert len(code) == 32


async def test_of_fifty_who_try_at_once_one_comes_in(tmp_path: Path) -> None:
    clerk = Clerk()
    store = await clerk(open_store, f"sqlite:///{tmp_path}/t.db", now=NOW)
    desk = desk_of(store)
    made = await clerk(desk.roles.invite, OWNER, Role.EDITOR)
    assert isinstance(made, Invited)
    people = [replace(BO, person=f"telegram:{1000 + i}") for i in range(50)]
    told = await asyncio.gather(*(clerk(desk.roles.redeem, each, made.code) for each in people))
    assert sum(isinstance(each, Redeemed) for each in told) == 1
    assert told.count(Spent(used=True)) == 49
    assert len(await clerk(store.grants)) == 1
    await clerk(store.close)
    clerk.close()


def test_an_invitation_expires(world: World) -> None:
    desk = desk_of(world.store, clock=world.clock)
    code = invited(desk, good_for=timedelta(hours=1)).code
    world.clock.forward(3_600)
    assert desk.roles.redeem(BO, code) == Spent(used=False)
    assert desk.allowed(BO) == Forbidden(Refusal.STRANGER)


def test_no_invitation_is_good_for_ever(world: World) -> None:
    assert invited(desk_of(world.store), good_for=timedelta(days=9_999)).until == NOW + LONGEST


@pytest.mark.parametrize(
    "code", ["", "x" * 32, "\ud800", "ü" * 32], ids=["none", "strange", "half", "letters"]
)
def test_what_is_no_code_lets_nobody_in(world: World, code: str) -> None:
    desk = desk_of(world.store)
    invited(desk)
    assert desk.roles.redeem(BO, code) is None
    assert world.store.grants() == ()


@pytest.mark.parametrize(
    "caller", [pytest.param(MEMBER, id="group"), pytest.param(ANONYMOUS, id="anonymous")]
)
def test_a_code_is_used_in_a_private_chat(world: World, caller: Caller) -> None:
    desk = desk_of(world.store)
    code = invited(desk).code
    assert desk.roles.redeem(caller, code) is None
    assert isinstance(desk.roles.redeem(BO, code), Redeemed)


def test_there_is_an_end_to_open_invitations(world: World) -> None:
    desk = desk_of(world.store)
    for _ in range(MOST_INVITES):
        invited(desk)
    assert desk.roles.invite(OWNER, Role.READER) == TooMany(MOST_INVITES)


@pytest.mark.parametrize(
    ("mode", "caller", "role", "expected"),
    [
        pytest.param(Mode.INVITE, RUNNER, Role.READER, None, id="an-admin-lets-readers-in"),
        pytest.param(Mode.INVITE, RUNNER, Role.EDITOR, None, id="an-admin-lets-editors-in"),
        pytest.param(Mode.INVITE, RUNNER, Role.ADMIN, TooHigh(Role.ADMIN), id="but-no-admins"),
        pytest.param(Mode.INVITE, RUNNER, Role.OWNER, TooHigh(Role.OWNER), id="and-no-owners"),
        pytest.param(
            Mode.CLOSED, RUNNER, Role.READER, Forbidden(Refusal.NOT_OWNER), id="nobody-where-closed"
        ),
        pytest.param(Mode.CLOSED, OWNER, Role.OWNER, None, id="an-owner-anybody"),
        pytest.param(Mode.OPEN, PERSON, Role.READER, Forbidden(Refusal.NOT_RUNNER), id="a-reader-nobody"),
        pytest.param(
            Mode.OPEN,
            replace(ADMIN, rights=replace(ADMIN.rights, owner=True)),
            Role.READER,
            Forbidden(Refusal.IN_PRIVATE),
            id="nobody-in-a-group",
        ),
    ],
)
def test_who_lets_whom_in(
    world: World, mode: Mode, caller: Caller, role: Role, expected: Forbidden | TooHigh | None
) -> None:
    desk = desk_of(world.store, mode)
    told = desk.roles.invite(caller, role)
    given = desk.roles.grant(caller, HIM, role)
    if expected is None:
        assert isinstance(told, Invited)
        assert given == Granted(HIM, role, None)
    else:
        assert told == given == expected
        left = (world.store.grants(), world.store.invites(NOW), world.store.audited(9))
        assert left == ((), (), ())


def test_an_admin_does_not_touch_those_above(world: World) -> None:
    desk = desk_of(world.store)
    desk.roles.grant(OWNER, HERSELF, Role.ADMIN)
    assert desk.roles.grant(RUNNER, HERSELF, Role.READER) == TooHigh(Role.ADMIN)
    assert desk.roles.revoke(RUNNER, HERSELF) == TooHigh(Role.ADMIN)
    assert world.store.role(HERSELF.who) is Role.ADMIN


def test_whoever_loses_a_role_hears_no_more_unless_all_are_welcome(world: World) -> None:
    for mode, left in ((Mode.INVITE, 0), (Mode.OPEN, 1)):
        desk = desk_of(world.store, mode)
        desk.roles.grant(OWNER, HIM, Role.READER)
        world.store.subscribe(subscription(HIM.chat))
        world.store.add_watch(HIM.chat, "border", "", NOW)
        told = desk.roles.revoke(OWNER, HIM)
        assert told == Revoked(HIM, Role.READER, 2 if mode is Mode.INVITE else 0)
        assert len(world.store.subscriptions(HIM.chat)) == len(world.store.watches(HIM.chat)) == left


def test_who_holds_nothing_loses_nothing(world: World) -> None:
    desk = desk_of(world.store)
    world.store.subscribe(subscription(HIM.chat))
    assert desk.roles.revoke(OWNER, HIM) == Revoked(HIM, None, 0)
    assert len(world.store.subscriptions(HIM.chat)) == 1
    assert trail(desk) == []


def test_somebody_always_owns_the_bot(world: World) -> None:
    desk = desk_of(world.store, owned=False)
    world.store.grant(Grant(HERSELF.who, Role.OWNER, "Ann", "bot", NOW))
    assert desk.roles.revoke(PERSON, HERSELF) == LastOwner()
    assert desk.roles.grant(PERSON, HERSELF, Role.READER) == LastOwner()
    assert desk.roles.grant(PERSON, HERSELF, Role.OWNER) == Granted(HERSELF, Role.OWNER, Role.OWNER)
    desk.roles.grant(PERSON, HIM, Role.OWNER)
    assert desk.roles.revoke(PERSON, HERSELF) == Revoked(HERSELF, Role.OWNER, 0)
    assert desk.allowed(BO) is None


def test_the_first_owner_comes_in_by_a_code_that_is_told_at_the_start(world: World) -> None:
    desk = desk_of(world.store, Mode.CLOSED, owned=False)
    first, second = desk.roles.claim(), desk.roles.claim()
    assert first is not None
    assert second is not None
    assert desk.roles.redeem(BO, first.code) is None  # the last start's code is no longer good
    told = desk.roles.redeem(BO, second.code)
    assert isinstance(told, Redeemed)
    assert told.grant.role is Role.OWNER
    assert desk.roles.redeem(PERSON, second.code) == Spent(used=True)
    assert desk.roles.claim() is None
    assert desk.roles.held(BO) == desk.roles.held(OWNER) == Held((told.grant,), ())


def test_a_new_start_leaves_invitations_of_people_alone(world: World) -> None:
    desk = desk_of(world.store, owned=False)
    code = invited(desk).code
    desk.roles.claim()
    assert isinstance(desk.roles.redeem(BO, code), Redeemed)


def test_where_the_settings_name_an_owner_there_is_no_such_code(world: World) -> None:
    assert desk_of(world.store).roles.claim() is None


def test_a_group_is_let_in_by_an_admin_of_both(world: World) -> None:
    desk = desk_of(world.store, Mode.CLOSED)
    both = replace(ADMIN, rights=replace(ADMIN.rights, owner=True))
    assert desk.roles.let_in(ADMIN) == Forbidden(Refusal.STRANGER)
    only_owner = replace(MEMBER, rights=Rights(Place.GROUP, owner=True))
    assert desk.roles.let_in(only_owner) == Forbidden(Refusal.NOT_ADMIN)
    group = Person("telegram:-1001", "Newsroom")
    assert desk.roles.let_in(both) == Granted(group, Role.READER, None)
    assert desk.allowed(MEMBER) is None
    assert desk.allowed(ANONYMOUS) is None
    assert desk.allowed(replace(BO, here=CHAT)) == Forbidden(Refusal.STRANGER)
    assert desk.roles.let_in(both, let=False) == Revoked(group, Role.READER, 0)
    assert desk.roles.let_in(both, let=False) == Revoked(group, None, 0)
    assert desk.allowed(MEMBER) == Forbidden(Refusal.STRANGER)
    assert [kind for _, kind, _ in trail(desk)] == ["revoke", "grant"]


def test_an_anonymous_admin_is_never_more_than_a_reader(world: World) -> None:
    desk = desk_of(world.store)
    anonymous = replace(ANONYMOUS, person="telegram:-1001")
    world.store.grant(Grant("telegram:-1001", Role.OWNER, "", "", NOW))
    assert desk.office.role(anonymous) is Role.READER


def test_the_trail_is_paged_and_for_admins_only(world: World) -> None:
    desk = desk_of(world.store)
    for number in range(12):
        desk.office.note(OWNER, "rules", f"change {number}")
    first = desk.roles.audit(OWNER, 10)
    assert isinstance(first, Trail)
    assert first.older == first.deeds[-1].number
    rest = desk.roles.audit(OWNER, 10, first.older)
    assert isinstance(rest, Trail)
    assert [deed.detail for deed in rest.deeds] == ["change 1", "change 0"]
    assert rest.older is None
    assert desk.roles.audit(replace(BO, rights=Rights(Place.PRIVATE, role=Role.EDITOR))) == Forbidden(
        Refusal.NOT_RUNNER
    )
    assert desk.roles.held(PERSON) == Forbidden(Refusal.STRANGER)


def test_quotas_hold_where_all_are_welcome_and_not_for_editors(world: World) -> None:
    desk = desk_of(world.store, Mode.OPEN)
    for selector in ("border", "level:info"):
        desk.subscribe(PERSON, selector)
    assert desk.subscribe(PERSON, "all") == Forbidden(Refusal.FULL)
    assert not isinstance(desk.subscribe(PERSON, "border"), Forbidden)  # it is there already
    editor = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))
    assert not isinstance(desk.subscribe(editor, "all"), Forbidden)
    let_in = desk_of(world.store, Mode.INVITE)
    reader = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.READER))
    assert not isinstance(let_in.subscribe(reader, "level:flash"), Forbidden)


def test_searches_are_shared_out_by_the_hour(world: World) -> None:
    desk = desk_of(world.store, Mode.OPEN, clock=world.clock)
    assert [desk.shares.wait(PERSON) for _ in range(3)] == [None, None, 1800.0]
    assert desk.shares.wait(BO) is None
    for number in range(REMEMBERED):
        desk.shares.wait(replace(BO, person=f"telegram:{number + 1_000}"))
    assert desk.shares.wait(PERSON) is None  # so many came since that their share is forgotten
    assert [desk.shares.wait(PERSON) for _ in range(2)] == [None, 1800.0]
    assert desk.shares.wait(replace(OWNER, person="telegram:1")) is None
    world.clock.forward(1_800)
    assert desk.shares.wait(PERSON) is None
    assert desk_of(MemoryStore(), Mode.INVITE).shares.wait(PERSON) is None
