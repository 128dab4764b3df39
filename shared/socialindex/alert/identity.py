"""Names of alerts: the same incident has the same name, however often it is noticed."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialindex.alert.model import Incident


def incident_alert(topic: str, incident: Incident) -> str:
    """The id of an incident's alert. A topic is mentioned for the first time once."""
    return alert_id(topic, "first" if incident.kind == "first" else str(incident.opened_at))


def alert_id(topic: str, what: str) -> str:
    """The id of the alert of what happened to a topic: ``al_`` and letters."""
    digest = hashlib.sha256(f"{topic} {what}".encode()).digest()[:15]
    return f"al_{base64.b32encode(digest).decode().lower()}"
