"""Requests that carry the function's own AWS identity (SigV4), for what no client of AWS calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.setup.dashboards import Signer

_SERVICE: Final = "es"
"""OpenSearch Service, as signatures name it."""


def signer(region: str) -> Signer:
    """What signs requests to OpenSearch Service in a region, its Dashboards too.

    Raises (when it signs):
        Unavailable: there are no credentials.
    """
    session = Session()

    def sign(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        credentials = session.get_credentials()
        if credentials is None:
            raise Unavailable("there are no AWS credentials to sign with")
        request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
        SigV4Auth(credentials.get_frozen_credentials(), _SERVICE, region).add_auth(request)
        return {**headers, **dict(request.headers.items())}

    return sign
