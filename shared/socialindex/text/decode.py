"""The right text from bytes whose charset is missing or a lie.

What convinces, in this order: a byte order mark; bytes that are valid UTF-8 (text in another charset almost never is);
the declared charsets, where the bytes agree with them; the script that the bytes spell in Korean and Japanese
charsets; charset-normalizer's guess; windows-1252, which is what the web falls back to.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

import charset_normalizer

from socialindex.text._labels import CODECS
from socialindex.text.plain import CONTROLS

if TYPE_CHECKING:
    from collections.abc import Iterator

PRESCAN_BYTES: Final = 4_096
"""Where an XML declaration or a ``<meta>`` is looked for; browsers stop at 1,024, pages do not."""
SAMPLE_BYTES: Final = 65_536
"""How much of the body a guess is made on."""

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_IN_BODY = (
    re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE),
    re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE),
)

_C0: Final = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
"""Control characters as bytes of UTF-8; without the carriage return, which becomes a line break."""
_PAIRED = re.compile(rb"[\x80-\xff]{2}")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_BROKEN = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
_THREE_BYTES_OR_MORE = re.compile("[\u0800-\U0010ffff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_RARE_JAMO = re.compile("[\u3131-\u318e]")
_CHATTED_JAMO = re.compile("[ㅋㅎㅠㅜ]")
_KANA = re.compile("[\u3041-\u30ff]")

_WRITTEN_OUT = "\ufffd".encode()
"""U+FFFD that a text has on its own: somebody else met broken bytes before."""
_GUESS_AT_LEAST = 0.3
"""Share of kana or Hangul among the non-ASCII characters that makes a guess: kana are half of Japanese, at least."""


def decode(body: bytes, content_type: str = "") -> str:
    r"""Decode a body, whatever its ``Content-Type`` and its own declarations claim. Never raises.

    A few broken bytes become U+FFFD and do not change the charset. Line ends become ``\n``; NUL and the other control
    characters (C0, DEL, C1) except tab and newline are dropped.
    """
    plain = _plain_utf8(body)
    text = _decode(body, content_type).removeprefix("\ufeff") if plain is None else plain
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", text) if plain is None else text


def _plain_utf8(body: bytes) -> str | None:
    """The quick way for what can be nothing but UTF-8 and has nothing to drop: nearly every page; else ``None``.

    To look at bytes takes a fifth of the time that it takes to look for control characters in their text.
    """
    if len(body.translate(None, _C0)) < len(body) or _C1.search(body):
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    is_certain = body.isascii() or (bool(_THREE_BYTES_OR_MORE.search(text)) and "\ufffd" not in text)
    return text if is_certain and not text.startswith("\ufeff") else None


def _decode(body: bytes, content_type: str) -> str:
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = list(_declared(body, content_type))
    if stateful := _seven_bit(body, declared):
        return body.decode(stateful, "replace")
    text = body.decode("utf-8", "replace")
    if _is_utf8(text, body, declared):
        return text
    return body.decode(_legacy(body, declared), "replace")


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """Codecs of the declared charsets: the header's, the XML declaration's, the ``<meta>``'s."""
    labels = [match[1] for match in _IN_HEADER.finditer(content_type)]
    labels += [match[1].decode("ascii", "replace") for part in _IN_BODY if (match := part.search(body[:PRESCAN_BYTES]))]
    return (CODECS[label.lower()] for label in labels if label.lower() in CODECS)


def _seven_bit(body: bytes, declared: list[str]) -> str | None:
    """The codec of bytes that would pass for ASCII: UTF-16 has NULs in it, ISO-2022-JP escapes."""
    if b"\x00" in body:
        wide = next((codec for codec in declared if codec.startswith("utf-16")), None)
        return wide or {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(body[:2])
    return "iso2022_jp" if "iso2022_jp" in declared and b"\x1b" in body else None


def _is_utf8(text: str, body: bytes, declared: list[str]) -> bool:
    """Whether UTF-8 is the truth: valid, or with so few broken bytes that no other charset explains the rest.

    In Korean and Japanese charsets, for each sequence that is valid UTF-8 by chance at least one more is broken.
    """
    if body.isascii():
        return True
    whole = text.replace("\ufffd", "")
    if not _THREE_BYTES_OR_MORE.search(whole) and _two_byte_rival(body, declared):
        return False
    tolerance = 1 if "utf-8" in declared else 4
    broken = text.count("\ufffd") - body.count(_WRITTEN_OUT)
    # To count what is whole takes half as long as to parse a page: nearly always nothing is broken.
    return broken <= 0 or broken * tolerance <= len(_NON_ASCII.findall(whole))


def _two_byte_rival(body: bytes, declared: list[str]) -> bool:
    """Whether a declared East Asian charset reads bytes that are valid UTF-8 too.

    Only short texts can be both, and only as two-byte sequences, which in UTF-8 are hardly found in East Asian text.
    """
    return any(_share(_BROKEN, body.decode(codec, "replace")) == 0 for codec in declared if codec in _EAST_ASIAN)


_COMMON_PART = {"cp949": "euc_kr"}
"""The part of a charset that texts are written in: CP949's other 8,822 syllables are rare, and read anything."""
_EAST_ASIAN = frozenset({"cp949", "cp932", "euc_jp", "gb18030", "big5hkscs"})


def _legacy(body: bytes, declared: list[str]) -> str:
    """The codec of bytes that are not UTF-8.

    A declared windows-1252 counts last: it is what servers say by default, and no bytes contradict it.
    """
    sample = body[:SAMPLE_BYTES]
    explicit = [codec for codec in declared if codec not in {"utf-8", "cp1252"}]
    for codec in explicit:
        if _agrees(sample, codec):
            return codec
    if guess := _korean_or_japanese(sample):
        return guess
    if "cp1252" in declared:
        return "cp1252"
    return explicit[0] if explicit else _normalizer_guess(sample)


def _agrees(sample: bytes, codec: str) -> bool:
    """Whether a sample reads well: few broken characters, and not the half-width kana that CP949 gives as CP932."""
    text = sample.decode(_COMMON_PART.get(codec, codec), "replace")
    return _share(_BROKEN, text) <= 0.1 and _share(_HALF_WIDTH_KANA, text) <= 0.5  # noqa: PLR2004 - explained above


def _korean_or_japanese(sample: bytes) -> str | None:
    """The charset in which a sample spells Hangul or kana, if there is one."""
    korean = sample.decode(_COMMON_PART["cp949"], "replace")
    jamo = _share(_RARE_JAMO, korean) - _share(_CHATTED_JAMO, korean)  # what EUC-JP's kana become in CP949
    scores = {"cp949": _share(_HANGUL, korean) - jamo - _share(_BROKEN, korean)}
    for codec in ("cp932", "euc_jp"):
        text = sample.decode(codec, "replace")
        scores[codec] = _share(_KANA, text) - _share(_HALF_WIDTH_KANA, text) - _share(_BROKEN, text)
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= _GUESS_AT_LEAST else None


def _normalizer_guess(sample: bytes) -> str:
    if not _PAIRED.search(sample):
        return "cp1252"  # lone accented letters, which charset-normalizer takes for Chinese in short texts
    best = charset_normalizer.from_bytes(sample, cp_exclusion=["utf_7", "utf_16", "utf_32"]).best()
    return best.encoding if best else "cp1252"


def _share(kind: re.Pattern[str], text: str) -> float:
    """Share of one kind among the characters beyond ASCII; 0 where there are none."""
    return len(kind.findall(text)) / max(1, len(_NON_ASCII.findall(text)))
