"""What is signed says who asks, for which service, over which headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.aws.signing import signer

if TYPE_CHECKING:
    import pytest

URL = "https://search.example/_dashboards/api/saved_objects/_import?overwrite=true"
HEADERS = {"osd-xsrf": "socialindex", "Content-Type": "multipart/form-data; boundary=b"}


def test_a_request_is_signed_for_the_service_and_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    headers = signer("ap-northeast-2")("POST", URL, HEADERS, b"body")
    assert headers.items() >= HEADERS.items()
    assert headers["X-Amz-Security-Token"] == "token"
    authorization = headers["Authorization"]
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/ap-northeast-2/es/aws4_request" in authorization
    assert "osd-xsrf" in authorization, "a header that is signed cannot be taken away on the way"
    other = signer("ap-northeast-2")("POST", URL, HEADERS, b"another body")
    assert other["Authorization"] != authorization
