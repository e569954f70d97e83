"""Alerts to services by Apprise: what arrives, what each failure becomes, and that no secret gets out."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.model import APPRISE, Flood, Kind, Later, Outlet, Receipt, Refused, Sent, Unknown
from monitor.outlets.services import AppriseMessenger
from tests.outlets.outlet_world import Service, claimed, listed, words

NAME = "NOTIFY_ONCALL"
SECRETS = ("s3cretpassword", "t0ken-of-hook", "nosuchpassword")


def messenger(address: str, patience: float = 20.0, outlet: Outlet | None = None) -> AppriseMessenger:
    book = listed(outlet or Outlet("on-call", ("all",), url=NAME))
    return AppriseMessenger(
        book=book, variables={NAME: address} if address else {}, words=words, patience=patience
    )


async def deliver(address: str, **fields: object) -> Receipt:
    return await messenger(address).deliver(claimed(APPRISE, "on-call", **fields))  # type: ignore[arg-type] # by name


async def test_an_alert_arrives_with_its_links_written_out() -> None:
    with Service() as service:
        assert await deliver(service.address) == Sent()
    [got] = service.got
    assert got["title"] == "🔴 FLASH · Refuge at a mission"
    assert got["message"].split("\n") == [
        "Defector <b>enters</b> & asks",
        "https://news.example/1?a=1&b=2",
        "Example · 10:00",
        "card #17",
    ]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UPDATE])
async def test_every_kind_is_carried(kind: Kind) -> None:
    with Service() as service:
        assert await deliver(service.address, kind=kind) == Sent()
        assert len(service.got) == 1


async def test_an_update_is_no_news() -> None:
    with Service() as service:
        assert await deliver(service.address, kind=Kind.UPDATE) == Sent()
        assert not service.got


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        pytest.param(429, Later(5.0, "", counts=False, flood=Flood.CHAT), id="too many"),
        pytest.param(503, Later(10.0, ""), id="not now"),
        pytest.param(401, Later(60.0, ""), id="wrong password"),
        pytest.param(404, Later(60.0, ""), id="wrong path"),
        pytest.param(400, Refused(""), id="not to its liking"),
        pytest.param(500, Unknown(""), id="broken"),
        pytest.param(502, Unknown(""), id="a gateway"),
    ],
)
async def test_what_an_answer_becomes(status: int, becomes: Receipt) -> None:
    with Service(status) as service:
        receipt = await deliver(service.address)
    assert not isinstance(receipt, Sent)
    assert f"error={status}" in receipt.reason
    assert _without_reason(receipt) == becomes


def _without_reason(receipt: Receipt) -> Receipt:
    match receipt:
        case Later(after, _, counts, flood):
            return Later(after, "", counts, flood)
        case Refused(_, suspend):
            return Refused("", suspend)
        case Unknown():
            return Unknown("")
    return receipt


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("json://ann:s3cretpassword@127.0.0.1:1/t0ken-of-hook", id="nobody listens"),
        pytest.param(
            "mailto://ann:nosuchpassword@127.0.0.1:1?from=a@b.example&to=c@d.example", id="no mail server"
        ),
    ],
)
async def test_what_never_left_is_tried_again_and_no_repeat(address: str) -> None:
    receipt = await deliver(address)
    assert isinstance(receipt, Later)
    assert "refused" in receipt.reason
    assert not any(secret in receipt.reason for secret in SECRETS)


async def test_what_may_have_arrived_is_unknown() -> None:
    with Service(hangs_up=True) as service:
        assert isinstance(await deliver(service.address), Unknown)


async def test_a_service_that_hangs_is_left_alone_until_it_lets_go() -> None:
    with Service() as service:
        service.gate.clear()
        sender = messenger(service.address, patience=1.0)
        assert await sender.deliver(claimed(APPRISE, "on-call")) == Unknown("no answer within 1 s")
        assert await sender.deliver(claimed(APPRISE, "on-call")) == Later(
            30.0, "the send before this one still hangs"
        )
        assert len(service.got) == 1
        service.gate.set()
        _join("outlet on-call")
        assert await sender.deliver(claimed(APPRISE, "on-call")) == Sent()


def _join(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(5)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        pytest.param(
            "", "NOTIFY_ONCALL is not set; set it in the environment or in .env and restart", id="not set"
        ),
        pytest.param("nonsense", "NOTIFY_ONCALL holds no address that Apprise knows", id="no address"),
        pytest.param(
            "nosuch://x/y", "NOTIFY_ONCALL holds no address that Apprise knows", id="no such service"
        ),
    ],
)
async def test_a_wrong_address_keeps_the_alert_waiting_with_its_mend(address: str, why: str) -> None:
    assert await deliver(address) == Later(60.0, why)
    assert await deliver(address, attempt=3) == Later(240.0, why)
    assert await deliver(address, attempt=30) == Later(3600.0, why)


async def test_an_address_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "address"
    outlet = Outlet("on-call", ("all",), url_file=str(file))
    with Service() as service:
        file.write_text(f"\ufeff{service.address}\n", "utf-8")
        assert await messenger("", outlet=outlet).deliver(claimed(APPRISE, "on-call")) == Sent()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(None, "cannot be read (No such file or directory)", id="no file"),
        pytest.param(b"", "does not hold one address on one line", id="empty"),
        pytest.param(b"json://a\njson://b", "does not hold one address on one line", id="two lines"),
        pytest.param(b"x" * 5000, "does not hold one address on one line", id="too long"),
    ],
)
async def test_a_file_that_holds_none(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "address"
    if content is not None:
        file.write_bytes(content)
    sender = messenger("", outlet=Outlet("on-call", ("all",), url_file=str(file)))
    assert await sender.deliver(claimed(APPRISE, "on-call")) == Later(60.0, f"{file} {why}")


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    sender = messenger("", outlet=Outlet("on-call", ("all",), url_file=str(tmp_path)))
    assert await sender.deliver(claimed(APPRISE, "on-call")) == Later(60.0, f"{tmp_path} is not a file")


async def test_what_is_not_listed_any_more_is_refused_visibly() -> None:
    receipt = await messenger("json://x").deliver(claimed(APPRISE, "gone"))
    assert receipt == Refused("rules.yaml lists no destination gone any more")


class Everything(logging.Handler):
    """Where the log of the process goes; unlike pytest's own it does not look behind loggers that are cut off."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()}")


