"""Through which proxy the client goes: what the environment says, as other programs take it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from socialindex.client import Client
from socialindex.client.download import download
from socialindex.client.proxies import connections_to
from socialindex.errors import InvalidInput
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = "http://api.example.test/v1/sources"
FILE = "http://files.example.test/ex.csv"


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    """A proxy, which nothing names yet. It answers itself: no such hosts are there."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving({f"GET {ASKED}": (200, {"items": []}), f"GET {FILE}": (200, b"a,b\n")}) as standing:
        yield standing


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_requests_go_through_the_proxy_of_the_environment(
    proxy: ApiServer, monkeypatch: pytest.MonkeyPatch, variable: str, scheme: str
) -> None:
    monkeypatch.setenv(variable, proxy.url.replace("http://", f"{scheme}nuri:p%40ss@" if scheme else ""))
    assert Client("http://api.example.test", "si_abc", attempts=1).sources() == []
    (asked,) = proxy.asked
    assert (asked.method, asked.path) == ("GET", ASKED)
    permission = base64.b64encode(b"nuri:p@ss").decode()
    assert asked.headers.get("proxy-authorization") == (f"Basic {permission}" if scheme else None)


def test_files_come_through_it_too(proxy: ApiServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    download("ex_a", lambda: FILE, tmp_path / "part", 4, lambda _: None)
    assert (tmp_path / "part").read_bytes() == b"a,b\n"


@pytest.mark.parametrize("but", ["api.example.test", ".example.test", "*", "other.test, example.test"])
def test_hosts_that_need_none_are_asked_directly(monkeypatch: pytest.MonkeyPatch, proxy: ApiServer, but: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert connections_to("http://api.example.test").proxy is not None
    monkeypatch.setenv("NO_PROXY", but)
    assert connections_to("http://api.example.test").proxy is None


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])
def test_this_machine_is_asked_directly(monkeypatch: pytest.MonkeyPatch, proxy: ApiServer, url: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    assert connections_to(url).proxy is None


@pytest.mark.parametrize("named", ["socks5://proxy.example.test:1080", "http://proxy.example.test:99999", "http://["])
def test_what_can_be_no_proxy_is_told_with_a_remedy(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", named)
    with pytest.raises(InvalidInput, match="proxy") as refused:
        Client("https://api.example.test", "si_abc")
    assert refused.value.remedy
