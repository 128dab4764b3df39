"""Answers to CloudFormation: a PUT to the presigned address that came with the request."""

from __future__ import annotations

import urllib3

from socialindex.errors import Unavailable

_RETRIES = urllib3.Retry(total=4, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504), allowed_methods=["PUT"])
_OK = 200


def send(url: str, body: bytes) -> None:
    """Send an answer. The address is signed for an empty content type.

    Raises:
        Unavailable: nobody took it, after bounded retries.
    """
    try:
        with urllib3.PoolManager(retries=_RETRIES, timeout=10.0) as pool:
            status = pool.request("PUT", url, body=body, headers={"Content-Type": ""}).status
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(f"CloudFormation: {type(error).__name__}") from error  # the address is a secret
    if status != _OK:
        raise Unavailable(f"CloudFormation refused the answer: {status}")
