"""Connections through the proxy that the environment names, as curl and most programs of a company make them."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import LocationParseError, ProxySchemeUnknown

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMEDY: Final = "set HTTPS_PROXY (HTTP_PROXY for http addresses) to http(s)://host:port, or NO_PROXY to the host"


def connections_to(url: str, *, maxsize: int = 1, headers: Mapping[str, str] | None = None) -> urllib3.PoolManager:
    """Connections to the host of an address: through a proxy where the environment (or the system) names one for it.

    ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY`` say which, ``NO_PROXY`` for which hosts none. This machine itself
    is never asked through one: a local stack works behind a proxy, too.

    Raises:
        InvalidInput: what is named can be no proxy.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    options: dict[str, Any] = {"maxsize": maxsize, "headers": headers}
    if not proxy or _is_here(parts.hostname or "") or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return urllib3.PoolManager(**options)
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        return urllib3.ProxyManager(proxy, proxy_headers=_permission(proxy), **options)
    except (ProxySchemeUnknown, LocationParseError, ValueError) as error:
        raise InvalidInput("the environment names a proxy that can be none", field="proxy", remedy=_REMEDY) from error


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _permission(proxy: str) -> dict[str, str]:
    """What shows the proxy who asks, where its address has a name and a password."""
    name, mark, password = urlsplit(proxy).netloc.rpartition("@")[0].partition(":")
    return dict(urllib3.make_headers(proxy_basic_auth=f"{unquote(name)}:{unquote(password)}")) if mark else {}
