"""An agency's name, logo and color through the API: what stands on the reports of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.access import Scope
from socialindex.report.branding import Branding, checked
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.aws.branding import Brandings
    from socialindex.search.http import HttpRequest

_PATH: Final = "/v1/workspaces/{id}/branding"
_TAG: Final = "Reports"


class BrandingPart:
    """The routes of branding."""

    def __init__(self, brandings: Brandings) -> None:
        self._brandings = brandings

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        show = Doc("Show what stands on a workspace's reports", _TAG, answer=Branding, errors=(404,))
        put = Doc(
            "Say what stands on a workspace's reports",
            _TAG,
            body=Branding,
            answer=Branding,
            description="It takes the place of what was there. Words within the logo's file are taken out.",
            errors=(404,),
        )
        return {
            f"GET {_PATH}": Route(Scope.READ, self._show, show, weight=0),
            f"PUT {_PATH}": Route(Scope.WRITE, self._put, put, weight=0),
        }

    def _show(self, request: HttpRequest, caller: Caller) -> Answer:
        caller.owns(request.path["id"])
        return Answer(200, self._brandings.of(request.path["id"]))

    def _put(self, request: HttpRequest, caller: Caller) -> Answer:
        caller.owns(request.path["id"])
        branding = checked(fields.from_body(Branding, request.body()))
        self._brandings.put(request.path["id"], branding)
        return Answer(200, branding)
