"""What the words of a failure mean for a delivery."""

from __future__ import annotations

import pytest

from monitor.core.model import Later, Receipt, Refused, Unknown
from monitor.outlets.addresses import hidden
from monitor.outlets.verdict import verdict


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        pytest.param("Socket Exception: (535, b'5.7.8 Bad credentials')", Later(60.0, "shown"), id="login"),
        pytest.param(
            "Socket Exception: [Errno -2] Name or service not known", Later(10.0, "shown"), id="no such host"
        ),
        pytest.param("Socket Exception: certificate verify failed", Later(10.0, "shown"), id="no trust"),
        pytest.param(
            "Socket Exception: Read timed out. (read timeout=4.0)", Unknown("shown"), id="read timeout"
        ),
        pytest.param('Sending email to "a@b.example" failed.', Refused("shown"), id="a mailbox that is none"),
        pytest.param("Failed to send: error=413.", Refused("shown"), id="too large"),
        pytest.param("Failed to send: Gateway, error=504.", Unknown("shown"), id="gateway timeout"),
        pytest.param("A Connection error occurred.", Unknown("shown"), id="no reason"),
    ],
)
def test_the_table(said: str, becomes: Receipt) -> None:
    assert verdict(said, 1, "shown") == becomes


def test_silence_is_told_as_silence() -> None:
    assert verdict("", 1, "") == Unknown("the service did not take it, and nobody says why")


def test_waits_grow_with_each_attempt_up_to_an_hour() -> None:
    receipts = [verdict("connection refused", attempt, "") for attempt in (1, 2, 5, 50)]
    assert [each.after for each in receipts if isinstance(each, Later)] == [10.0, 20.0, 160.0, 3600.0]


def test_hidden_takes_out_every_part_of_an_address() -> None:
    address = "slack://tokenA1/token%2FB2@host.example:8443/#channel?key=v4lue"
    words = f"could not reach {address} nor token/B2\nat host.example with v4lue"
    assert hidden(words, address) == "could not reach *** nor *** at *** with ***"
