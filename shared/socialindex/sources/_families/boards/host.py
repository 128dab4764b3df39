"""Addresses on a board's own host."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urljoin, urlsplit


class Path(NamedTuple):
    """What an address says behind the folder of an installation."""

    path: str
    """Begins with a slash."""
    query: str


def path_on(base: str, href: str, at: str) -> Path | None:
    """Where in the installation at ``base`` a link on the page ``at`` leads; ``None`` where it leads elsewhere.

    A link to the ``www.`` twin of the host counts as the installation's own, for a site's configured address and the
    one that answers often differ by it. So does one with the usual port, which older versions of Gnuboard write
    (``https://board.example.com:443``), by a scheme that may not be its own behind a proxy.
    """
    try:
        parts = urlsplit(urljoin(at, href))
    except ValueError:  # such as an open bracket in the host
        return None
    own = urlsplit(base)
    folder = own.path
    if _host(parts.netloc) != _host(own.netloc) or not parts.path.startswith(f"{folder}/"):
        return None
    return Path(parts.path.removeprefix(folder), parts.query)


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80")
