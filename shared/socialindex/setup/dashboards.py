"""Bringing saved objects to OpenSearch Dashboards, through its saved objects API.

An import takes the place of the one before, and leaves alone what people made beside it: the ids are ours. The files
are written by ``python -m infra.dashboards``.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError
from urllib3.filepost import encode_multipart_formdata

from socialindex.errors import Forbidden, InvalidInput, Unauthorized, Unavailable
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    Signer = Callable[[str, str, Mapping[str, str], bytes], Mapping[str, str]]
    """Makes of a method, URL, headers and body the headers that say who asks (AWS SigV4)."""

EVERYBODY: Final = "global"
"""The tenant that all people of an OpenSearch Dashboards see."""
_PATH: Final = "/api/saved_objects/_import?overwrite=true"
_NAME: Final = "socialindex.ndjson"
"""Only a file that is called so is taken (``routes/import.ts``)."""
_TIMEOUT: Final = 60.0
_SHOWN: Final = 5
_LOOKUPS: Final = {
    "topics": ("mention.topic", "topic"),
    "workspaces": ("mention.workspace", "workspace"),
}
"""Fields that have ids, by whose."""
_NAMES: Final = "names"
"""The parameter of Vega specifications that has the names of topics."""
_STATUS: Final = {401: Unauthorized, 403: Forbidden}
_ADDRESS: Final = re.compile(r"https?://[^/@?#]+(/[^@?#]*)?")


class Failure(Struct, frozen=True, kw_only=True):
    """What was not taken."""

    id: str
    type: str
    reason: str


class _Error(msgspec.Struct):
    """As ``import/types.ts`` has it; there is more in it."""

    id: str
    type: str
    error: dict[str, Any]


class _Told(msgspec.Struct, rename="camel"):
    success: bool
    success_count: int = 0
    errors: list[_Error] = []


class Names(Struct, frozen=True, kw_only=True):
    """How topics and workspaces are called, by their ids: documents have ids only, since names change."""

    topics: dict[str, str] = {}
    workspaces: dict[str, str] = {}


class Dashboards:
    """An OpenSearch Dashboards.

    Args:
        url: its address, with its base path: ``https://search.example/_dashboards``.
        user: name and password, where it asks for these.
        sign: says who asks, where requests are signed.
        timeout: seconds that an import may take.

    Raises:
        InvalidInput: the address can be none.
    """

    def __init__(
        self, url: str, *, user: tuple[str, str] | None = None, sign: Signer | None = None, timeout: float = _TIMEOUT
    ) -> None:
        if not _ADDRESS.fullmatch(url):
            remedy = "use http(s)://host:port, and the base path behind it: https://search.example/_dashboards"
            raise InvalidInput("this is no address of OpenSearch Dashboards", field="url", remedy=remedy)
        self.url = url.rstrip("/")
        self._basic = {"Authorization": f"Basic {base64.b64encode(':'.join(user).encode()).decode()}"} if user else {}
        self._sign = sign
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout)

    def bring(self, objects: str, *, tenant: str | None = None) -> int:
        """Import saved objects; how many. Brought again, they are there once.

        Args:
            objects: NDJSON.
            tenant: the tenant of the security plugin, such as ``global`` or a workspace's; ``None``: the user's own.

        Raises:
            Unauthorized, Forbidden: who asks is not known, or may not write there.
            InvalidInput: some objects were not taken; says which and why.
            Unavailable: nothing answers there, or something else.
        """
        body, kind = encode_multipart_formdata({"file": (_NAME, objects.encode(), "application/x-ndjson")})
        told = self._send(body, {"Content-Type": kind, **({"securitytenant": tenant} if tenant else {})})
        if failures := list(_failures(told)):
            said = "; ".join(f"{each.type} {each.id}: {each.reason}" for each in failures[:_SHOWN])
            raise InvalidInput(f"{len(failures)} saved objects were not taken: {said}", field="objects")
        if not told.success:
            raise Unavailable(f"{self.url} did not import, and did not say why")
        return told.success_count

    def _send(self, body: bytes, headers: dict[str, str]) -> _Told:
        url = self.url + _PATH
        # Any value of osd-xsrf will do: a page of another site cannot set it.
        headers = {"osd-xsrf": "socialindex", **self._basic, **headers}
        if self._sign:
            headers |= self._sign("POST", url, headers, body)
        try:
            answer = self._pool.request("POST", url, body=body, headers=headers, redirect=False)
        except HTTPError as error:
            raise Unavailable(f"nothing answers at {urlsplit(url).netloc}: {type(error).__name__}") from error
        if refusal := _STATUS.get(answer.status):
            raise refusal(f"OpenSearch Dashboards answered {answer.status}: see user, password and tenant")
        try:
            return msgspec.json.decode(answer.data, type=_Told)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise Unavailable(f"what answers at {self.url} is no OpenSearch Dashboards ({answer.status})") from error


def bring_shipped(there: Dashboards, folder: Path) -> int:
    """Import what is shipped to where all see it; how many objects. Errors as of ``Dashboards.bring``.

    Args:
        there: whose user may write there.
        folder: ``infra/dashboards/objects/``.
    """
    return sum(there.bring(path.read_text("utf-8"), tenant=EVERYBODY) for path in sorted(folder.glob("*.ndjson")))


def named(objects: str, names: Names) -> str:
    """Saved objects with the names of topics and workspaces filled in, so that nobody has to know ids."""
    return "".join(f"{_line(msgspec.json.decode(line), names)}\n" for line in objects.splitlines())


def _line(shown: dict[str, Any], names: Names) -> str:
    attributes = shown["attributes"]
    if shown["type"] == "index-pattern":
        attributes["fieldFormatMap"] = _within(attributes["fieldFormatMap"], lambda formats: _look_up(formats, names))
    elif "visState" in attributes:
        attributes["visState"] = _within(attributes["visState"], lambda state: _draw(state, names))
    return msgspec.json.encode(shown).decode()


def _within(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    """JSON in JSON, changed."""
    inside = msgspec.json.decode(text)
    change(inside)
    return msgspec.json.encode(inside).decode()


def _look_up(formats: dict[str, Any], names: Names) -> None:
    for whose, fields in _LOOKUPS.items():
        entries = [{"key": name, "value": word} for name, word in sorted(getattr(names, whose).items())]
        for field in fields:
            if field in formats:
                formats[field]["params"]["lookupEntries"] = entries


def _draw(state: dict[str, Any], names: Names) -> None:
    if state["type"] == "vega":
        state["params"]["spec"] = _within(state["params"]["spec"], lambda spec: _name(spec.get("params", []), names))


def _name(params: Iterable[dict[str, Any]], names: Names) -> None:
    for param in params:
        if param["name"] == _NAMES:
            param["value"] = names.topics


def _failures(told: _Told) -> Iterator[Failure]:
    for each in told.errors:
        reason = each.error.get("message") or each.error.get("type", "unknown")
        yield Failure(id=each.id, type=each.type, reason=str(reason)[:200])
