"""Acts by a mail's links: a page with a button, and what the button does. They need no key: the link is the permission.

Looking at the page does nothing, however often and by whomever: programs open every link of a mail.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.deliver.acts import digest_of
from socialindex.deliver.letters import words_of
from socialindex.errors import Conflict, NotFound, SocialIndexError
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.aws.acts import ActsTable
    from socialindex.aws.destinations import DestinationsTable
    from socialindex.deliver.acts import Permit
    from socialindex.deliver.destination import Destination, Language
    from socialindex.deliver.words import ActPage
    from socialindex.search.http import HttpRequest

logger = Logger(child=True)

_ONE: Final = "/v1/acts/{token}"
_HTML: Final = "text/html; charset=utf-8"
_TAG: Final = "Acts"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_STYLE: Final = (
    "body{font:18px/1.6 sans-serif;max-width:32em;margin:4em auto;padding:0 1em}"
    "button{font:inherit;padding:.6em 1.4em;border:0;border-radius:4px;background:#1a4fba;color:#fff}"
)


class Deeds(Protocol):
    """What can be done with alerts: ``alert.deeds.Deeds``."""

    def acknowledge(self, alert_id: str, by: str, at: datetime) -> object:
        """Note that somebody has seen an alert; raises ``NotFound`` and ``Conflict``."""

    def assign(self, alert_id: str, to: str | None) -> object:
        """Note whose business an alert is; raises ``NotFound`` and ``Conflict``."""


class Consents(Protocol):
    """Whom nobody asks for their consent: ``aws.consents.ConsentsTable``."""

    def stop(self, workspace: str, address: str, now: datetime) -> None:
        """Note that a reader wants no more mail of a workspace."""


class ActsPart:
    """The routes of mails' links."""

    def __init__(self, acts: ActsTable, destinations: DestinationsTable, consents: Consents, alerts: Deeds) -> None:
        self._acts = acts
        self._destinations = destinations
        self._consents = consents
        self._alerts = alerts

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        look = Doc(
            "Show what a mail's link would do",
            _TAG,
            answer=str,
            content_type=_HTML,
            description="Does nothing but show a page with a button.",
            further=(404, 410),
        )
        do = Doc(
            "Do what a mail's link is for, once",
            _TAG,
            answer=str,
            content_type=_HTML,
            further=(404, 409, 410),
        )
        return {f"GET {_ONE}": Route(None, self._look, look), f"POST {_ONE}": Route(None, self._do, do)}

    def _look(self, request: HttpRequest, _caller: Caller) -> Answer:
        known = self._acts.find(digest_of(request.path["token"]), datetime.now(tz=UTC))
        if known is None:
            return _void()
        if known.used_at is not None:
            return _used(known.permit)
        return _asking(known.permit)

    def _do(self, request: HttpRequest, _caller: Caller) -> Answer:
        digest, now = digest_of(request.path["token"]), datetime.now(tz=UTC)
        known = self._acts.find(digest, now)
        if known is None:
            return _void()
        if not self._acts.claim(digest, now):
            return _used(known.permit)
        try:
            self._done(known.permit, now)
        except NotFound:
            return _void(known.permit)
        except SocialIndexError as error:
            logger.warning("an act did not work", extra={"act": known.permit.act, "reason": type(error).__name__})
            self._acts.release(digest)
            if isinstance(error, Conflict):
                return _page(known.permit, 409, words_of(known.permit.language).later())
            raise
        self._acts.done(digest, now)
        return _page(known.permit, 200, _words(known.permit).done)

    def _done(self, permit: Permit, now: datetime) -> None:
        """Do it; done twice it is as if it was done once.

        Raises:
            NotFound: what it is about is gone.
            Conflict, Unavailable: not now.
        """
        if permit.act == "stop":
            self._consents.stop(permit.workspace, permit.address, now)
        if permit.act in {"confirm", "stop"}:
            to = _confirmed if permit.act == "confirm" else _stopped
            self._destinations.change(permit.workspace, permit.destination, lambda one: to(one, permit, now))
            return
        _check_address(self._destinations.get(permit.workspace, permit.destination).destination, permit)
        self._alerts.acknowledge(permit.alert or "", permit.who, now)
        if permit.act == "assign":
            self._alerts.assign(permit.alert or "", permit.who)


def _check_address(destination: Destination, permit: Permit) -> None:
    """Pass a permit that was sent to the destination's present address.

    Raises:
        NotFound: it was sent to one that it had before.
    """
    if permit.address != destination.address:
        raise NotFound("this was sent to another address")


def _confirmed(destination: Destination, permit: Permit, now: datetime) -> Destination:
    """The destination with its address confirmed.

    Raises:
        NotFound: the permit was sent to another address, which it had before.
    """
    _check_address(destination, permit)
    if destination.state != "unconfirmed":
        return destination
    active = msgspec.structs.replace(destination, state="active", changed_at=now)
    return msgspec.structs.replace(active, digest_at=active.next_digest(now))


def _stopped(destination: Destination, permit: Permit, now: datetime) -> Destination:
    """The destination without the consent that it had."""
    if destination.state == "unconfirmed" or permit.address != destination.address:
        return destination
    why = "the reader of this mail address wants no more mail, and can be asked again after thirty days: remove it"
    return msgspec.structs.replace(destination, state="unconfirmed", trouble=why, digest_at=None, changed_at=now)


# --- pages -----------------------------------------------------------------------------------------------------------


def _words(permit: Permit) -> ActPage:
    return words_of(permit.language).act_page(permit.act, permit.about, permit.who)


def _asking(permit: Permit) -> Answer:
    words = _words(permit)
    form = f'<form method="post"><button type="submit">{escape(words.button)}</button></form>'
    return _html(200, permit.language, words.title, f"<p>{escape(words.question)}</p>{form}")


def _page(permit: Permit, status: int, said: str) -> Answer:
    return _html(status, permit.language, _words(permit).title, f"<p>{escape(said)}</p>")


def _used(permit: Permit) -> Answer:
    return _page(permit, 410, words_of(permit.language).used())


def _void(permit: Permit | None = None) -> Answer:
    """That a link is none; in both languages where nobody knows whose it was."""
    if permit is not None:
        return _page(permit, 404, words_of(permit.language).void())
    said = "".join(f"<p>{escape(words.void())}</p>" for words in (words_of("ko"), words_of("en")))
    return _html(404, "ko", "404", said)


def _html(status: int, language: Language, title: str, body: str) -> Answer:
    page = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )
    return Answer(status, page, _HEADERS, _HTML)
