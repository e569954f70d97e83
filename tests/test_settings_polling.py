"""The settings of polling: how much, and what feeds may use of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.settings import Budget, Settings, load


def test_the_settings_of_polling_are_read() -> None:
    settings = load(
        {
            "POLL_BUDGET": "600",
            "POLL_IDLE": "no",
            "HOST_GAP": "2.5",
            "ROBOTS": "yes",
            "CONTACT": "https://example.org/bot",
            "FULL_TEXT": "matching",
            "CALLBACK_URL": "https://bot.example.org/tocsin/",
            "CALLBACK_PORT": "9000",
            "FEED_KEY": "sesame",
            "FEED_NAME": "Bo",
        },
        None,
    )
    assert settings == Settings(
        poll_budget=Budget(per_hour=600.0),
        poll_idle=False,
        host_gap=2.5,
        robots=True,
        contact="https://example.org/bot",
        full_text="matching",
        callback_url="https://bot.example.org/tocsin",
        callback_port=9000,
        feed_variables={"FEED_KEY": "sesame", "FEED_NAME": "Bo"},
    )
    assert settings.secrets == ("sesame",)


@pytest.mark.parametrize(
    ("written", "budget"),
    [
        pytest.param("", Budget(), id="none"),
        pytest.param("30m", Budget(mean=1800.0), id="a mean interval"),
        pytest.param("2h", Budget(mean=7200.0), id="in hours"),
        pytest.param("900s", Budget(mean=900.0), id="the floor itself"),
        pytest.param("1000", Budget(per_hour=1000.0), id="requests an hour"),
    ],
)
def test_the_budget_of_polls(written: str, budget: Budget) -> None:
    assert load({"POLL_BUDGET": written}, None).poll_budget == budget


def test_a_feeds_own_variable_in_the_file_is_no_misspelt_setting(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("FEED_BUDGET=secret\n", encoding="utf-8")
    settings = load({}, file)
    assert settings.warnings == ()
    assert settings.feed_variables == {"FEED_BUDGET": "secret"}
