"""A plain loop of the HTTP client that the crawl stage uses: no rules, no limits, no frontier, nothing kept.

``python -m infra.bench.crawlers.plain PAGES PORT ...`` runs one at each host at once; ``crawlers.loop`` runs one.
"""

from __future__ import annotations

import asyncio
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Final

import aiohttp

from infra.bench.crawlers.hosts import SITEMAP
from infra.bench.crawlers.told import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    Take = Callable[[aiohttp.ClientResponse, bytes], None]


_ENDS: Final = (b"</html>", b"</urlset>")


def main(take: Take, *, at_once: bool = True) -> None:
    """Fetch the pages that the command line names, handing each to ``take``.

    Args:
        take: is handed each answer.
        at_once: whether all hosts are asked at once, or one after the other.
    """
    asyncio.run(_crawl(take, int(sys.argv[1]), sys.argv[2:], at_once=at_once))


async def _crawl(take: Take, pages: int, ports: list[str], *, at_once: bool) -> None:
    started = perf_counter()
    async with aiohttp.ClientSession() as session:
        hosts = [_host(session, f"http://127.0.0.1:{port}", pages, take) for port in ports]
        answered = await asyncio.gather(*hosts) if at_once else [await host for host in hosts]
    tell(sum(answered), perf_counter() - started)


async def _host(session: aiohttp.ClientSession, root: str, pages: int, take: Take) -> int:
    """One host's addresses, one after the other; how many were answered with a page."""
    answered = 0
    for path in [SITEMAP, *(f"/page/{number}" for number in range(pages))]:
        async with session.get(root + path) as response:
            body = await response.read()
            take(response, body)
            answered += response.status == 200 and body.endswith(_ENDS)  # noqa: PLR2004 - HTTP's OK
    return answered


def drop(_response: aiohttp.ClientResponse, _body: bytes) -> None:
    """Keep nothing."""


if __name__ == "__main__":
    main(drop)