@pytest.fixture
def everything() -> Iterator[Everything]:
    root, handler = logging.getLogger(), Everything()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


async def test_no_secret_reaches_a_log_or_a_reason(everything: Everything) -> None:
    logging.getLogger("monitor").debug("hello")
    with Service(403) as service:
        receipts = [await deliver(service.address)]
        service.status = 200
        await deliver(service.address)
        service.hangs_up = True
        receipts.append(await deliver(service.address))
    receipts.append(await deliver("json://ann:s3cretpassword@127.0.0.1:1/t0ken-of-hook"))
    assert all(not isinstance(each, Sent) and each.reason for each in receipts)
    shown = [*everything.lines, *map(repr, receipts)]
    assert "monitor hello" in shown
    assert [line for line in shown for secret in SECRETS if secret in line] == []


async def test_words_of_a_feed_judge_nothing() -> None:
    """The payload stands in Apprise's own log, too."""
    with Service(500) as service:
        made = AppriseMessenger(
            book=listed(Outlet("on-call", ("all",), url=NAME)),
            variables={NAME: service.address},
            words=lambda _: words(_).cut(10),
        )
        assert isinstance(await made.deliver(claimed(APPRISE, "on-call")), Unknown)


async def test_without_the_library_alerts_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # as if it were not installed
    assert await deliver("json://x") == Later(60.0, "Apprise is not installed; see requirements/run.txt")
