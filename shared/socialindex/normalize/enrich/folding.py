"""A text as enrichment looks at it: its own words, in one case and one width."""

from __future__ import annotations

import re

from socialindex.marks import MARKS
from socialindex.widths import narrow

_NOT_ITS_OWN = re.compile(rf"https?://\S+|www\.\S+|(?<![\w.{MARKS}])@[\w.\-{MARKS}]+(?:@[\w.\-]+)?")
"""Addresses and mentions."""


def folded(text: str) -> str:
    """A text without addresses and mentions, case folded, full-width letters narrow, single quotes straight."""
    if "@" in text or "://" in text or "www." in text:
        text = _NOT_ITS_OWN.sub(" ", text)
    return narrow(text).casefold()
