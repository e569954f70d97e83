"""Settings: environment over `.env` over defaults; a mistake names its variable and mend, never a secret."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.core.access import Mode
from monitor.core.errors import SettingsError
from monitor.settings import TABLE, Secret, Settings, load, markdown_table, read_environment

TOKEN = "123456789:AAE-not_a_real_token_0123456789abcd"
PROXY = "http://me:p%40ssword@proxy.lan:3128"

CONTRACT = {
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_BOT_TOKEN_FILE",
    "TELEGRAM_API_URL",
    "DATABASE",
    "BACKUP_DIR",
    "BACKUP_EVERY",
    "BACKUP_KEEP",
    "FREE_SPACE_FLOOR",
    "KEEP_STORIES",
    "RULES",
    "RULES_APPROVAL",
    "HISTORY",
    "OWNERS",
    "QUOTA_SEARCHES",
    "QUOTA_SUBSCRIPTIONS",
    "QUOTA_WATCHES",
    "ACCESS",
    "ALERT_ON_FIRST_POLL",
    "POLL_FLOOR",
    "POLL_BUDGET",
    "POLL_IDLE",
    "HOST_GAP",
    "ROBOTS",
    "CONTACT",
    "FULL_TEXT",
    "CALLBACK_URL",
    "CALLBACK_PORT",
    "WEBHOOK_URL",
    "WEBHOOK_PORT",
    "WEBHOOK_SECRET",
    "ATOM_DIR",
    "ATOM_LISTEN",
    "ALLOW_HOSTS",
    "PROXY",
    "TIMEZONE",
    "LANGUAGE",
    "LOG_LEVEL",
    "LOG_FORMAT",
}


def _env_file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_set_gives_the_documented_defaults(tmp_path: Path) -> None:
    settings = load({}, tmp_path / "absent")
    assert settings == Settings()
    assert settings.token is None
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.database == Path("db/data/tocsin.db")
    assert settings.rules == Path("rules.yaml")
    assert settings.access is Mode.CLOSED
    assert settings.alert_on_first_poll is False
    assert settings.poll_floor == 900
    assert settings.timezone == ZoneInfo("UTC")
    assert (settings.language, settings.log_level, settings.log_format) == ("en", "info", "text")
    assert settings.owners == frozenset()
    assert settings.allow_hosts == settings.warnings == settings.secrets == ()


def test_the_settings_are_read() -> None:
    settings = load(
        {
            "TELEGRAM_BOT_TOKEN": f" {TOKEN}\n",
            "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "DATABASE": "/data/t.db",
            "RULES": "/etc/r.yaml",
            "OWNERS": "1, 22 ,333",
            "ACCESS": "Open",
            "ALERT_ON_FIRST_POLL": "yes",
            "POLL_FLOOR": "60",
            "ALLOW_HOSTS": "RSS.lan, 127.0.0.0/8,::1, [fd00::1], bücher.example, 10.1.2.3",
            "PROXY": PROXY,
            "TIMEZONE": "Asia/Seoul",
            "LANGUAGE": "en",
            "LOG_LEVEL": "DEBUG",
            "LOG_FORMAT": "json",
        },
        None,
    )
    assert settings.token == Secret(TOKEN)
    assert settings.proxy is not None
    assert settings.proxy.reveal() == PROXY
    assert settings.secrets == (TOKEN, "p%40ssword", "p@ssword")
    expected = Settings(
        token=settings.token,
        telegram_api_url="http://127.0.0.1:8081",
        database=Path("/data/t.db"),
        backup_dir=Path("/data/backups"),
        rules=Path("/etc/r.yaml"),
        owners=frozenset({1, 22, 333}),
        access=Mode.OPEN,
        alert_on_first_poll=True,
        poll_floor=60,
        allow_hosts=(
            "rss.lan",
            "127.0.0.0/8",
            "::1/128",
            "fd00::1/128",
            "xn--bcher-kva.example",
            "10.1.2.3/32",
        ),
        proxy=settings.proxy,
        timezone=ZoneInfo("Asia/Seoul"),
        log_level="debug",
        log_format="json",
    )
    assert settings == expected


REFUSED = [
    pytest.param("POLL_BUDGET", "many", "is no budget", id="budget-word"),
    pytest.param("POLL_BUDGET", "0", "is no budget", id="budget-none"),
    pytest.param("POLL_BUDGET", "5m", "less than POLL_FLOOR", id="budget-below-the-floor"),
    pytest.param("HOST_GAP", "-1", "not a number of seconds", id="gap"),
    pytest.param("ROBOTS", "maybe", "neither yes nor no", id="robots"),
    pytest.param("CONTACT", "me", "is neither", id="contact"),
    pytest.param("FULL_TEXT", "all", "is not known", id="full-text"),
    pytest.param("CALLBACK_URL", "bot.example.org", "write it like https://", id="callback"),
    pytest.param("CALLBACK_URL", "https://bot.example.org/?a=1", "without user, '?'", id="callback-query"),
    pytest.param("CALLBACK_PORT", "70000", "is no port", id="callback-port"),
    pytest.param("TELEGRAM_BOT_TOKEN", "hunter2", "copy it whole from @BotFather", id="token-shape"),
    pytest.param("TELEGRAM_BOT_TOKEN", f"bot{TOKEN}", "copy it whole from @BotFather", id="token-with-bot"),
    pytest.param("TELEGRAM_BOT_TOKEN_FILE", "/no/such/file", "cannot be read", id="token-file-missing"),
    pytest.param("TELEGRAM_BOT_TOKEN_FILE", "/", "cannot be read", id="token-file-folder"),
    pytest.param("TELEGRAM_API_URL", "api.telegram.org", "write it like https://", id="api-without-scheme"),
    pytest.param("TELEGRAM_API_URL", "http://host:99999", "is not a URL", id="api-port"),
    pytest.param("TELEGRAM_API_URL", "http://[::1", "is not a URL", id="api-bracket"),
    pytest.param("TELEGRAM_API_URL", "https://a/?x=1", "without user, '?'", id="api-query"),
    pytest.param("TELEGRAM_API_URL", "https://a b/", "must be an http:// or https://", id="api-space"),
    pytest.param("DATABASE", "postgres://h/d", "postgres:// is not known", id="database-postgres"),
    pytest.param("DATABASE", ":memory:", "must be a file", id="database-memory"),
    pytest.param("OWNERS", "@somebody", "'@somebody' is no user id", id="owner-name"),
    pytest.param("OWNERS", "12,-100123", "'-100123' is a group's or channel's id", id="owner-group"),
    pytest.param("QUOTA_WATCHES", "0", "not a whole number from 1 up", id="quota-zero"),
    pytest.param("QUOTA_SEARCHES", "many", "write one like 60", id="quota-word"),
    pytest.param("QUOTA_SUBSCRIPTIONS", "-1", "not a whole number from 1 up", id="quota-negative"),
    pytest.param("ACCESS", "close", "did you mean closed?", id="access-near"),
    pytest.param("ACCESS", "everyone!", "there is: closed, invite, open", id="access-far"),
    pytest.param("ALERT_ON_FIRST_POLL", "maybe", "neither yes nor no", id="switch"),
    pytest.param("POLL_FLOOR", "0", "from 1 up", id="floor-zero"),
    pytest.param("POLL_FLOOR", "15m", "'15m' is not a number of seconds", id="floor-unit"),
    pytest.param("POLL_FLOOR", "-5", "not a number of seconds", id="floor-negative"),
    pytest.param("ALLOW_HOSTS", "http://rss.lan", "without scheme and port", id="host-scheme"),
    pytest.param("ALLOW_HOSTS", "rss.lan:80", "without scheme and port", id="host-port"),
    pytest.param("ALLOW_HOSTS", "10.0.0.0/99", "is no host, address or network", id="host-network"),
    pytest.param("ALLOW_HOSTS", "10.0.0", "is no host, address or network", id="host-short-address"),
    pytest.param("ALLOW_HOSTS", "a..b", "is no host, address or network", id="host-empty-label"),
    pytest.param(
        "PROXY", "socks5://p:1080", "SOCKS proxies are not supported; name an HTTP", id="proxy-socks"
    ),
    pytest.param("PROXY", "http://user:hidden@[", "is not a URL", id="proxy-broken"),
    pytest.param("TIMEZONE", "Seoul", "did you mean Asia/Seoul?", id="zone-city"),
    pytest.param("TIMEZONE", "asia/soul", "did you mean Asia/Seoul?", id="zone-misspelt"),
    pytest.param("TIMEZONE", "../../etc/passwd", "write an IANA name", id="zone-path"),
    pytest.param("LANGUAGE", "fr", "'fr' is not there; there is: en, ko, ru", id="language"),
    pytest.param("LOG_LEVEL", "inf", "did you mean info?", id="level"),
    pytest.param("LOG_FORMAT", "xml", "there is: text, json", id="format"),
]


@pytest.mark.parametrize(("variable", "value", "mend"), REFUSED)
def test_a_mistake_names_the_variable_and_the_mend(variable: str, value: str, mend: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: value}, None)
    assert caught.value.variable == variable
    assert str(caught.value).startswith(f"{variable}: ")
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("TELEGRAM_BOT_TOKEN", "123456789:secret part with spaces", id="token"),
        pytest.param("TELEGRAM_API_URL", "https://me:secret@host", id="api-url"),
        pytest.param("PROXY", "ftp://me:secret@host", id="proxy"),
        pytest.param("PROXY", "socks5://me:secret@host", id="proxy-socks"),
    ],
)
def test_a_mistake_never_shows_the_secret(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: value}, None)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value)


def test_no_secret_is_shown_by_printing_settings() -> None:
    settings = load({"TELEGRAM_BOT_TOKEN": TOKEN, "PROXY": PROXY}, None)
    shown = f"{settings!r} {settings} {settings.token!r} {settings.token} {settings.proxy}"
    assert TOKEN not in shown
    assert "p%40ssword" not in shown


def test_the_environment_wins_over_the_file_and_empty_counts_as_not_set(tmp_path: Path) -> None:
    file = _env_file(tmp_path, "POLL_FLOOR=60\nTIMEZONE='Europe/Berlin'\nLOG_LEVEL=debug # fine\nPROXY=\n")
    settings = load({"POLL_FLOOR": "120", "TIMEZONE": " "}, file)
    assert settings.poll_floor == 120
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert settings.log_level == "debug"
    assert settings.proxy is None
    assert settings.warnings == ()


def test_dollar_signs_in_the_file_stay_what_they_are(tmp_path: Path) -> None:
    settings = load({"HOME": "gone"}, _env_file(tmp_path, "RULES=/x/${HOME}.yaml\n"))
    assert settings.rules == Path("/x/${HOME}.yaml")


def test_a_byte_order_mark_does_not_hide_the_first_name(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("\ufeffPOLL_FLOOR=60\r\n".encode())
    assert load({}, file).poll_floor == 60


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        pytest.param("TELEGRAM_TOKEN=x", "did you mean TELEGRAM_BOT_TOKEN?", id="telegram-token"),
        pytest.param("BOT_TOKEN=x", "did you mean TELEGRAM_BOT_TOKEN?", id="bot-token"),
        pytest.param("owners=1", "did you mean OWNERS?", id="lower-case"),
        pytest.param("OWNER=1", "did you mean OWNERS?", id="singular"),
        pytest.param("LOGLEVEL=debug", "did you mean LOG_LEVEL?", id="no-underscore"),
        pytest.param("= broken", "line 2: cannot be read; write NAME=value", id="not-an-assignment"),
    ],
)
def test_a_near_miss_in_the_file_is_warned_of(tmp_path: Path, line: str, warning: str) -> None:
    file = _env_file(tmp_path, f"# mine\n{line}\n")
    settings = load({}, file)
    assert len(settings.warnings) == 1
    assert f"{file}, line 2: " in settings.warnings[0]
    assert warning in settings.warnings[0]


def test_other_programs_variables_are_none_of_our_business(tmp_path: Path) -> None:
    file = _env_file(tmp_path, "COMPOSE_PROJECT_NAME=tocsin\nPOSTGRES_PASSWORD=x\nTZ=Asia/Seoul\nBARE\n")
    assert load({"TELEGRAM_TOKEN": "x"}, file).warnings == ()


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.mkdir()
    with pytest.raises(SettingsError, match=r"\.env: cannot be read \(Is a directory\)"):
        load({}, file)


def test_a_file_in_another_charset_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("RULES=правила".encode("cp1251"))
    with pytest.raises(SettingsError, match="is not UTF-8 text"):
        load({}, file)


class TestTokenFile:
    def test_its_newline_is_not_part_of_the_token(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(f"{TOKEN}\n")
        file.chmod(0o600)
        settings = load({"TELEGRAM_BOT_TOKEN_FILE": str(file)}, None)
        assert settings.token == Secret(TOKEN)
        assert settings.warnings == ()

    @pytest.mark.parametrize("mode", [0o640, 0o604])
    def test_one_that_others_can_read_is_warned_of(self, tmp_path: Path, mode: int) -> None:
        file = tmp_path / "token"
        file.write_text(TOKEN)
        file.chmod(mode)
        settings = load({"TELEGRAM_BOT_TOKEN_FILE": str(file)}, None)
        assert settings.warnings == (
            f"TELEGRAM_BOT_TOKEN_FILE: {file} can be read by other users; run: chmod 600 {file}",
        )

    @pytest.mark.parametrize(
        ("content", "mend"),
        [
            pytest.param(b"\n", "is empty", id="empty"),
            pytest.param(b"\xff\xfe\x00", "does not hold a bot token", id="binary"),
            pytest.param(b"x" * 100_000, "does not hold a bot token", id="large"),
        ],
    )
    def test_one_without_a_token_is_refused(self, tmp_path: Path, content: bytes, mend: str) -> None:
        file = tmp_path / "token"
        file.write_bytes(content)
        with pytest.raises(SettingsError, match=mend) as caught:
            load({"TELEGRAM_BOT_TOKEN_FILE": str(file)}, None)
        assert caught.value.variable == "TELEGRAM_BOT_TOKEN_FILE"

    def test_both_a_token_and_a_file_are_refused(self) -> None:
        with pytest.raises(SettingsError, match="keep one of them"):
            load({"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_BOT_TOKEN_FILE": "x"}, None)

    def test_the_environments_token_silences_a_token_file_named_in_the_env_file(self, tmp_path: Path) -> None:
        file = _env_file(tmp_path, "TELEGRAM_BOT_TOKEN_FILE=/no/such/file\n")
        assert load({"TELEGRAM_BOT_TOKEN": TOKEN}, file).token == Secret(TOKEN)


@pytest.mark.parametrize(
    ("value", "warns"),
    [
        pytest.param("en_US:en", False, id="english-desktop"),
        pytest.param("en_GB.UTF-8", False, id="locale"),
        pytest.param("de_DE:en", False, id="english-second"),
        pytest.param("de_DE:de", True, id="german-desktop"),
    ],
)
def test_a_desktops_language_list_never_stops_the_bot(value: str, warns: bool) -> None:
    settings = load({"LANGUAGE": value}, None)
    assert settings.language == "en"
    assert bool(settings.warnings) is warns


@pytest.mark.parametrize(
    ("url", "warns"),
    [
        pytest.param("http://127.0.0.1:8081", False, id="loopback"),
        pytest.param("http://bot-api:8081", False, id="container"),
        pytest.param("http://192.168.1.5", False, id="lan-address"),
        pytest.param("http://api.lan", False, id="lan-name"),
        pytest.param("http://api.example.org", True, id="far"),
        pytest.param("http://8.8.8.8", True, id="far-address"),
        pytest.param("https://api.example.org", False, id="encrypted"),
    ],
)
def test_a_token_sent_in_clear_over_the_internet_is_warned_of(url: str, warns: bool) -> None:
    assert bool(load({"TELEGRAM_API_URL": url}, None).warnings) is warns


@pytest.mark.parametrize(
    ("value", "path"),
    [
        pytest.param("sqlite:///data/t.db", Path("data/t.db"), id="relative-url"),
        pytest.param("sqlite:////data/t.db", Path("/data/t.db"), id="absolute-url"),
        pytest.param("~no-such-user-here/t.db", Path("~no-such-user-here/t.db"), id="unknown-home"),
    ],
)
def test_a_database_may_be_a_path_or_a_url(value: str, path: Path) -> None:
    assert load({"DATABASE": value}, None).database == path


def test_the_home_directory_may_be_written_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert load({"RULES": "~/rules.yaml"}, None).rules == Path("/home/somebody/rules.yaml")


def test_the_process_reads_its_environment_and_the_file_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in TABLE:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.chdir(tmp_path)
    _env_file(tmp_path, "POLL_FLOOR=77\nLOG_LEVEL=error\n")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = read_environment()
    assert (settings.poll_floor, settings.log_level) == (77, "debug")


def test_the_names_are_the_contract() -> None:
    assert {variable.name for variable in TABLE} == CONTRACT


@pytest.mark.parametrize("variable", TABLE, ids=lambda variable: variable.name)
def test_every_example_in_the_table_is_accepted(variable: object, tmp_path: Path) -> None:
    one = next(each for each in TABLE if each == variable)
    example = one.example
    if one.name == "TELEGRAM_BOT_TOKEN":
        example = TOKEN
    elif one.name == "TELEGRAM_BOT_TOKEN_FILE":
        (tmp_path / "token").write_text(TOKEN)
        example = str(tmp_path / "token")
    assert load({one.name: example}, None) != load({}, None) or example == one.default


def test_the_markdown_table_has_a_row_for_each_setting() -> None:
    rows = markdown_table().splitlines()
    assert rows[0] == "| variable | default | meaning | example |"
    assert [re.findall(r"`([A-Z_]+)`", row)[0] for row in rows[2:]] == [variable.name for variable in TABLE]
    assert all(row.count(" | ") == 3 for row in rows[2:])
