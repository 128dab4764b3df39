"""Bringing saved objects to OpenSearch Dashboards, through its saved objects API.

An import takes the place of the one before, and leaves alone what people made beside it: the ids are ours. The files
are written by ``python -m infra.dashboards``.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar
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

    from urllib3 import BaseHTTPResponse

    Signer = Callable[[str, str, Mapping[str, str], bytes], Mapping[str, str]]
    """Makes of a method, URL, headers and body the headers that say who asks (AWS SigV4)."""

T = TypeVar("T")

EVERYBODY: Final = "global"
"""The tenant that all people of an OpenSearch Dashboards see."""
_PATH: Final = "/api/saved_objects/_import?overwrite=true"
_NAMED: Final = "/api/saved_objects/index-pattern/socialindex-mentions"
"""Of ours, the object that has the names of all topics and workspaces."""
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
_NOT_FOUND: Final = 404
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


class _Entry(msgspec.Struct):
    key: str = ""
    value: str = ""


class _Params(msgspec.Struct, rename="camel"):
    lookup_entries: list[_Entry] = []


class _Format(msgspec.Struct):
    params: _Params = msgspec.field(default_factory=_Params)


class _Attributes(msgspec.Struct, rename="camel"):
    field_format_map: str = "{}"


class _Pattern(msgspec.Struct):
    """An index pattern, of which the formats of fields are JSON in JSON."""

    attributes: _Attributes


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
            tenant: the tenant of the security plugin, such as ``global``, or ``private``, the user's own. It takes
                ``global`` for ``None``, and for one that it does not know (``tenant_resolver.ts``).

        Raises:
            Unauthorized, Forbidden: who asks is not known, or may not write there.
            InvalidInput: some objects were not taken; says which and why.
            Unavailable: nothing answers there, or something else.
        """
        body, kind = encode_multipart_formdata({"file": (_NAME, objects.encode(), "application/x-ndjson")})
        told = self._read(self._ask("POST", _PATH, tenant, {"Content-Type": kind}, body), _Told)
        if failures := list(_failures(told)):
            said = "; ".join(f"{each.type} {each.id}: {each.reason}" for each in failures[:_SHOWN])
            raise InvalidInput(f"{len(failures)} saved objects were not taken: {said}", field="objects")
        if not told.success:
            raise Unavailable(f"{self.url} did not import, and did not say why")
        return told.success_count

    def names(self, *, tenant: str | None = None) -> Names:
        """The names that an earlier import filled in there; none where there was none.

        Args:
            tenant: as of ``bring``.

        Raises:
            Unauthorized, Forbidden: who asks is not known, or may not look there.
            Unavailable: nothing answers there, or something else.
        """
        answer = self._ask("GET", _NAMED, tenant)
        if answer.status == _NOT_FOUND:
            return Names()
        text = self._read(answer, _Pattern).attributes.field_format_map
        try:
            formats = msgspec.json.decode(text, type=dict[str, _Format])
        except msgspec.DecodeError:  # somebody made something else of it
            return Names()
        found = {
            whose: {entry.key: entry.value for name in fields if name in formats for entry in _entries(formats[name])}
            for whose, fields in _LOOKUPS.items()
        }
        return Names(**found)

    def _ask(
        self, method: str, path: str, tenant: str | None, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> BaseHTTPResponse:
        url = self.url + path
        # Any value of osd-xsrf will do: a page of another site cannot set it.
        sent = {"osd-xsrf": "socialindex", **self._basic, **(headers or {})}
        sent |= {"securitytenant": tenant} if tenant else {}
        if self._sign:
            sent |= self._sign(method, url, sent, body)
        try:
            answer = self._pool.request(method, url, body=body or None, headers=sent, redirect=False)
        except HTTPError as error:
            raise Unavailable(f"nothing answers at {urlsplit(url).netloc}: {type(error).__name__}") from error
        if refusal := _STATUS.get(answer.status):
            raise refusal(f"OpenSearch Dashboards answered {answer.status}: see user, password and tenant")
        return answer

    def _read(self, answer: BaseHTTPResponse, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer.data, type=kind)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise Unavailable(f"what answers at {self.url} is no OpenSearch Dashboards ({answer.status})") from error


def _entries(format_: _Format) -> Iterator[_Entry]:
    return (entry for entry in format_.params.lookup_entries if entry.key and entry.value)


def bring_shipped(there: Dashboards, folder: Path) -> int:
    """Import what is shipped to where all see it, with the names that are there; how many objects.

    Errors as of ``Dashboards.bring``.

    Args:
        there: whose user may write there.
        folder: ``infra/dashboards/objects/``.
    """
    names = there.names(tenant=EVERYBODY)
    texts = (path.read_text("utf-8") for path in sorted(folder.glob("*.ndjson")))
    return sum(there.bring(text if names == Names() else named(text, names), tenant=EVERYBODY) for text in texts)


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
