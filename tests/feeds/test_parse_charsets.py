"""Whatever a page is written in, and whatever it claims, its letters come out right."""

from __future__ import annotations

import gzip

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl
from monitor.feeds.parse import parse
from monitor.feeds.utf8 import LARGEST, unified, unpacked

FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News")
KOREAN = "북한 병사 한 명이 어제 판문점에서 남쪽으로 넘어왔다"
RUSSIAN = "Перебежчик из КНДР попросил убежища в консульстве"
WESTERN = "Le déserteur nord-coréen a été reçu à l’ambassade"


def page(title: str, declared: str | None) -> str:
    claim = f" encoding='{declared}'" if declared else ""
    item = f"<item><title>{title}</title></item>"
    return f"<?xml version='1.0'{claim}?><rss version='2.0'><channel>{item}</channel></rss>"


def title(raw: bytes, content_type: str | None = None) -> str:
    found = parse(FEED, raw, content_type, FEED.url)
    assert isinstance(found, Batch), found.reason
    return found.stories[0].title


def warnings(raw: bytes, content_type: str | None = None) -> tuple[str, ...]:
    found = parse(FEED, raw, content_type, FEED.url)
    assert isinstance(found, Batch)
    return found.warnings


@pytest.mark.parametrize(
    ("text", "written", "declared", "served"),
    [
        pytest.param(KOREAN, "euc-kr", "euc-kr", None, id="EUC-KR"),
        pytest.param(KOREAN + " 똠방각하", "cp949", "EUC-KR", None, id="its superset"),
        pytest.param(KOREAN, "cp949", "ks_c_5601-1987", None, id="an old name of it"),
        pytest.param(KOREAN, "cp949", None, 'text/xml; charset="x-windows-949"', id="in the header only"),
        pytest.param(KOREAN, "cp949", None, None, id="Korean that nobody declares"),
        pytest.param(KOREAN, "cp949", "utf-8", "text/xml; charset=utf-8", id="Korean that lies"),
        pytest.param(KOREAN, "utf-8", "euc-kr", None, id="UTF-8 that claims EUC-KR"),
        pytest.param(KOREAN, "utf-8", None, "text/xml; charset=ISO-8859-1", id="a server's habit"),
        pytest.param(KOREAN, "utf-8", "utf-8", "application/xml; charset=windows-1252", id="a server that lies"),
        pytest.param(KOREAN, "utf-16", "utf-16", None, id="UTF-16"),
        pytest.param(KOREAN, "utf-16-be", "utf-16", None, id="UTF-16 without mark"),
        pytest.param(KOREAN, "utf-16", "utf-8", None, id="UTF-16 that claims UTF-8"),
        pytest.param(KOREAN, "utf-32", None, None, id="UTF-32"),
        pytest.param(KOREAN, "utf-8-sig", None, "text/xml; charset=euc-kr", id="the mark is stronger"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", None, id="windows-1251"),
        pytest.param(RUSSIAN, "koi8-r", "KOI8-R", None, id="KOI8-R"),
        pytest.param(RUSSIAN, "cp1251", None, None, id="Russian that nobody declares"),
        pytest.param(RUSSIAN, "koi8-r", "utf-8", None, id="KOI8-R that lies"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", "text/xml; charset=ISO-8859-1", id="a habit again"),
        pytest.param(RUSSIAN, "cp1251", "utf-8", "text/xml; charset=windows-1251", id="the header knows"),
        pytest.param(WESTERN, "cp1252", "iso-8859-1", None, id="Latin-1 with Windows' quotes"),
        pytest.param(WESTERN, "cp1252", "utf-8", None, id="Western that lies"),
        pytest.param("亡命の兵士", "shift-jis", "Shift_JIS", None, id="Shift_JIS"),
        pytest.param("亡命の兵士", "euc_jp", "EUC-JP", None, id="EUC-JP"),
        pytest.param("亡命の兵士", "iso2022_jp", "ISO-2022-JP", None, id="ISO-2022-JP"),
        pytest.param("脱北士兵", "gbk", "gb2312", None, id="GB2312"),
        pytest.param("脫北士兵", "big5", "Big5", None, id="Big5"),
    ],
)  # fmt: skip
def test_letters_are_right(text: str, written: str, declared: str | None, served: str | None) -> None:
    assert title(page(text, declared).encode(written), served) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [pytest.param(KOREAN, "utf-8", id="UTF-8"), pytest.param(KOREAN, "cp949", id="Korean")],
)
def test_a_letter_cut_in_half_spoils_only_itself(text: str, written: str) -> None:
    raw = page(f"{text}@ {text}", written).encode(written).replace(b"@", "한".encode(written)[:1])
    found = title(raw)
    assert found.startswith(text)
    assert found.endswith(text[2:])


def test_a_lie_is_told_and_a_habit_without_consequence_is_not() -> None:
    assert (
        "character set that it claims (cp949, but it is utf-8)"
        in warnings(page(KOREAN, "euc-kr").encode())[0]
    )
    assert warnings(page("plain", "euc-kr").encode()) == ()
    assert warnings(page("a\x81é", None).encode("latin-1"), "text/xml; charset=iso-8859-1") == ()


@pytest.mark.parametrize("name", ["utf-7", "idna", "punycode", "unicode_escape", "zip", "bogus", "utf-16"])
def test_what_no_web_page_is_written_in_is_not_used(name: str) -> None:
    assert title(page("+ADw-b+AD4- \\u0041", name).encode()) == "+ADw-b+AD4- \\u0041"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("\n \t", id="blank lines"),
        pytest.param("\ufeff\ufeff", id="two byte order marks"),
        pytest.param(
            "<br />\n<b>Warning</b>: mysql_connect() in <b>x.php</b><br />", id="a program's warning"
        ),
        pytest.param("<!-- cached -->", id="comment"),
    ],
)
def test_what_stands_before_the_declaration_is_passed_over(before: str) -> None:
    raw = (before + page(KOREAN, "utf-8")).encode()
    assert title(raw) == KOREAN
    assert warnings(raw) == ()


def test_a_declaration_quoted_inside_is_no_beginning() -> None:
    quoted = page("<![CDATA[<?xml version='1.0'?> is how it begins]]>", None)
    assert title(quoted.encode()).endswith("is how it begins")


def test_a_document_says_in_the_end_what_it_is() -> None:
    found = unified(page("é", "iso-8859-1").encode("latin-1"), None)
    assert found.body.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<rss')
    assert found.body.decode("utf-8").count("é") == 1
    assert unified(b"\xff\xfe\x00", None).body.decode("utf-8") == "\ufffd"


def test_gzip_without_a_header_is_unpacked_once_and_bounded() -> None:
    raw = page(KOREAN, "utf-8").encode()
    assert title(gzip.compress(raw)) == KOREAN
    assert title(gzip.compress(raw)[:-8]) == KOREAN  # cut off, but all there
    assert unpacked(gzip.compress(gzip.compress(raw))) == gzip.compress(raw)
    for bad in (gzip.compress(bytes(LARGEST + 1)), b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08" + b"\xff" * 50):
        found = parse(FEED, bad, None, FEED.url)
        assert isinstance(found, Failed)
        assert "gzip" in found.reason
