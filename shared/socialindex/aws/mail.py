"""Mail through Amazon SES (API version 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws.clients import sesv2
from socialindex.errors import Refused, Unavailable

if TYPE_CHECKING:
    from email.message import EmailMessage

_OURS: Final = frozenset(
    {
        "AccessDeniedException",
        "AccountSuspendedException",
        "LimitExceededException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "SendingPausedException",
        "TooManyRequestsException",
        "ThrottlingException",
    }
)
"""What is wrong with our side of SES, and may pass (Amazon SES API v2 reference, SendEmail and common errors)."""
_UNVERIFIED: Final = "address is not verified"
"""What MessageRejected says where the fault is ours, too: the sender is not verified in this region, or the account is
in SES's sandbox, as every new one is, and may mail nobody else (Amazon SES developer guide, email sending errors)."""


class Mail:
    """SES."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; ``From`` and ``To`` say from whom to whom.

        Raises:
            Refused: SES does not take this message, today or tomorrow.
            Unavailable: SES does not answer, or takes none now.
        """
        raw = message.as_bytes()
        try:
            sesv2().send_email(
                FromEmailAddress=str(message["From"]),
                Destination={"ToAddresses": [str(message["To"])]},
                Content={"Raw": {"Data": raw}},
            )
        except ClientError as error:
            raise _meant(error) from error
        except BotoCoreError as error:
            raise Unavailable(f"mail: {type(error).__name__}") from error


def _meant(error: ClientError) -> Refused | Unavailable:
    told = error.response["Error"]
    code = told["Code"]
    if code == "MessageRejected" and _UNVERIFIED in told.get("Message", "").lower():  # what else it says are addresses
        return Unavailable(f"mail: {code}, an address is not verified in Amazon SES")
    is_theirs = error.response["ResponseMetadata"]["HTTPStatusCode"] < 500 and code not in _OURS  # noqa: PLR2004 - RFC 9110, section 15
    return Refused("mail_rejected", code) if is_theirs else Unavailable(f"mail: {code}")
