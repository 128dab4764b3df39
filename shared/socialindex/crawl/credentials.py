"""Credentials for platforms that demand them, configured per host by the operator.

They come from a platform's own API programme: the operator has agreed to its terms, and it knows who asks. So for a
host with credentials neither robots.txt nor ``noindex`` headers decide, which are for crawlers without an agreement;
pace and budget hold all the same. A post's own marks are its adapter's to obey, as everywhere.

A secret goes to the host that it is for, as a header, and nowhere else: it is no part of the request that is archived.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote_plus

import msgspec
from aws_lambda_powertools import Logger

from socialindex.crawl.transient import Transient
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Discarded, InvalidInput, InvalidSettings, Refused, Unavailable
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.crawl.fetch import Fetcher
    from socialindex.sources.base import Adapter

SETTING: Final = "CREDENTIALS_SECRET"
_MARGIN: Final = 60.0
"""Seconds before its end at which a token is renewed."""
_DEFAULT_LIFE: Final = 3_600.0
"""Of a token that does not say how long it lasts; RFC 6749, section 5.1, leaves that to the platform's own words."""
_REST: Final = (60.0, 3_600.0)
"""Bounds of the seconds for which no token is asked for after none was given, twice as long with every time."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_VALUE = re.compile(r"[!-~]+(?: [!-~]+)*")

logger = Logger(child=True)


class _Secretive(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A credential, which never shows what it holds.

    Raises:
        InvalidInput: a value that cannot be sent as a header.
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __post_init__(self) -> None:
        for field in ("name", "value", "token", "client_id", "client_secret", "user_agent"):
            value = getattr(self, field, None)
            if value is not None and not (_NAME if field == "name" else _VALUE).fullmatch(value):
                raise InvalidInput(f"{field} cannot be sent", field=field, remedy="use printable ASCII in one line")


class Header(_Secretive, frozen=True, kw_only=True, tag="header"):
    """A key in a header of the platform's own."""

    name: str
    value: str


class Bearer(_Secretive, frozen=True, kw_only=True, tag="bearer"):
    """A token that does not expire (RFC 6750, section 2.1)."""

    token: str


class OAuth2(_Secretive, frozen=True, kw_only=True, tag="oauth2"):
    """A client that gets itself tokens (RFC 6749, section 4.4)."""

    token_url: str
    client_id: str
    client_secret: str
    user_agent: str | None = None
    """What the platform wants its clients to call themselves, where it does."""


Credential = Header | Bearer | OAuth2


class _Token(NamedTuple):
    text: str
    until: float


class _Denied(NamedTuple):
    """That a host's token was asked for, and none was given: why, and until when it is not asked for again."""

    reason: str
    message: str
    may_pass: bool
    rest: float
    until: float


