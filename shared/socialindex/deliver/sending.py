"""How each kind of destination is told: a signed call, a chat's message, a mail."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import msgspec

from socialindex.deliver.acts import VALID, Permit, digest_of, new_token
from socialindex.deliver.headers import POLICY
from socialindex.deliver.letter import as_blocks, as_html, as_text
from socialindex.deliver.letters import letter_of
from socialindex.deliver.outcome import TAKEN, Outcome
from socialindex.deliver.signing import signed
from socialindex.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from socialindex.deliver.acts import Act, Permits
    from socialindex.deliver.call import Hooks
    from socialindex.deliver.delivery import Delivery
    from socialindex.deliver.destination import Destination, Way
    from socialindex.deliver.event import Event, Kind
    from socialindex.deliver.letter import Letter

_ACTS: Final[dict[Kind, tuple[Act, ...]]] = {
    "alert.opened": ("acknowledge", "assign"),
    "alert.updated": ("acknowledge", "assign"),
    "destination.confirm": ("confirm",),
}
"""What a mail about an event has buttons for."""


class Sender(Protocol):
    """Tells one kind of destination."""

    async def send(self, delivery: Delivery, destination: Destination) -> Outcome:
        """Try once; raises nothing on purpose."""


class Mail(Protocol):
    """Takes mail: ``aws.mail.Mail``."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises ``Refused`` or ``Unavailable``."""


def content_of(event: Event) -> bytes:
    """What a webhook is sent: the same bytes at every attempt."""
    told: dict[str, Any] = {"type": event.kind, "timestamp": event.at, "id": event.id, "workspace": event.workspace}
    return msgspec.json.encode({**told, "topic": event.topic, "data": event.data})


class WebhookSender:
    """Signed calls, by Standard Webhooks."""

    def __init__(self, hooks: Hooks, clock: Callable[[], float] = time.time) -> None:
        self._hooks = hooks
        self._clock = clock

    async def send(self, delivery: Delivery, destination: Destination) -> Outcome:
        """Post the event."""
        if destination.secrets is None:
            return Outcome("never", reason="no_secret", detail="the webhook has no secret: rotate it")
        body, now = content_of(delivery.event), self._clock()
        secrets = destination.secrets.now(datetime.fromtimestamp(now, tz=UTC))
        return await self._hooks.call(destination.address, body, signed(delivery.id, int(now), body, secrets))


class SlackSender:
    """Messages to a chat's incoming webhook."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    async def send(self, delivery: Delivery, destination: Destination) -> Outcome:
        """Post the event as a letter in blocks."""
        letter = _letter(delivery.event, destination, {})
        if letter is None:
            return _UNREADABLE
        return await self._hooks.call(destination.address, msgspec.json.encode(as_blocks(letter)), {})


class MailSettings(NamedTuple):
    """How mail goes out."""

    sender: str
    """The address that it comes from; empty where no mail is sent."""
    links: str
    """The API's address, where links lead to."""


class MailSender:
    """Mails with links by which people act."""

    def __init__(self, mail: Mail, permits: Permits, settings: MailSettings) -> None:
        self._mail = mail
        self._permits = permits
        self._settings = settings

    async def send(self, delivery: Delivery, destination: Destination) -> Outcome:
        """Hand the event over as a mail."""
        return await asyncio.to_thread(self._send, delivery, destination)

    def _send(self, delivery: Delivery, destination: Destination) -> Outcome:
        if not self._settings.sender:
            return Outcome("never", reason="no_mail", detail="this service is not set up to send mail")
        try:
            links = self._links(delivery.event, destination)
            letter = _letter(delivery.event, destination, links)
            if letter is None:
                return _UNREADABLE
            self._mail.send(self._message(letter, delivery, destination, links.get("stop")))
        except Refused as refused:
            return Outcome("never", reason=refused.reason, detail=f"the mail service refuses it: {refused}")
        except Unavailable as error:
            return Outcome("again", reason="mail", detail=str(error))
        return TAKEN

    def _links(self, event: Event, destination: Destination) -> dict[Act, str]:
        """A link for each thing that can be done, with a permit of its own: a mail that is sent twice has others."""
        return {act: self._link(act, event, destination) for act in (*_ACTS.get(event.kind, ()), "stop")}

    def _link(self, act: Act, event: Event, destination: Destination) -> str:
        token = new_token()
        is_of_alert = act in {"acknowledge", "assign"}
        permit = Permit(
            act=act,
            workspace=destination.workspace,
            destination=destination.id,
            address=destination.address,
            alert=str(event.data.get("id", "")) if is_of_alert else None,
            about=str(event.data.get("topic_name", "")) if is_of_alert else destination.name,
            who=destination.who,
            language=destination.language,
            expires_at=datetime.now(tz=UTC) + VALID,
        )
        self._permits.add(digest_of(token), permit)
        return f"{self._settings.links.rstrip('/')}/v1/acts/{token}"

    def _message(self, letter: Letter, delivery: Delivery, destination: Destination, stop: str | None) -> EmailMessage:
        message = EmailMessage(policy=POLICY)
        message["From"] = Address(addr_spec=self._settings.sender)
        message["To"] = Address(addr_spec=destination.address)
        message["Subject"] = letter.subject
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: nobody's absence answers it
        message["X-Delivery-Id"] = delivery.id
        message["References"] = f"<{_thread(delivery)}@{self._settings.sender.rpartition('@')[2]}>"
        if stop:  # RFC 8058
            message["List-Unsubscribe"] = f"<{stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(as_text(letter), cte="base64")
        message.add_alternative(as_html(letter), subtype="html", cte="base64")
        return message


def senders(hooks: Hooks, mail: Mail, permits: Permits, settings: MailSettings) -> dict[Way, Sender]:
    """A sender for each kind of destination."""
    return {"webhook": WebhookSender(hooks), "slack": SlackSender(hooks), "email": MailSender(mail, permits, settings)}


_UNREADABLE: Final = Outcome("never", reason="unreadable", detail="the event's data is not what its kind has")


def _letter(event: Event, destination: Destination, links: Mapping[Act, str]) -> Letter | None:
    """The letter; None where the event's data is not what its kind has: no later try can write it."""
    try:
        return letter_of(event, destination, links)
    except msgspec.ValidationError:
        return None


def _thread(delivery: Delivery) -> str:
    """What a mailbox shows together: the mails about one alert."""
    return delivery.merit
