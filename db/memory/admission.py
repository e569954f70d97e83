"""Who was let in, and who changed what, in memory."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime

from db.promises import FORGOTTEN, chat_of
from monitor.core.access import Role
from monitor.core.model import Deed, Destination, Grant, Invite, Redeemed, Spent


class Admission:
    """The part of the store that keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self._grants: dict[str, Grant] = {}
        self._invites: dict[str, Invite] = {}
        self._used: set[str] = set()
        self._deeds: list[Deed] = []

    def grant(self, grant: Grant) -> None:
        """See `Store.grant`."""
        self._grants[grant.who] = grant

    def revoke(self, who: str) -> Role | None:
        """See `Store.revoke`."""
        held = self._grants.pop(who, None)
        return None if held is None else held.role

    def role(self, who: str) -> Role | None:
        """See `Store.role`."""
        held = self._grants.get(who)
        return None if held is None else held.role

    def grants(self) -> tuple[Grant, ...]:
        """See `Store.grants`."""
        return tuple(sorted(self._grants.values(), key=lambda each: (each.at, each.who)))

    def keep_invite(self, invite: Invite) -> None:
        """See `Store.keep_invite`."""
        kept = {key: each for key, each in self._invites.items() if each.until >= invite.made_at - FORGOTTEN}
        self._invites = {**kept, invite.digest: invite}

    def invites(self, now: datetime) -> tuple[Invite, ...]:
        """See `Store.invites`."""
        good = [each for key, each in self._invites.items() if key not in self._used and each.until > now]
        return tuple(sorted(good, key=lambda each: (each.until, each.digest)))

    def drop_invite(self, digest: str) -> bool:
        """See `Store.drop_invite`."""
        return digest not in self._used and self._invites.pop(digest, None) is not None

    def redeem(self, digest: str, who: str, name: str, now: datetime) -> Redeemed | Spent | None:
        """See `Store.redeem`."""
        invite = next((each for key, each in self._invites.items() if hmac.compare_digest(key, digest)), None)
        if invite is None:
            return None
        if invite.digest in self._used or invite.until <= now:
            return Spent(invite.digest in self._used)
        self._used.add(invite.digest)
        before = self.role(who)
        role = before if before is not None and before.reaches(invite.role) else invite.role
        grant = Grant(who, role, name, invite.by, now)
        if role is not before:
            self.grant(grant)
        return Redeemed(grant, before)

    def audit(self, deed: Deed) -> None:
        """See `Store.audit`."""
        self._deeds.append(replace(deed, number=len(self._deeds) + 1))

    def audited(self, limit: int, before: int | None = None) -> tuple[Deed, ...]:
        """See `Store.audited`."""
        newest = [each for each in reversed(self._deeds) if before is None or each.number < before]
        return tuple(newest[:limit])

    def _move_grant(self, old: Destination, new: Destination) -> None:
        """What a group holds follows it to its new address."""
        held = self._grants.pop(str(chat_of(old)), None)
        if held is not None:
            there = str(chat_of(new))
            self._grants.setdefault(there, replace(held, who=there))
