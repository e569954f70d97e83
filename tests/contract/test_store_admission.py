"""Who was let in, and what was changed by whom."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db import open_store
from monitor.core.access import Role
from monitor.core.model import Deed, Destination, Grant, Invite, Redeemed, Spent
from monitor.ports import Store
from tests.build import GROUP, NOW, minutes

ANN, BO = "telegram:42", "telegram:43"
CODE = "a" * 64
INVITE = Invite(CODE, Role.READER, minutes(60), ANN, NOW)


def held(who: str = ANN, role: Role = Role.EDITOR, at: float = 0) -> Grant:
    return Grant(who, role, "Ann «A»", BO, minutes(at))


def test_a_role_is_given_changed_and_taken(store: Store) -> None:
    assert store.role(ANN) is None
    store.grant(held())
    assert store.role(ANN) is Role.EDITOR
    store.grant(held(role=Role.READER, at=1))
    assert store.grants() == (held(role=Role.READER, at=1),)
    assert store.revoke(ANN) is Role.READER
    assert store.revoke(ANN) is None
    assert store.grants() == ()


def test_what_is_held_is_listed_the_oldest_first(store: Store) -> None:
    for each in (held(BO, at=2), held(ANN, at=1), held("telegram:7", at=1)):
        store.grant(each)
    assert [each.who for each in store.grants()] == [ANN, "telegram:7", BO]


def test_a_code_lets_one_person_in_once(store: Store) -> None:
    store.keep_invite(INVITE)
    assert store.redeem("b" * 64, ANN, "Ann", NOW) is None
    told = store.redeem(CODE, ANN, "Ann", minutes(1))
    assert told == Redeemed(Grant(ANN, Role.READER, "Ann", ANN, minutes(1)), None)
    assert store.role(ANN) is Role.READER
    assert store.redeem(CODE, BO, "Bo", minutes(2)) == Spent(used=True)
    assert store.role(BO) is None


def test_a_code_expires(store: Store) -> None:
    store.keep_invite(INVITE)
    assert store.redeem(CODE, ANN, "Ann", INVITE.until) == Spent(used=False)
    assert store.role(ANN) is None


@pytest.mark.parametrize(
    ("has", "gets"),
    [
        pytest.param(Role.READER, Role.EDITOR, id="a-code-raises"),
        pytest.param(Role.EDITOR, Role.EDITOR, id="a-code-for-the-same"),
        pytest.param(Role.OWNER, Role.OWNER, id="a-code-never-lowers"),
    ],
)
def test_a_code_for_an_editor(store: Store, has: Role, gets: Role) -> None:
    store.grant(held(role=has))
    store.keep_invite(replace(INVITE, role=Role.EDITOR))
    told = store.redeem(CODE, ANN, "Ann", NOW)
    assert isinstance(told, Redeemed)
    assert (told.before, told.grant.role, store.role(ANN)) == (has, gets, gets)
    assert store.redeem(CODE, ANN, "Ann", NOW) == Spent(used=True)


def test_codes_that_are_good_are_listed_and_can_be_dropped(store: Store) -> None:
    late, soon = replace(INVITE, digest="c" * 64, until=minutes(90)), INVITE
    store.keep_invite(late)
    store.keep_invite(soon)
    store.keep_invite(replace(INVITE, digest="d" * 64))
    store.redeem("d" * 64, ANN, "Ann", NOW)
    assert store.invites(NOW) == (soon, late)
    assert store.invites(minutes(60)) == (late,)
    assert store.drop_invite(soon.digest)
    assert not store.drop_invite(soon.digest)
    assert not store.drop_invite("d" * 64)
    assert store.redeem("d" * 64, BO, "Bo", NOW) == Spent(used=True)
    assert store.redeem(CODE, BO, "Bo", NOW) is None


def test_old_codes_are_forgotten(store: Store) -> None:
    store.keep_invite(INVITE)
    much_later = INVITE.until + timedelta(days=91)
    store.keep_invite(replace(INVITE, digest="c" * 64, made_at=much_later, until=much_later))
    assert store.redeem(CODE, BO, "Bo", much_later) is None


def test_the_audit_trail_is_read_from_its_end(store: Store) -> None:
    deeds = [Deed(minutes(i), ANN, "Ann", "grant", f"deed {i} «ё»") for i in range(1, 6)]
    for each in deeds:
        store.audit(each)
    newest = store.audited(2)
    assert [each.detail for each in newest] == ["deed 5 «ё»", "deed 4 «ё»"]
    assert store.audited(9, newest[-1].number) == tuple(
        replace(deed, number=i) for i, deed in reversed(list(enumerate(deeds[:3], start=1)))
    )
    assert store.audited(0) == ()


def test_what_a_group_holds_follows_it(store: Store) -> None:
    new = Destination("telegram", "-100777")
    store.grant(held(str(GROUP), Role.READER))
    store.move_destination(GROUP, new)
    assert store.grants() == (held(str(new), Role.READER),)
    store.grant(held(str(GROUP), Role.READER, at=5))
    store.move_destination(GROUP, new)
    assert store.grants() == (held(str(new), Role.READER),)


def test_no_statement_changes_the_audit_trail(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/t.db", now=NOW)
    store.audit(Deed(NOW, ANN, "Ann", "grant", "x"))
    store.close()
    link = sqlite3.connect(tmp_path / "t.db")
    try:
        for statement in ("delete from audit", "update audit set detail = 'y'"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                link.execute(statement)
    finally:
        link.close()
