"""Monthly reports of topics, and what stands on them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Final

from socialindex.client.asking import in_url, several
from socialindex.client.core import Json, path
from socialindex.client.files import OfWorkspaces
from socialindex.client.models import Branding
from socialindex.client.transport import Request

if TYPE_CHECKING:
    from typing import Unpack

    from socialindex.client.asking import ReportFields

_PNG: Final = "data:image/png;base64,"


class Reports(OfWorkspaces):
    """The routes of reports. ``workspace`` need not be named where the key has only one."""

    def report(self, topic: str, month: str | None = None, **fields: Unpack[ReportFields]) -> str:
        """A topic's month as a page that needs nothing else: write it into a file, and open it with a browser.

        Args:
            topic: its id.
            month: such as ``2026-11``; without it the last one that is over.
            fields: the language, the time zone, and topics to compare with.
        """
        return self._transport.read(_asked(topic, month, "html", fields)).decode()

    def report_figures(self, topic: str, month: str | None = None, **fields: Unpack[ReportFields]) -> Json:
        """The figures of a report, as they come: see ``MonthReport`` in the API's document."""
        return self._transport.ask(_asked(topic, month, "json", fields), Json)

    def branding(self, *, workspace: str | None = None) -> Branding:
        """What stands on the reports of a workspace."""
        return self._get(path("workspaces", self._workspace(workspace), "branding"), Branding)

    def set_branding(
        self,
        *,
        workspace: str | None = None,
        name: str | None = None,
        logo: str | Path | None = None,
        color: str | None = None,
    ) -> Branding:
        """Say what stands on the reports of a workspace, instead of what stood there.

        Args:
            workspace: whose.
            name: an agency's name.
            logo: a PNG file, some 75 KB at most; or the address that ``branding`` gave.
            color: such as ``#0B3D66``.
        """
        where = path("workspaces", self._workspace(workspace), "branding")
        body = {"name": name, "logo": _address(logo), "color": color}
        return self._transport.ask(Request("PUT", where, body), Branding)


def _asked(topic: str, month: str | None, form: str, fields: ReportFields) -> Request:
    beside = ",".join(several(fields.get("beside") or ())) or None
    query = in_url({**fields, "month": month, "format": form, "beside": beside})
    return Request("GET", path("topics", topic, "report"), query=query)


def _address(logo: str | Path | None) -> str | None:
    if logo is None or (isinstance(logo, str) and logo.startswith(_PNG)):
        return logo if isinstance(logo, str) else None
    return _PNG + base64.b64encode(Path(logo).read_bytes()).decode()
