"""OAuth 2.0 for applications (client credentials, RFC 6749, section 4.4), with tokens that soon expire."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import BasicAuth, web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from infra.local.world.sites.scene import Scene

CLIENT_ID = "sample-id"
CLIENT_SECRET = "sample-secret"  # noqa: S105 - opens nothing but the sample
TOKEN_PATH = "/api/v1/access_token"  # noqa: S105 - an address
"""Where a token is to be had, by POST with HTTP Basic."""
LIFETIME = timedelta(minutes=5)


class Tokens:
    """Gives out tokens and knows those that are good."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._given = 0

    async def give(self, request: web.Request) -> web.Response:
        """A new token."""
        try:
            client = BasicAuth.decode(request.headers.get("Authorization", ""))
        except ValueError:
            client = BasicAuth("")
        if (client.login, client.password) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
        if (await request.post()).get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"})
        self._given += 1
        until = int((self._scene.now() + LIFETIME).timestamp())
        token = f"sample.{self._given}.{until}"
        expires = int(LIFETIME.total_seconds())
        return web.json_response({"access_token": token, "token_type": "bearer", "expires_in": expires, "scope": "*"})

    def asked(self, handler: Handler) -> Handler:
        """A handler that wants a token."""

        async def wrapped(request: web.Request) -> web.StreamResponse:
            if not self._is_good(request.headers.get("Authorization", "")):
                return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
            return await handler(request)

        return wrapped

    def _is_good(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        parts = token.split(".")
        if scheme.lower() != "bearer" or len(parts) != 3 or not parts[1].isdecimal() or not parts[2].isdecimal():  # noqa: PLR2004 - as they are given
            return False
        return 0 < int(parts[1]) <= self._given and self._scene.now().timestamp() < int(parts[2])
