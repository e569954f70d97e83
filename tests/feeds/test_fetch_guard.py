"""Which addresses may be reached: public ones, and what the operator names."""

from __future__ import annotations

import pytest

from monitor.feeds.guard import AllowList, literal, refusal

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
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_refused(address: str) -> None:
    assert refusal(address, NOBODY)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
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
        pytest.param("한글", None, id="letters"),
    ],
)
def test_hosts_written_as_addresses_are_recognised_in_every_form(host: str, address: str | None) -> None:
    found = literal(host)
    assert (None if found is None else str(found)) == address
