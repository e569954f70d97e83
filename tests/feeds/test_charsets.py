"""Texts of strangers as text: their character sets, and none that no document may choose."""

import pytest

from monitor.feeds.charsets import decoded

KOREAN = (
    "북한 뉴스 똠"  # the last syllable is beyond EUC-KR, and in the superset that its pages are written in
)


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        pytest.param("Новости".encode("cp1251"), "windows-1251", "Новости", id="russian"),
        pytest.param("Новости".encode("koi8-r"), "KOI8-R", "Новости", id="russian-of-old"),
        pytest.param(
            "Новости".encode("mac_cyrillic"), "x-mac-cyrillic", "Новости", id="by-its-name-on-the-web"
        ),
        pytest.param(KOREAN.encode("cp949"), "euc-kr", KOREAN, id="korean"),
        pytest.param(KOREAN.encode("cp949"), "ks_c_5601-1987", KOREAN, id="korean-by-another-name"),
        pytest.param(KOREAN.encode("utf-8"), None, KOREAN, id="undeclared"),
        pytest.param(KOREAN.encode("utf-8-sig"), "euc-kr", KOREAN, id="byte-order-mark-knows-better"),
        pytest.param(KOREAN.encode("utf-16"), "utf-8", KOREAN, id="utf-16"),
        pytest.param(b"a\xffb", "utf-8", "a\ufffdb", id="damaged"),
        pytest.param("a".encode("utf-8-sig"), "utf-8", "a", id="mark-is-no-text"),
        pytest.param(b"\\u0041", "unicode_escape", "\\u0041", id="escapes-are-none"),
        pytest.param(b"eJwDAAAAAAE=", "zlib_codec", "eJwDAAAAAAE=", id="compression-is-none"),
        pytest.param(b"+AEE-", "utf-7", "+AEE-", id="utf-7-is-none"),
        pytest.param(b"abc", "idna", "abc", id="host-names-are-none"),
        pytest.param(b"abc", "iso-8859-99", "abc", id="unknown-member-of-a-family"),
    ],
)
def test_the_text_is_right_or_readable(data, declared, text):
    assert decoded(data, declared) == text
