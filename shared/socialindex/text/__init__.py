"""Text as it should be: right characters from any bytes, plain text from HTML, one spelling for each address."""

from __future__ import annotations

from socialindex.text.decode import decode
from socialindex.text.html import Html, html_to_text
from socialindex.text.plain import plain_text
from socialindex.text.urls import canonical_url

__all__ = ["Html", "canonical_url", "decode", "html_to_text", "plain_text"]
