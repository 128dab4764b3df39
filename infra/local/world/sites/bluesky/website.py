"""What browsers are shown: the web application's shell with what a page says of itself, and the AppView's own pages."""

from __future__ import annotations

import zlib
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from infra.local.world.sites import answers, picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.world.sites.bluesky.story import Account
    from infra.local.world.sites.bluesky.views import Views

_FRONT = """\
This is an AT Protocol Application View (AppView) of the sample world.

Most API routes are under /xrpc/

  Stream: /subscribe
Protocol: https://atproto.com
"""
_ROBOTS = """\
# Hello Friends!

# Crawling the public parts of the API is allowed. HTTP 429 ("backoff") status codes are used for rate-limiting. \
Up to a handful concurrent requests should be ok.
User-agent: *
Allow: /
"""
"""As the real AppView's says it."""
_SHELL = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1, minimum-scale=1, viewport-fit=cover">
{meta}
<title>{title}</title>
</head>
<body>
<div id="root"></div>
<noscript>
<h1 lang="en">JavaScript Required</h1>
{summary}
</noscript>
</body>
</html>
"""


class Website:
    """Pages at one address; ``views`` gives the views of the present."""

    def __init__(self, views: Callable[[], Views], base: str) -> None:
        self._views = views
        self._base = base

    def attach(self, app: web.Application) -> None:
        """Add the pages."""
        app.router.add_get("/", self._front)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/.well-known/did.json", self._document)
        for below in ("", "/post/{key}", "/lists/{key}", "/feed/{key}"):
            app.router.add_get(f"/profile/{{actor}}{below}", self._page)
        for path in ("/search", "/hashtag/{tag}"):
            app.router.add_get(path, self._search)
        app.router.add_get("/img/{size}/plain/{did}/{name}", self._image)

    async def _front(self, request: web.Request) -> web.Response:
        del request
        response = web.Response(text=_FRONT, content_type="text/plain", charset="utf-8")
        response.enable_compression()
        return response

    async def _robots(self, request: web.Request) -> web.Response:
        del request
        return answers.robots(_ROBOTS)

    async def _document(self, request: web.Request) -> web.Response:
        """The service's DID document (https://atproto.com/specs/did)."""
        del request
        service = {"id": "#bsky_appview", "type": "BskyAppView", "serviceEndpoint": self._base}
        name = urlsplit(self._base).netloc.replace(":", "%3A")
        return web.json_response(
            {"@context": ["https://www.w3.org/ns/did/v1"], "id": f"did:web:{name}", "service": [service]}
        )

    async def _page(self, request: web.Request) -> web.Response:
        """A page of a profile, whoever it is: the application itself says what is not there."""
        actor = request.match_info["actor"].lower()
        accounts = self._views().story.accounts.values()
        account = next((each for each in accounts if actor in {each.did, each.handle}), None)
        return answers.page(_profile_page(account) if account else _shell("Bluesky", ""))

    async def _search(self, request: web.Request) -> web.Response:
        del request
        return answers.page(_shell("Bluesky", '<meta name="robots" content="noindex">'))

    async def _image(self, request: web.Request) -> web.Response:
        """A picture: one color that depends on its name."""
        color = zlib.crc32(request.match_info["name"].encode()) & 0xFFFFFF
        return web.Response(body=picture.png(color), content_type="image/png")


def _profile_page(account: Account) -> str:
    """What a page says of itself to machines; of those who show themselves to the signed-in only, next to nothing."""
    title = f"@{account.handle} on Bluesky"
    if account.signed_in_only:
        return _shell(title, '<meta name="robots" content="noindex, nofollow">')
    name = escape(f"{account.name} (@{account.handle})")
    meta = [
        '<meta property="og:site_name" content="Bluesky Social">',
        f'<meta property="og:title" content="{name}">',
        f'<meta name="description" content="{escape(account.note)}">',
        '<meta name="twitter:label1" content="Account DID">',
        f'<meta name="twitter:value1" content="{account.did}">',
    ]
    summary = f'<p id="bsky_display_name">{escape(account.name)}</p>\n<p id="bsky_did">{account.did}</p>'
    return _shell(title, "\n".join(meta), summary)


def _shell(title: str, meta: str, summary: str = "") -> str:
    return _SHELL.format(title=escape(title), meta=meta, summary=summary)