class _Granted(msgspec.Struct):
    """RFC 6749, section 5.1; other members are the platform's."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: float = _DEFAULT_LIFE


class Credentials:
    """The credentials of all hosts, as one JSON document has them: ``{"api.example.com": {"kind": "bearer", ...}}``.

    Args:
        read: gives the document, empty where there are none; is asked by every ``refresh`` and bounds itself how often
            it really looks.
    """

    def __init__(self, read: Callable[[], str] = str) -> None:
        self._read = read
        self._text: str | None = None
        self._by_host: dict[str, Credential] = {}
        self._tokens: dict[str, _Token] = {}
        self._denied: dict[str, _Denied] = {}

    def refresh(self) -> None:
        """See whether the document has changed. What cannot be read now does not count where it was read before.

        Raises:
            Unavailable: it was never read, and cannot be read now.
            InvalidSettings: the same for one that says nothing that we understand; never shows what it says.
        """
        try:
            text = self._read()
            if text != self._text:
                self._by_host, self._tokens, self._denied, self._text = _decoded(text), {}, {}, text
        except (Unavailable, InvalidSettings) as error:
            if self._text is None:
                raise
            logger.warning("credentials are older than they should be", extra={"reason": type(error).__name__})

    def has(self, url: str) -> bool:
        """Whether there are credentials for an address's host.

        Raises:
            Refused: as ``urls.place_of``.
        """
        return host_of(over_http(url)) in self._by_host

    async def headers(self, url: str, fetcher: Fetcher) -> dict[str, str]:
        """Secret headers for a request, for ``Fetcher.fetch``; none where there are no credentials.

        Raises:
            Refused: as ``urls.place_of``.
            Discarded: ``credentials_refused``: the platform gives us no token.
            Transient: it does not answer now.
            Both also without asking, for a while after it did so: neither the pace nor the budget of the host that the
            token is for is its token endpoint's.
        """
        host = host_of(over_http(url))
        match self._by_host.get(host):
            case None:
                return {}
            case Header(name=name, value=value):
                return {name: value}
            case Bearer(token=token):
                return _bearer(token)
            case OAuth2() as client:
                return _bearer(await self._token(host, client, fetcher)) | _called(client)

    def forget_token(self, url: str) -> bool:
        """Forget the token of an address's host, which did not take it; whether there is a way to another one."""
        return self._tokens.pop(host_of(over_http(url)), None) is not None

    async def _token(self, host: str, client: OAuth2, fetcher: Fetcher) -> str:
        token = self._tokens.get(host)
        if token is None or time.monotonic() >= token.until:
            self._check_rest(host)
            try:
                token = self._tokens[host] = await _granted(client, fetcher)
            except (Transient, Discarded) as failure:
                self._rest(host, failure)
                raise
            self._denied.pop(host, None)
        return token.text

    def _rest(self, host: str, failure: Transient | Discarded) -> None:
        """Ask for no token of the host for a while, and for as long as the platform says (Retry-After)."""
        before = self._denied.get(host)
        rest = min(before.rest * 2, _REST[1]) if before else _REST[0]
        may_pass = isinstance(failure, Transient)
        asked = failure.retry_after if isinstance(failure, Transient) else None
        until = time.monotonic() + max(rest, asked or 0.0)
        self._denied[host] = _Denied(failure.reason, str(failure), may_pass, rest, until)

    def _check_rest(self, host: str) -> None:
        """See that a token of the host may be asked for now; else what was the matter the last time holds."""
        denied = self._denied.get(host)
        left = denied.until - time.monotonic() if denied else 0.0
        if denied is None or left <= 0:
            return
        if denied.may_pass:
            raise Transient(denied.reason, denied.message, retry_after=left)
        raise Discarded(denied.reason, denied.message)


def needed(adapter: Adapter, url: str, credentials: Credentials) -> None:
    """Pass a channel's first request, unless its source needs credentials and its host has none.

    Args:
        adapter: the channel's source.
        url: of ``adapter.start(channel)``.
        credentials: refreshed.

    Raises:
        Refused: ``no_credentials``; says for which host they are to be configured.
    """
    if adapter.needs_credentials and not credentials.has(url):
        host = host_of(over_http(url))
        remedy = f"get them from the platform, and put them into the secret that {SETTING} names"
        raise Refused("no_credentials", f"{adapter.title}: {host} wants credentials; {remedy}")


async def _granted(client: OAuth2, fetcher: Fetcher) -> _Token:
    """A new token (RFC 6749, section 4.4.2; the client says who it is as section 2.3.1 has it)."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}".encode()
    secrets = {"authorization": f"Basic {b64encode(pair).decode()}", "accept": "application/json", **_called(client)}
    asked = time.monotonic()
    try:
        body = await fetcher.post(client.token_url, {"grant_type": "client_credentials"}, secrets)
        granted = msgspec.json.decode(body, type=_Granted)
    except (Discarded, msgspec.DecodeError) as verdict:
        reason = verdict.reason if isinstance(verdict, Discarded) else "no token in its answer"
        raise Discarded("credentials_refused", f"{host_of(client.token_url)} gives no token: {reason}") from None
    if granted.token_type.lower() != "bearer" or not _VALUE.fullmatch(granted.access_token):
        raise Discarded("credentials_refused", f"{host_of(client.token_url)} gives a token that we cannot use")
    return _Token(granted.access_token, asked + max(granted.expires_in - _MARGIN, 0.0))


def _called(client: OAuth2) -> dict[str, str]:
    return {"user-agent": client.user_agent} if client.user_agent else {}


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _decoded(text: str) -> dict[str, Credential]:
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text, type=dict[str, Credential])
        return {_host(host): credential for host, credential in found.items()}
    except (msgspec.DecodeError, UnicodeError, InvalidInput, Refused) as error:
        # The decoder names the place, not what stands there.
        raise InvalidSettings(
            f"the document of {SETTING}: {error}",
            field=SETTING,
            remedy='use {"host": {"kind": "header" | "bearer" | "oauth2", ...}}, see docs/credentials.md',
        ) from None


def _host(host: str) -> str:
    """A host as requests have it."""
    if host_of(f"https://{host}") != host:
        raise InvalidInput(f"{host[:100]!r} is no host", remedy="write it without a scheme, such as api.example.com")
    return host
