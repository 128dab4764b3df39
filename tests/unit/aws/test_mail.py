"""A mail that SES does not take: whose fault that is, and what a function's policy must allow for one that it takes."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from infra.local.guard.calls import needed
from infra.local.guard.policy import allowed
from infra.local.guard.record import template
from socialindex.aws import clients
from socialindex.aws.mail import Mail
from socialindex.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

UNVERIFIED = (
    "Email address is not verified. The following identities failed the check in region AP-NORTHEAST-2: min@example.com"
)
"""https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html."""


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    clients.sesv2.cache_clear()
    with Stubber(clients.sesv2()) as stubber:
        yield stubber
    clients.sesv2.cache_clear()


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "alerts@example.com", "min@example.com", "An alert"
    message.set_content("Something happened.")
    return message


@pytest.mark.parametrize(
    ("code", "said", "status", "error"),
    [
        ("MessageRejected", "Email contains a virus.", 400, Refused),
        ("MessageRejected", UNVERIFIED, 400, Unavailable),
        ("BadRequestException", "", 400, Refused),
        ("TooManyRequestsException", "", 429, Unavailable),
        ("AccessDeniedException", "", 403, Unavailable),
        ("InternalFailure", "", 500, Unavailable),
    ],
)
def test_what_is_wrong_on_our_side_is_not_held_against_the_receiver(
    ses: Stubber, code: str, said: str, status: int, error: type[Exception]
) -> None:
    ses.add_client_error("send_email", code, said, http_status_code=status)
    with pytest.raises(error, match=code) as caught:
        Mail().send(a_mail())
    assert "min@example.com" not in str(caught.value)


def test_deliver_may_send_what_it_sends(ses: Stubber) -> None:
    asked: list[tuple[str, dict[str, object]]] = []

    def seen(params: dict[str, object], model: object, **_: object) -> None:
        asked.append((str(getattr(model, "name", "")), params))

    clients.sesv2().meta.events.register("provide-client-params.sesv2.SendEmail", seen)
    ses.add_response("send_email", {"MessageId": "1"})
    Mail().send(a_mail())
    ((operation, params),) = asked
    statements = template().functions["DeliverFunction"].statements
    needs = list(needed("sesv2", operation, params))
    assert needs
    assert [call for call in needs if not allowed(list(statements), call)] == []
