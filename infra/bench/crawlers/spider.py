"""Scrapy at the same hosts, for the interpreter that has it: rules obeyed, no delay, nothing kept.

Its settings take away what the stage does not do either (cookies, caches, throttling, logs), and what only costs. Each
port is a host of its own to Scrapy, too (``download_slot``).
"""

from __future__ import annotations

import logging
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

import scrapy  # type: ignore[import-not-found]  # of another interpreter's
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found]  # likewise
from scrapy.utils.sitemap import Sitemap  # type: ignore[import-not-found]  # likewise

from infra.bench.crawlers.told import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class _Spider(scrapy.Spider):  # type: ignore[misc]  # mypy does not see Scrapy's class
    name = "bench"

    def __init__(self, ports: list[str], **options: Any) -> None:  # noqa: ANN401 - Scrapy's own
        super().__init__(**options)
        self._ports = ports
        self.pages = 0

    async def start(self) -> AsyncIterator[Any]:
        self.began = perf_counter()
        for port in self._ports:
            yield scrapy.Request(f"http://127.0.0.1:{port}/sitemap.xml", self.list, meta={"download_slot": port})

    def list(self, response: Any) -> Iterator[Any]:  # noqa: ANN401 - Scrapy's response
        self.pages += 1
        for entry in Sitemap(response.body):
            yield scrapy.Request(entry["loc"], self.page, meta={"download_slot": response.meta["download_slot"]})

    def page(self, response: Any) -> None:  # noqa: ANN401 - likewise
        self.pages += response.body.endswith(b"</html>")

    def closed(self, _reason: str) -> None:
        tell(self.pages, perf_counter() - self.began)


def _main(at_once: int, ports: list[str]) -> None:
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": 100,
            "CONCURRENT_REQUESTS_PER_DOMAIN": at_once,
            "DOWNLOAD_DELAY": 0,
            "RANDOMIZE_DOWNLOAD_DELAY": False,
            "COOKIES_ENABLED": False,
            "AUTOTHROTTLE_ENABLED": False,
            "HTTPCACHE_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_ENABLED": False,
            "LOG_INSTALL_ROOT_HANDLER": False,
            "RETRY_ENABLED": False,
            "REFERER_ENABLED": False,
            "EXTENSIONS": {
                "scrapy.extensions.logstats.LogStats": None,
                "scrapy.extensions.corestats.CoreStats": None,
                "scrapy.extensions.memusage.MemoryUsage": None,
            },
        }
    )
    process.crawl(_Spider, ports=ports)
    process.start()


if __name__ == "__main__":
    import logging

    logging.disable()
    _main(int(sys.argv[1]), sys.argv[2:])
