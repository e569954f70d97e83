"""Alerts to services that Apprise knows: mail, ntfy, Slack, a webhook and some hundred more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from monitor.core.model import APPRISE, Claimed, Kind, Later, Receipt, Refused, RuleBook, Sent, Unknown
from monitor.outlets.addresses import NoAddressError, address
from monitor.outlets.listing import by_name
from monitor.outlets.post import AddressError, BusyError, MissingError, Post, SlowError
from monitor.outlets.verdict import verdict, wrong_address
from monitor.outlets.wording import body, title

if TYPE_CHECKING:
    from monitor.chat.message import Message
    from monitor.core.model import Outlet

log = logging.getLogger(__name__)

PATIENCE = 45.0
"""Seconds for one send; below the lease of a delivery."""

BUSY = 30.0
"""Seconds until a service is tried again whose last send still hangs."""


class AppriseMessenger:
    """The port `Messenger` for the destinations of rules.yaml that have an address."""

    def __init__(
        self,
        *,
        book: Callable[[], RuleBook],
        variables: Mapping[str, str],
        words: Callable[[Claimed], Message],
        patience: float = PATIENCE,
    ) -> None:
        """`book` gives the rules in force, `variables` are the NOTIFY_* of the environment.

        `words` turns what was claimed into its message, the same as for Telegram; `patience` is seconds for one send.
        """
        self._book = book
        self._variables = variables
        self._words = words
        self._patience = patience
        self._post = Post(patience)

    async def deliver(self, claimed: Claimed) -> Receipt:
        """Send one message. An update is not sent: what was sent cannot be changed, and it is no news."""
        delivery = claimed.delivery
        if delivery.kind is Kind.UPDATE:
            return Sent()
        outlet = by_name(self._book(), APPRISE).get(delivery.destination.address)
        if outlet is None:
            return Refused(f"rules.yaml lists no destination {delivery.destination.address} any more")
        return await self._send(outlet, self._words(claimed), delivery.attempt)

    async def _send(self, outlet: Outlet, message: Message, attempt: int) -> Receipt:
        try:
            where = address(outlet, self._variables)
            answer = await self._post.send(outlet.name, where, title(message), body(message))
        except NoAddressError as missing:
            return wrong_address(str(missing), attempt)
        except AddressError:
            return wrong_address(
                f"{outlet.url or outlet.url_file} holds no address that Apprise knows", attempt
            )
        except MissingError:
            return wrong_address("Apprise is not installed; see requirements/run.txt", attempt)
        except BusyError:
            return Later(BUSY, "the send before this one still hangs")
        except SlowError:
            return Unknown(f"no answer within {self._patience:g} s")
        return Sent() if answer.taken else verdict(answer.said, attempt, answer.shown)


__all__ = ["AppriseMessenger"]
