"""No socket is ever opened to an address that is not public, however it is spelled or looked up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.addresses import check_resolved, check_url, public_socket, refusal
from socialindex.crawl.fetch import Fetcher, FetchSettings
from socialindex.errors import Refused, Unavailable
from socialindex.sources.base import Request
from tests.unit.crawl.site import CONTACT, LOCAL, Names, Site, page

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "2606:2800:220:1::1",
    "2a00:1450:4001::1",
    "64:ff9b::5db8:d822",  # a public IPv4 address behind NAT64
]
NOT_PUBLIC = [
    ("0.0.0.0", "unspecified"),
    ("10.0.0.5", "private"),
    ("100.64.0.1", "carrier"),
    ("100.100.100.200", "carrier"),  # Alibaba Cloud's metadata
    ("127.0.0.1", "loopback"),
    ("127.9.9.9", "loopback"),
    ("168.63.129.16", "platform"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "reserved"),
    ("192.0.0.192", "reserved"),  # Oracle Cloud's metadata
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "reserved"),
    ("192.168.1.1", "private"),
    ("198.18.0.1", "benchmarks"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::7f00:1", "reserved"),  # IPv4-compatible 127.0.0.1
    ("::ffff:10.0.0.1", "reserved"),
    ("::ffff:127.0.0.1", "reserved"),
    ("::ffff:8.8.8.8", "reserved"),
    ("64:ff9b::a00:1", "private"),  # NAT64 of 10.0.0.1
    ("64:ff9b:1::1", "reserved"),
    ("100::1", "reserved"),
    ("2001::1", "reserved"),  # Teredo
    ("2001:db8::1", "documentation"),
    ("2002:a00:1::", "reserved"),  # 6to4 of 10.0.0.1
    ("3fff::1", "documentation"),
    ("5f00::1", "reserved"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fe80::1", "link-local"),
    ("fec0::1", "reserved"),
    ("ff02::1", "multicast"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_fetched_from(address: str) -> None:
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize(("address", "kind"), NOT_PUBLIC)
def test_other_addresses_are_refused_by_their_kind(address: str, kind: str) -> None:
    assert kind in (refusal(ip_address(address)) or "")


@pytest.mark.parametrize("address", [address for address, kind in NOT_PUBLIC])
def test_the_loopback_setting_opens_loopback_and_nothing_else(address: str) -> None:
    opened = refusal(ip_address(address), allow_loopback=True) is None
    assert opened == (address in {"127.0.0.1", "127.9.9.9", "::1"})


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public_here(address: object) -> None:
    verdict = refusal(ip_address(str(address)))
    if ip_address(str(address)).is_private or ip_address(str(address)).is_multicast:
        assert verdict or str(address).startswith("64:ff9b::")


REFUSED = [
    ("http://10.0.0.1/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://[::1]/", "private_address"),
    ("http://[::ffff:10.0.0.1]/", "private_address"),
    ("http://[fd00:ec2::254]/", "private_address"),
    ("http://localhost/", "private_address"),
    ("http://LOCALHOST./", "private_address"),
    ("http://db.localhost:8080/", "private_address"),
    ("http://１２７.０.０.１/", "private_address"),  # noqa: RUF001 - full-width digits
    ("http://127。0。0。1/", "private_address"),
    ("http://127.0.0.1./", "private_address"),
    ("http://2130706433/", "bad_host"),
    ("http://0x7f.1/", "bad_host"),
    ("http://0x7f000001/", "bad_host"),
    ("http://127.1/", "bad_host"),
    ("http://0177.0.0.1/", "bad_host"),
    ("http://1.2.3.4.5/", "bad_host"),
    ("http://127.0.0.%31/", "bad_host"),
    ("http://[fe80::1%25eth0]/", "bad_host"),
    ("http://[v1.example]/", "bad_host"),
    ("http://[2606:2800:220:1::1]evil.example/", "bad_host"),
    ("http://[::ffff:10.0.0.256]/", "bad_host"),
    ("http://a..b.example/", "bad_host"),
    ("http://exa mple.test/", "bad_host"),
    ("http://evil.example\\.good.example/", "bad_host"),
    (f"http://{'a' * 64}.example/", "bad_host"),
    (f"http://{'a.' * 130}example/", "bad_host"),
    ("http://\u00ad/", "bad_host"),  # nothing is left of it
    ("http:///path", "bad_host"),
    ("http:example.com", "bad_host"),
    ("http://[::1", "bad_host"),
    ("http://example.com/\r\nHost: evil", "bad_url"),
    ("http://exam\tple.com/", "bad_url"),
    ("http://example.com/\ud800", "bad_url"),
    (f"http://example.com/{'a' * 5000}", "bad_url"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://example.com/", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("example.com/page", "scheme"),
    ("", "scheme"),
    ("http://user:secret@example.com/", "userinfo"),
    ("http://example.com\\@10.0.0.1/", "userinfo"),
    ("http://example.com@10.0.0.1/", "userinfo"),
    ("http://example.com:22/", "port"),
    ("http://example.com:0/", "port"),
    ("http://example.com:99999/", "port"),
    ("http://example.com:-1/", "port"),
    ("https://example.com:6667/", "port"),
    ("https://example.com:443:80/", "port"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_addresses_that_must_not_be_fetched_are_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        check_url(url)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com:8443/a?b=c#d",
        "http://한국.example/게시판",
        "http://my_blog.example.com/",
        "http://93.184.216.34/",
        "http://[2606:2800:220:1::1]/",
        "HTTPS://EXAMPLE.COM./",
        "http://example.com/%zz and spaces",
        "http://1.2.3.4.example/",
    ],
)
def test_ordinary_addresses_pass(url: str) -> None:
    check_url(url)


def test_a_password_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(Refused) as refused:
        check_url("http://user:hunter2@example.com/")
    assert "hunter2" not in str(refused.value)


_URLISH = st.text(alphabet="htps:/@[]%.?#\\0123456789abcdefx\u3002\uff11 \u00df\ud800\x00한", max_size=60)


@given(st.one_of(st.text(), _URLISH, _URLISH.map("http://".__add__)))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        check_url(text)


def resolved(url: str, names: Names, *, allow_loopback: bool = False) -> None:
    asyncio.run(check_resolved(url, resolver=names, allow_loopback=allow_loopback))


def test_a_name_that_resolves_to_a_private_address_is_refused_by_both() -> None:
    with pytest.raises(Refused, match=r"^board\.example resolves to 10\.0\.0\.5, a private address;") as refused:
        resolved("http://board.example/free", Names(board_example="10.0.0.5"))
    assert refused.value.reason == "private_address"


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(Refused):
        resolved("http://board.example/", Names(board_example="93.184.216.34 10.0.0.5"))


def test_a_public_name_passes_and_is_looked_up_in_its_ascii_form() -> None:
    names = Names(**{"xn--3e0b707e_example": "93.184.216.34"})
    resolved("http://한국.example/", names)
    assert names.asked == ["xn--3e0b707e.example"]


def test_a_name_that_does_not_resolve_says_so() -> None:
    with pytest.raises(Unavailable, match=r"typo\.example is not known to the DNS; check the address's spelling"):
        resolved("http://typo.example/", Names())


def test_an_address_is_not_looked_up() -> None:
    names = Names()
    resolved("http://127.0.0.1:8080/", names, allow_loopback=True)
    assert names.asked == []


def fetch_from(url: str, settings: FetchSettings, names: Names) -> None:
    async def run() -> None:
        async with Fetcher(settings, resolver=names) as fetcher:
            await fetcher.fetch(Request(url=url))

    asyncio.run(run())


@pytest.mark.parametrize("way", ["fetch", "check"])
def test_names_whose_servers_do_not_answer_hold_up_nothing_but_themselves(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Table calls and heartbeats run in the event loop's threads, of which there are a few dozen."""
    given_up = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        given_up.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "temporary failure in name resolution")

    async def crawl() -> Sequence[object]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        async with Fetcher(FetchSettings(contact=CONTACT)) as fetcher:
            urls = [f"https://b{number}.example/" for number in range(5)]
            asked = [fetcher.fetch(Request(url=url)) if way == "fetch" else fetcher.check(url) for url in urls]
            waiting = asyncio.gather(*asked, return_exceptions=True)
            await asyncio.sleep(0.1)
            try:
                await asyncio.wait_for(asyncio.to_thread(int), 5)  # a heartbeat, say
            finally:
                given_up.set()
            return await waiting

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert all(isinstance(end, Unavailable) for end in asyncio.run(crawl()))


