"""Who was let in, and who changed what, in SQLite."""

from __future__ import annotations

import hmac
from datetime import datetime

from db.promises import FORGOTTEN
from db.rows import Row, maybe_time, to_text, to_time
from db.sqlite.connection import Connection
from monitor.core.access import Role
from monitor.core.model import Deed, Grant, Invite, Redeemed, Spent


class Admission:
    """The part of the store that keeps it; each method is one transaction."""

    _link: Connection

    def grant(self, grant: Grant) -> None:
        """See `Store.grant`."""
        with self._link.writing():
            _grant(self._link, grant)

    def revoke(self, who: str) -> Role | None:
        """See `Store.revoke`."""
        with self._link.writing():
            held = _role(self._link, who)
            self._link.run("delete from roles where who = ?", (who,))
            return held

    def role(self, who: str) -> Role | None:
        """See `Store.role`."""
        with self._link.reading():
            return _role(self._link, who)

    def grants(self) -> tuple[Grant, ...]:
        """See `Store.grants`."""
        with self._link.reading():
            rows = self._link.all("select * from roles order by at, who")
        return tuple(
            Grant(row["who"], Role(row["role"]), row["name"], row["given_by"], to_time(row["at"]))
            for row in rows
        )

    def keep_invite(self, invite: Invite) -> None:
        """See `Store.keep_invite`."""
        with self._link.writing():
            self._link.run("delete from invites where until < ?", (to_text(invite.made_at - FORGOTTEN),))
            self._link.run(
                "insert into invites (digest, role, until, made_by, made_at) values (?, ?, ?, ?, ?)",
                (
                    invite.digest,
                    invite.role.value,
                    to_text(invite.until),
                    invite.by,
                    to_text(invite.made_at),
                ),
            )

    def invites(self, now: datetime) -> tuple[Invite, ...]:
        """See `Store.invites`."""
        with self._link.reading():
            rows = self._link.all(
                "select * from invites where used_at is null and until > ? order by until, digest",
                (to_text(now),),
            )
        return tuple(map(_invite_of, rows))

    def drop_invite(self, digest: str) -> bool:
        """See `Store.drop_invite`."""
        with self._link.writing():
            return self._link.run("delete from invites where digest = ? and used_at is null", (digest,)) == 1

    def redeem(self, digest: str, who: str, name: str, now: datetime) -> Redeemed | Spent | None:
        """See `Store.redeem`."""
        with self._link.writing():
            rows = self._link.all("select * from invites")
            # Every one is compared, each in a time that does not depend on where they differ.
            row = next((row for row in rows if hmac.compare_digest(row["digest"], digest)), None)
            if row is None:
                return None
            used = maybe_time(row["used_at"]) is not None
            invite = _invite_of(row)
            if used or invite.until <= now:
                return Spent(used)
            self._link.run(
                "update invites set used_at = ?, used_by = ? where digest = ?",
                (to_text(now), who, invite.digest),
            )
            before = _role(self._link, who)
            role = before if before is not None and before.reaches(invite.role) else invite.role
            grant = Grant(who, role, name, invite.by, now)
            if role is not before:
                _grant(self._link, grant)
            return Redeemed(grant, before)

    def audit(self, deed: Deed) -> None:
        """See `Store.audit`."""
        with self._link.writing():
            self._link.run(
                "insert into audit (at, by, name, kind, detail) values (?, ?, ?, ?, ?)",
                (to_text(deed.at), deed.by, deed.name, deed.kind, deed.detail),
            )

    def audited(self, limit: int, before: int | None = None) -> tuple[Deed, ...]:
        """See `Store.audited`."""
        with self._link.reading():
            rows = self._link.all(
                "select * from audit where ?1 is null or number < ?1 order by number desc limit ?2",
                (before, limit),
            )
        return tuple(
            Deed(to_time(row["at"]), row["by"], row["name"], row["kind"], row["detail"], row["number"])
            for row in rows
        )


def _grant(link: Connection, grant: Grant) -> None:
    link.run(
        "insert into roles (who, role, name, given_by, at) values (?, ?, ?, ?, ?) on conflict (who) do update "
        "set role = excluded.role, name = excluded.name, given_by = excluded.given_by, at = excluded.at",
        (grant.who, grant.role.value, grant.name, grant.by, to_text(grant.at)),
    )


def _role(link: Connection, who: str) -> Role | None:
    row = link.first("select role from roles where who = ?", (who,))
    return None if row is None else Role(row["role"])


def _invite_of(row: Row) -> Invite:
    return Invite(
        row["digest"], Role(row["role"]), to_time(row["until"]), row["made_by"], to_time(row["made_at"])
    )
