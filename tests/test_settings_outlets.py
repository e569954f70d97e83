"""Settings of the webhook and of ways out beside the chats."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.errors import SettingsError
from monitor.settings import Settings, load


def given(**environ: str) -> Settings:
    return load(environ, None)


def test_nothing_set_means_long_polling_and_files_beside_the_database() -> None:
    settings = given(DATABASE="/data/t.db")
    assert (settings.webhook_url, settings.webhook_port, settings.webhook_secret) == ("", 8091, None)
    assert (settings.atom_folder, settings.atom_listen) == (Path("/data/atom"), None)
    assert settings.notify_variables == {}


def test_everything_set() -> None:
    settings = given(
        WEBHOOK_URL="https://bot.example.org:8443/tocsin/",
        WEBHOOK_PORT="8443",
        WEBHOOK_SECRET="s3cret-of-the-hook",
        ATOM_DIR="/var/www",
        ATOM_LISTEN="[::1]:8092",
        NOTIFY_MAIL="mailto://a:b@c.example",
    )
    assert settings.webhook_url == "https://bot.example.org:8443/tocsin"
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.reveal() == "s3cret-of-the-hook"
    assert (settings.atom_folder, settings.atom_listen) == (Path("/var/www"), ("::1", 8092))
    assert settings.notify_variables == {"NOTIFY_MAIL": "mailto://a:b@c.example"}
    assert {"s3cret-of-the-hook", "mailto://a:b@c.example"} <= set(settings.secrets)
    assert "s3cret" not in repr(settings)
    assert "mailto" not in repr(settings)


def test_a_variable_for_a_destination_may_stand_in_the_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("NOTIFY_MAIL=mailto://a:b@c.example\nNOTIFY_NTFY=ntfy://one\n", "utf-8")
    settings = load({"NOTIFY_NTFY": "ntfy://two"}, file)
    assert settings.notify_variables == {"NOTIFY_MAIL": "mailto://a:b@c.example", "NOTIFY_NTFY": "ntfy://two"}
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        pytest.param("WEBHOOK_URL", "http://bot.example.org", "Telegram calls https://", id="no TLS"),
        pytest.param("WEBHOOK_URL", "https://bot.example.org:9000", "443, 80, 88 or 8443", id="port"),
        pytest.param("WEBHOOK_URL", "https://me:pw@bot.example.org", "without user", id="user"),
        pytest.param("WEBHOOK_URL", "bot.example.org", "https:// address", id="no address"),
        pytest.param("WEBHOOK_SECRET", "short", "8 to 256", id="short secret"),
        pytest.param("WEBHOOK_SECRET", "with a blank in it", "8 to 256", id="letters of a secret"),
        pytest.param("ATOM_LISTEN", "8092", "127.0.0.1:8092", id="no address to listen at"),
        pytest.param("ATOM_LISTEN", "everywhere:8092", "127.0.0.1:8092", id="a name"),
        pytest.param("ATOM_LISTEN", "127.0.0.1:0", "1 to 65535", id="no port"),
    ],
)
def test_what_is_refused(variable: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        given(**{variable: value})
    assert caught.value.variable == variable
    assert words in str(caught.value)
    assert "pw" not in str(caught.value)
