"""Mail on this machine: nothing leaves it. What is handed to the stand-in for SES is written into a folder.

    with mailbox(Path(".local/mail"), cloud, "alerts@socialindex.example"):
        ...  # .local/mail/20261128-090000-0001.eml, which any mail program opens

The stand-in takes what SES takes and proves nothing about SES's own quotas, bounces or reputation.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.local.cloud import Cloud

_PAUSE: Final = 0.5
"""Seconds between two looks."""


@contextmanager
def mailbox(folder: Path, cloud: Cloud, sender: str) -> Iterator[None]:
    """Let a sender send at the stand-in, which runs in this process, and keep what it sends in the folder."""
    cloud.sesv2_client().create_email_identity(EmailIdentity=sender)
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(folder, cloud, over), name="mailbox", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def sent(cloud: Cloud) -> list[str]:
    """All messages that were sent at the stand-in of this process, as they were."""
    from moto.ses.models import ses_backends  # noqa: PLC0415 - see standin: not before its account is set

    messages = list(ses_backends[cloud.account][cloud.region].sent_messages)
    return [str(message.raw_data) for message in messages]  # the deliver stage sends raw messages only


def _keep(folder: Path, cloud: Cloud, over: threading.Event) -> None:
    known = len(sent(cloud))
    while True:
        last = over.wait(_PAUSE)
        for number, text in enumerate(sent(cloud)[known:], start=known + 1):
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{datetime.now(tz=UTC):%Y%m%d-%H%M%S}-{number:04d}.eml"
            (folder / name).write_text(text, "utf-8", newline="")
            known = number
        if last:
            return
