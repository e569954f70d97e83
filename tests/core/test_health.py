from datetime import timedelta

import pytest

from monitor.core.health import ailments
from monitor.core.model import StoreStatus
from tests.build import NOW, minutes

ALIVE = {"poll": minutes(-1), "deliver": minutes(-1)}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param(StoreStatus(beats=ALIVE), [], id="well"),
        pytest.param(
            StoreStatus(beats=ALIVE, owed=1, oldest_owed_at=minutes(-14)), [], id="a short queue is well"
        ),
        pytest.param(StoreStatus(beats={"poll": NOW}), ["deliver: it never started"], id="never started"),
        pytest.param(
            StoreStatus(beats=ALIVE | {"poll": NOW - timedelta(seconds=91)}),
            ["poll: no sign of life for 91 s"],
            id="stopped",
        ),
        pytest.param(
            StoreStatus(beats=ALIVE | {"network": minutes(-2)}), [], id="the network was there just now"
        ),
        pytest.param(StoreStatus(beats=ALIVE | {"rival": minutes(-2)}), [], id="the other program went away"),
        pytest.param(
            StoreStatus(beats=ALIVE | {"rival": minutes(-1)}),
            ["telegram: another program takes this bot's messages"],
            id="another program",
        ),
        pytest.param(
            StoreStatus(beats=ALIVE | {"network": minutes(-20)}),
            ["network: nothing was reached for 19 min, so no feed is to blame"],
            id="our own network is down",
        ),
        pytest.param(
            StoreStatus(beats={"deliver": NOW, "network": minutes(-20)}),
            ["poll: it never started"],
            id="the network of a poller that never ran",
        ),
        pytest.param(
            StoreStatus(beats=ALIVE, owed=3, oldest_owed_at=minutes(-16)),
            ["delivery: 3 waiting, the oldest for 16 min"],
            id="delivery stalls",
        ),
    ],
)
def test_ailments_are_named(status, words):
    found = ailments(status, NOW)
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))
