"""Bodies on the wire: what is read, what is refused, and that nothing grows beyond its bound."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from monitor.feeds.decode import BodyError, Coding, Decoder, coding

TEXT = "Перебежчик вошёл в консульство. 총영사관 망명. ".encode() * 3000
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
BARE = RAW.compress(TEXT) + RAW.flush()


def decoded(
    how: Coding, wire: bytes, step: int, *, wire_limit: int = 10**6, body_limit: int = 10**6
) -> bytes:
    decoder = Decoder(how, wire_limit=wire_limit, body_limit=body_limit)
    for at in range(0, len(wire), step):
        decoder.add(wire[at : at + step])
    return decoder.finish()


@pytest.mark.parametrize("step", [1, 7, 10**6])
@pytest.mark.parametrize(
    ("how", "wire"),
    [
        pytest.param(Coding.PLAIN, TEXT, id="plain"),
        pytest.param(Coding.GZIP, gzip.compress(TEXT), id="gzip"),
        pytest.param(
            Coding.GZIP, gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:]), id="two gzip streams"
        ),
        pytest.param(Coding.GZIP, gzip.compress(TEXT) + b"\0\0\0padding", id="padding behind gzip"),
        pytest.param(Coding.DEFLATE, zlib.compress(TEXT), id="deflate as zlib"),
        pytest.param(Coding.DEFLATE, BARE, id="deflate bare"),
        pytest.param(Coding.DEFLATE, BARE + b"junk", id="junk behind deflate"),
    ],
)
def test_every_accepted_coding_gives_the_page_however_it_is_chopped(
    how: Coding, wire: bytes, step: int
) -> None:
    assert decoded(how, wire, step) == TEXT


@pytest.mark.parametrize("how", list(Coding))
def test_an_empty_body_stays_empty(how: Coding) -> None:
    assert decoded(how, b"", 1) == b""


@pytest.mark.parametrize(
    ("how", "wire", "told"),
    [
        pytest.param(Coding.GZIP, gzip.compress(TEXT)[:-9], "broke off", id="gzip cut in the data"),
        pytest.param(Coding.GZIP, gzip.compress(TEXT)[:-1], "broke off", id="gzip cut in the checksum"),
        pytest.param(
            Coding.GZIP, gzip.compress(TEXT) + gzip.compress(TEXT)[:20], "broke off", id="second cut"
        ),
        pytest.param(Coding.DEFLATE, BARE[:-5], "broke off", id="deflate cut"),
        pytest.param(Coding.DEFLATE, b"\x78", "broke off", id="one byte"),
        pytest.param(Coding.GZIP, b"<rss></rss>", "not packed with gzip", id="not gzip at all"),
        pytest.param(Coding.DEFLATE, b"<rss></rss>", "not packed with deflate", id="not deflate at all"),
        pytest.param(Coding.GZIP, gzip.compress(TEXT)[:-8] + bytes(8), "damaged", id="wrong checksum"),
        pytest.param(Coding.GZIP, gzip.compress(b"") * 1001, "too many pieces", id="endless streams"),
    ],
)
def test_a_damaged_body_is_an_error_in_words(how: Coding, wire: bytes, told: str) -> None:
    with pytest.raises(BodyError, match=told):
        decoded(how, wire, 50)


def test_a_bomb_is_stopped_at_the_limit_and_never_held() -> None:
    bomb = gzip.compress(bytes(300_000_000), compresslevel=1)
    tracemalloc.start()
    try:
        with pytest.raises(BodyError, match=r"unpacks to more than 1 MB"):
            decoded(Coding.GZIP, bomb, 65536, wire_limit=10**7)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize("how", [Coding.PLAIN, Coding.GZIP])
def test_a_large_page_is_held_only_once(how: Coding) -> None:
    page = bytes(8_000_000)
    wire = page if how is Coding.PLAIN else gzip.compress(page)
    tracemalloc.start()
    try:
        assert decoded(how, wire, 65536, wire_limit=10**7, body_limit=10**7) == page
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * len(page)


def test_limits_count_the_wire_for_packed_bodies_and_the_page_for_plain_ones() -> None:
    with pytest.raises(BodyError, match=r"larger than 0\.001 MB even packed"):
        decoded(Coding.GZIP, gzip.compress(TEXT) + bytes(1000), 100, wire_limit=1000)
    assert decoded(Coding.PLAIN, TEXT, 100, wire_limit=10, body_limit=len(TEXT)) == TEXT
    with pytest.raises(BodyError, match="larger than"):
        decoded(Coding.PLAIN, TEXT, 100, body_limit=len(TEXT) - 1)


def test_an_announced_giant_is_refused_before_its_first_byte() -> None:
    decoder = Decoder(Coding.PLAIN, wire_limit=10, body_limit=100)
    decoder.announce(100)
    with pytest.raises(BodyError, match="larger than"):
        decoder.announce(101)


@pytest.mark.parametrize(
    ("header", "how"),
    [
        pytest.param("", Coding.PLAIN, id="none"),
        pytest.param("identity", Coding.PLAIN, id="identity"),
        pytest.param("GZip", Coding.GZIP, id="case"),
        pytest.param("x-gzip, identity", Coding.GZIP, id="old name"),
        pytest.param("deflate", Coding.DEFLATE, id="deflate"),
    ],
)
def test_the_header_names_the_coding(header: str, how: Coding) -> None:
    assert coding(header) is how


@pytest.mark.parametrize(
    ("header", "told"),
    [
        pytest.param("br", "'br'", id="brotli"),
        pytest.param("zstd", "'zstd'", id="zstd"),
        pytest.param("compress", "'compress'", id="compress"),
        pytest.param("gzip, gzip", "several times", id="nested"),
        pytest.param("gzip,br", "several times", id="mixed"),
    ],
)
def test_other_codings_are_refused_by_name(header: str, told: str) -> None:
    with pytest.raises(BodyError, match=told):
        coding(header)
