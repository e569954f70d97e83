"""Which addresses may be reached: public ones, and what the operator names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.guard import AllowList, literal, objection, refusal

NOBODY = AllowList()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "not an address",
        "168.63.129.16", "192.0.0.192", "192.31.196.1", "192.52.193.1", "192.175.48.1", "::ffff:0:8.8.8.8",
        "2001:20::1", "2620:4f:8000::1", "2606:4700:4700::1111%eth0", "2a00:1450::5efe:10.0.0.1", "4000::1",
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_refused(address: str) -> None:
    assert refusal(address, NOBODY)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "2606:4700:4700::1111",
        "::ffff:8.8.8.8",
        "2001:4860::1",
        "2a00:1450::5efe:8.8.8.8",
    ],
)
def test_public_addresses_are_fine(address: str) -> None:
    assert refusal(address, NOBODY) is None


def test_the_refusal_names_the_mend() -> None:
    assert refusal("10.0.0.1", NOBODY) == (
        "10.0.0.1 is a private or reserved address; if the feed really lives there, name it in ALLOW_HOSTS"
    )


def test_the_operator_may_allow_networks_and_names() -> None:
    allow = AllowList.read("127.0.0.0/8, nas.home 10.1.2.3,[fd00::1]  Printer.local. ")
    assert refusal("127.9.9.9", allow) is None
    assert refusal("::ffff:127.0.0.1", allow) is None
    assert refusal("10.1.2.3", allow) is None
    assert refusal("10.1.2.4", allow) is not None
    assert refusal("fd00::1", allow) is None
    assert allow.names_host("NAS.home.")
    assert allow.names_host("printer.local")
    assert not allow.names_host("home")


@pytest.mark.parametrize(
    "item", ["10.0.0.0/99", "http://nas", "*.home", "-x", "2130706433", "127.1", "nas/8", "한글/"]
)
def test_what_is_neither_name_nor_network_is_named(item: str) -> None:
    with pytest.raises(ValueError, match="is no host name"):
        AllowList.read(f"nas, {item}")


def test_an_empty_list_allows_nothing() -> None:
    assert AllowList.read(" , ") == NOBODY


@pytest.mark.parametrize(
    ("host", "address"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="dotted"),
        pytest.param("127.1", "127.0.0.1", id="short"),
        pytest.param("2130706433", "127.0.0.1", id="decimal"),
        pytest.param("0x7f.1", "127.0.0.1", id="hexadecimal"),
        pytest.param("017700000001", "127.0.0.1", id="octal"),
        pytest.param("0", "0.0.0.0", id="nought"),
        pytest.param("127.0.0.1.", "127.0.0.1", id="dot at the end"),
        pytest.param("[::1]", "::1", id="brackets"),
        pytest.param("fe80::1%eth0", "fe80::1%eth0", id="with a zone"),
        pytest.param("example.org", None, id="name"),
        pytest.param("1.example", None, id="name that begins with a digit"),
        pytest.param("127.0.0.1\0", None, id="no C string"),
        pytest.param("8.8.8.8 127.0.0.1", None, id="rubbish that the C library would pass over"),
        pytest.param("①②⑦。⓪．⓪｡①", "127.0.0.1", id="other digits and dots"),
        pytest.param("%31%32%37.0.0.1", "127.0.0.1", id="percent signs"),
        pytest.param("127.0.0.\u200b1", "127.0.0.1", id="invisible characters"),
        pytest.param("한글", None, id="letters"),
    ],
)
def test_hosts_written_as_addresses_are_recognised_in_every_form(host: str, address: str | None) -> None:
    found = literal(host)
    assert (None if found is None else str(found)) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/feed.xml",
        "HTTPS://News.Example:8443/a b?c=d|e#f",
        "http://me:pass%40word@news.example/",
        "http://뉴스.한국/피드",
        "http://xn--c1avg.example/\\",
        "http://8.8.8.8/",
        "http://[2606:4700:4700::1111]:8080/",
        "http://under_score.example/",
    ],
)
def test_the_form_of_an_ordinary_address_is_fine(url: str) -> None:
    assert objection(url) is None


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("ftp://a.example/", "ftp: is not http or https", id="scheme"),
        pytest.param("news.example/feed", "that: is not http or https", id="no scheme"),
        pytest.param("http://a.example:99999/", "not well formed", id="port"),
        pytest.param("http://[::1/", "not well formed", id="bracket"),
        pytest.param("http://a.example\\@b.example/", "not well formed", id="backslash"),
        pytest.param("http://a%00b.example/", "not well formed", id="NUL"),
        pytest.param("http://a b.example/", "not well formed", id="space"),
        pytest.param("http://10.0.0.1/", "10.0.0.1 is a private or reserved address", id="private"),
    ],
)
def test_an_address_that_is_not_tried_is_told_why(url: str, told: str) -> None:
    said = objection(url)
    assert said is not None
    assert told in said


def test_what_the_operator_allows_is_tried() -> None:
    assert objection("http://10.0.0.1/", AllowList.read("10.0.0.0/8")) is None
    assert objection("http://①⓪.0.0.1/", AllowList.read("10.0.0.0/8")) is None


V4 = st.ip_addresses(v=4).map(lambda address: IPv4Address(int(address)))
WIDE = str.maketrans("0123456789abcdefx.", "０１２３４５６７８９ａｂｃｄｅｆｘ。")


@given(V4, st.lists(st.sampled_from("dox"), min_size=4, max_size=4), st.integers(1, 4), st.booleans())
def test_every_way_to_write_an_ipv4_address_means_that_address(
    address: IPv4Address, bases: list[str], parts: int, wide: bool
) -> None:
    """All but the last part stand for a byte each, the last for all bytes that are left (inet_aton(3))."""
    packed = address.packed
    numbers = [*packed[: parts - 1], int.from_bytes(packed[parts - 1 :], "big")]
    forms = {"d": "{:d}", "o": "0{:o}", "x": "0x{:x}"}
    written = ".".join(forms[base].format(number) for base, number in zip(bases, numbers, strict=False))
    assert literal(written.translate(WIDE) if wide else written) == address


@given(V4)
def test_an_ipv4_address_wrapped_into_ipv6_is_never_freer_than_by_itself(address: IPv4Address) -> None:
    low = int(address)
    free = refusal(address, NOBODY) is None
    assert (refusal(IPv6Address(0xFFFF << 32 | low), NOBODY) is None) == free  # mapped
    isatap = IPv6Address(int(IPv6Address("2a00:1450::")) | 0x5EFE << 32 | low)
    assert (refusal(isatap, NOBODY) is None) == free
    for prefix in (0, 0xFFFF << 48, int(IPv6Address("64:ff9b::")), int(IPv6Address("64:ff9b:1::"))):
        assert refusal(IPv6Address(prefix | low), NOBODY)
    assert refusal(IPv6Address(0x2002 << 112 | low << 80), NOBODY)  # 6to4


@given(st.ip_addresses(v=6))
def test_what_lies_outside_of_the_space_that_was_given_out_is_refused(address: IPv6Address) -> None:
    if address.packed[0] >> 5 != 1 and address.ipv4_mapped is None:
        assert refusal(address, NOBODY)
