"""The parts of the store that keep who was let in, who changed what, and what readers wait for alone."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.core.access import Role
from monitor.core.model import Deed, Destination, Grant, Invite, Redeemed, Spent, Watch


class Admission(Protocol):
    """Each method is one transaction, as everywhere in the store."""

    def grant(self, grant: Grant) -> None:
        """Give somebody a role, in place of what they held (desk)."""

    def revoke(self, who: str) -> Role | None:
        """Take it away; what it was, None if they held none (desk)."""

    def role(self, who: str) -> Role | None:
        """What somebody holds (desk)."""

    def grants(self) -> tuple[Grant, ...]:
        """All that is held, the oldest first (desk)."""

    def keep_invite(self, invite: Invite) -> None:
        """Let its code be good once, until it expires (desk).

        One that let somebody in, or expired, is forgotten after a quarter of a year.
        """

    def invites(self, now: datetime) -> tuple[Invite, ...]:
        """Those that are still good, the next to expire first (desk)."""

    def drop_invite(self, digest: str) -> bool:
        """Let it be good no longer; False if it was not (desk)."""

    def redeem(self, digest: str, who: str, name: str, now: datetime) -> Redeemed | Spent | None:
        """Use a code up (desk): whoever comes first holds its role from then on.

        Somebody who holds a higher role keeps it, and uses the code up all the same. None if there is no such
        code.
        """

    def audit(self, deed: Deed) -> None:
        """Write down what was changed (desk); nothing of it is ever changed or removed. Its number is given here."""

    def audited(self, limit: int, before: int | None = None) -> tuple[Deed, ...]:
        """The newest first (desk); only numbers below `before`."""


class Watching(Protocol):
    """Each method is one transaction, as everywhere in the store."""

    def add_watch(self, destination: Destination, query: str, by: str, now: datetime) -> Watch:
        """Let a chat wait for what a query matches (desk); lifts a suspension of it, as `subscribe` does."""

    def end_watch(self, destination: Destination, number: int, now: datetime) -> bool:
        """End one of a chat; False if it has none of that number (desk)."""

    def watches(self, destination: Destination | None = None) -> tuple[Watch, ...]:
        """Those of one chat that have not ended, or of all chats, by number (desk, ingest)."""