def test_a_fetch_refuses_a_name_that_resolves_to_a_private_address() -> None:
    with pytest.raises(Refused, match=r"board\.example resolves to 192\.168\.0\.7, a private address"):
        fetch_from("http://board.example/", LOCAL, Names(board_example="192.168.0.7"))


def test_a_fetch_refuses_loopback_unless_it_is_allowed() -> None:
    site = Site({"/": page()})
    shut = FetchSettings(contact=CONTACT)

    async def run() -> None:
        async with site.serving():
            for host in (site.host, f"localhost:{site.port}", f"board.example:{site.port}"):
                with pytest.raises(Refused) as refused:
                    async with Fetcher(shut, resolver=Names(board_example="127.0.0.1")) as fetcher:
                        await fetcher.fetch(Request(url=f"http://{host}/"))
                assert refused.value.reason == "private_address"

    asyncio.run(run())
    assert site.asked == []


def test_a_name_that_changes_to_a_private_address_is_refused_when_it_does() -> None:
    site = Site({"/": page(connection="close")})
    names = Names(board_example=["127.0.0.1", "10.0.0.5"])

    async def run() -> None:
        async with site.serving(), Fetcher(LOCAL, resolver=names) as fetcher:
            request = Request(url=f"http://board.example:{site.port}/")
            assert (await fetcher.fetch(request)).response.status == 200
            with pytest.raises(Refused):
                await fetcher.fetch(request)

    asyncio.run(run())
    assert len(site.asked) == 1


def test_the_early_check_does_not_make_the_later_connection_safe() -> None:
    names = Names(board_example=["93.184.216.34", "10.0.0.5"])
    resolved("http://board.example/", names)
    with pytest.raises(Refused):
        fetch_from("http://board.example/", LOCAL, names)


@pytest.mark.parametrize("addresses", ["127.0.0.1", "127.0.0.1 127.0.0.2", "127.0.0.1 ::1"])
def test_a_socket_is_refused_even_where_nothing_else_looked(addresses: str) -> None:
    """The last line of defense alone: an unguarded resolver, with one address and with several that are raced."""
    site = Site({"/": page()})

    async def run() -> None:
        connector = aiohttp.TCPConnector(resolver=Names(board_example=addresses), socket_factory=public_socket())
        async with site.serving(), aiohttp.ClientSession(connector=connector) as session:
            with pytest.raises(aiohttp.ClientConnectorError, match="loopback address"):
                await session.get(f"http://board.example:{site.port}/")

    asyncio.run(run())
    assert site.asked == []


def test_a_socket_to_an_allowed_address_is_opened() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80))
    with public_socket(allow_loopback=True)(info) as opened:
        assert opened.family == socket.AF_INET
