"""Which addresses may be reached: the public ones, and what is allowed by hand."""

from ipaddress import ip_address

import httpcore
import pytest

from app.kit import outbound
from app.kit.addresses import AllowList, Refused, kind_of, literal
from app.kit.outbound import Guard

HOSTILE = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "0.0.0.0": "this network",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "169.254.0.1": "link-local",
    "169.254.169.254": "link-local",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "192.0.0.170": "reserved for protocols",
    "192.0.2.1": "for documentation",
    "198.18.0.1": "for benchmarks",
    "198.51.100.1": "for documentation",
    "203.0.113.1": "for documentation",
    "192.88.99.1": "a 6to4 relay",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "reserved",
    "::1": "loopback",
    "::127.0.0.1": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:10.0.0.1": "private",
    "::ffff:0:10.0.0.1": "reserved",
    "64:ff9b::10.0.0.1": "private",
    "64:ff9b::169.254.169.254": "link-local",
    "64:ff9b:1::1": "reserved",
    "100::1": "reserved",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "reserved",
    "ff02::1": "multicast",
    "2001::1": "reserved for protocols",
    "2001:db8::1": "for documentation",
    "2002:7f00:1::": "6to4",
    "3fff::1": "for documentation",
}
PUBLIC = [
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
]


@pytest.mark.parametrize(("text", "kind"), HOSTILE.items())
def test_what_is_not_public_is_refused_and_named(text, kind):
    assert kind_of(ip_address(text)) == kind
    with pytest.raises(Refused):
        AllowList().check("erp.example.com", ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_is_reached(text):
    assert kind_of(ip_address(text)) is None
    AllowList().check("erp.example.com", ip_address(text))


def test_what_is_allowed_is_reached_however_it_is_written():
    allow = AllowList.parse(["10.1.0.0/16", "ERP.lan.", "fd12::/16"])
    for text in ("10.1.2.3", "::ffff:10.1.2.3", "fd12::7"):
        allow.check("any", ip_address(text))
    allow.check("erp.lan", ip_address("192.168.0.7"))
    for host, text in (("any", "10.2.0.1"), ("xerp.lan", "192.168.0.7")):
        with pytest.raises(Refused):
            allow.check(host, ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "169.254.169.254",
        "fd00:ec2::254",
        "fd00:ec2::254%eth0",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
    ],
)
def test_nothing_opens_a_clouds_metadata(text):
    allow = AllowList.parse(["0.0.0.0/0", "::/0", "metadata.internal"])
    for address in (text, f"::ffff:{text}" if "." in text else text):
        with pytest.raises(Refused, match="metadata"):
            allow.check("metadata.internal", ip_address(address))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("erp.example.com", None),
    ],
)
def test_an_address_is_seen_in_every_form_the_system_reads(host, address):
    assert literal(host) == (ip_address(address) if address else None)


class Names:
    """A name service that answers otherwise each time it is asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, _host, _port):
        self.asked += 1
        return self.answers.pop(0)


class Dialled(Guard):
    """A guard that notes where it would connect to; nothing listens at 1.1.1.2."""

    def __init__(self, **more):
        super().__init__(AllowList(), **more)
        self.dialled = []
        self._backend = self

    async def connect_tcp(self, host, port, *more):
        if host.endswith(".example.com"):
            return await super().connect_tcp(host, port, *more)
        self.dialled.append(host)
        if host == "1.1.1.2":
            raise httpcore.ConnectError
        return host


@pytest.fixture
def names(monkeypatch):
    def names(*answers):
        found = Names(*answers)
        monkeypatch.setattr(outbound, "resolve", found)
        return found

    return names


async def test_the_address_that_was_checked_is_the_one_connected_to(names):
    asked = names(["1.1.1.1"], ["127.0.0.1"])
    guard = Dialled()
    assert await guard.connect_tcp("erp.example.com", 443) == "1.1.1.1"
    assert (asked.asked, guard.dialled) == (1, ["1.1.1.1"])
    with pytest.raises(Refused):
        await guard.connect_tcp("erp.example.com", 443)
    assert guard.dialled == ["1.1.1.1"]


async def test_one_bad_address_among_good_ones_refuses_the_name(names):
    names(["1.1.1.1", "10.0.0.1"])
    guard = Dialled()
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        await guard.connect_tcp("erp.example.com", 443)
    assert guard.dialled == []


async def test_where_one_address_is_dead_the_next_is_tried(names):
    names(["1.1.1.2", "1.1.1.1"])
    guard = Dialled()
    assert await guard.connect_tcp("erp.example.com", 443) == "1.1.1.1"


async def test_without_encryption_only_what_is_allowed_is_reached(names):
    names(["1.1.1.1"])
    guard = Dialled(only_allowed=True)
    with pytest.raises(Refused, match="use https"):
        await guard.connect_tcp("erp.example.com", 80)
