"""`${FEED_...}` in a feed's options: filled at the last moment, and only from what feeds may use."""

import pytest

from monitor.feeds.variables import Unset, filled


@pytest.mark.parametrize(
    ("written", "variables", "value"),
    [
        pytest.param("Bearer ${FEED_A}", {"FEED_A": "x"}, "Bearer x", id="inside-a-text"),
        pytest.param("${FEED_A}:${FEED_B2}", {"FEED_A": "x", "FEED_B2": "y"}, "x:y", id="two"),
        pytest.param(
            "${FEED_A}", {"FEED_A": "${FEED_B}", "FEED_B": "z"}, "${FEED_B}", id="never-filled-twice"
        ),
        pytest.param("plain", {}, "plain", id="none"),
        pytest.param("${HOME} $FEED_A", {"HOME": "x", "FEED_A": "y"}, "${HOME} $FEED_A", id="others-stay"),
    ],
)
def test_a_reference_becomes_its_value(written, variables, value):
    assert filled(written, variables) == value


@pytest.mark.parametrize(
    "variables", [pytest.param({}, id="unset"), pytest.param({"FEED_A": ""}, id="empty")]
)
def test_what_is_not_set_is_told_with_the_mend(variables):
    with pytest.raises(Unset, match="set FEED_A in the environment") as caught:
        filled("${FEED_A}", variables)
    assert caught.value.name == "FEED_A"
