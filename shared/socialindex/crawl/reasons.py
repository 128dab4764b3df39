"""Words for what becomes of a request, for those who only count it: without the HTTP client that ``faults`` needs."""

from __future__ import annotations

from typing import Final

QUOTA: Final = "quota"
"""Reason of an adapter's verdict that means that its platform's quota is used up."""
THROTTLED: Final = "throttled"
"""Reason of a failure, and of an adapter's verdict, that means that its host wants to be asked less often."""
PAUSED: Final = "paused"
"""An operator has paused the request's channel."""
OURS: Final = frozenset({"robots_unknown", "paced", "budget", QUOTA, PAUSED})
"""Reasons for which we make a request wait ourselves: it has not failed, and its host has done nothing wrong."""
