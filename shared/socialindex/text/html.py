"""Plain text, links and images out of HTML, the way a browser shows it.

The parser streams into a target and builds no tree: nesting costs a counter, so that no depth of tags can exhaust the
stack, and a fragment takes a tenth of the time that a tree does. Line breaks follow ``innerText`` (HTML Standard,
"rendered text collection steps"), with runs of empty lines folded into one.
"""

from __future__ import annotations

import re
from threading import local
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import urljoin

from lxml import etree

from socialindex.text._simple import read_simple
from socialindex.text.plain import CONTROLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Skip = Callable[[str, Mapping[str, str]], bool]
    """Whether an element of a name, with its attributes, is to be left out, and all that is in it."""

MAX_CHARACTERS: Final = 1_000_000
"""Characters of HTML that are read; the rest is cut off."""
MAX_ADDRESSES: Final = 1_000
"""Links that are kept, and images."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _words(
    "script style template iframe noscript noembed noframes object embed svg math audio video canvas head title "
    "select textarea button rt rp"
)
"""What a reader does not see as text. ``rt`` is the reading aid over Japanese words, which would tear them apart."""
_PARAGRAPHS = frozenset({"p"})
_BLOCKS = _words(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option pre search section "
    "summary table tbody tfoot thead tr ul caption"
)
_CELLS = frozenset({"td", "th"})
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SPACES = re.compile("[ \t\n\f\u00a0]{2,}|[\t\n\f\u00a0]")  # all but the single space, which stays as it is
_EMOJI_CLASSES = frozenset({"emoji", "wp-smiley", "emojione"})
_WEB = ("http://", "https://")
_LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src")
_PLACEHOLDER = re.compile("blank|spacer|loading|placeholder|transparent|lazy|pixel|1x1|dummy", re.IGNORECASE)
"""What a file is called that is shown until a script fetches the picture itself."""


class Html(NamedTuple):
    """What HTML says: its text (empty where there is none), where it links to, and what it shows.

    Addresses are absolute, http or https, in the order of the page, each once.
    """

    text: str
    links: list[str]
    images: list[tuple[str, str | None]]
    """Address and alternative text."""


def html_to_text(html: str, *, base_url: str = "", skip: Skip | None = None) -> Html:
    """Read HTML, a fragment or a page. Takes any string, reads ``MAX_CHARACTERS`` of it and never raises.

    What a browser hides is dropped: scripts, templates, frames, ``hidden``, ``display:none``. The parts of a shortened
    Mastodon link that are marked ``invisible`` are dropped from the text, ``ellipsis`` parts get their "…", and the
    link stays whole. Images of emoji become their alternative text.

    Args:
        html: markup, or plain text with markup in it.
        base_url: what relative addresses are relative to; without it they are dropped.
        skip: is asked of each element that is not in a skipped one, in the order of the page, and must not raise.
    """
    markup = html[:MAX_CHARACTERS]
    if not markup.isprintable():
        markup = CONTROLS.sub("", markup)
    if skip is None and (simple := read_simple(markup)):
        text, hrefs = simple
        return Html(text, _kept_links(hrefs, base_url) if hrefs else [], [])
    return _read(markup, base_url, skip)


def _read(markup: str, base_url: str, skip: Skip | None) -> Html:
    if "<" not in markup and "&" not in markup:
        return Html(_spaced(markup).strip(" "), [], [])
    machine = _IDLE.machines.pop() if _IDLE.machines else _Machine()
    found = machine.read(markup, base_url, skip or _nothing)
    _IDLE.machines.append(machine)  # after a failure it is thrown away
    return found


def _nothing(_tag: str, _attributes: Mapping[str, str]) -> bool:
    return False


def _kept_links(hrefs: Iterable[str], base_url: str) -> list[str]:
    urls = filter(None, (_absolute(href, base_url) for href in hrefs))
    return list(dict.fromkeys(urls))[:MAX_ADDRESSES]


class _Machine:
    """A parser with its target. To make one takes longer than to read a post: lxml inspects the target's signatures."""

    def __init__(self) -> None:
        self._reader = _Reader()
        # lxml's stubs want the methods of a target that builds elements
        self._parser = etree.HTMLParser(target=cast("Any", self._reader), encoding="utf-8", huge_tree=True)

    def read(self, markup: str, base_url: str, skip: Skip) -> Html:
        self._reader.begin(base_url, skip)
        self._parser.feed(b"<body>" + markup.encode())
        self._parser.close()
        return self._reader.result()


class _Idle(local):
    """The machines of a thread that wait for work: more than one only where ``skip`` reads HTML itself."""

    def __init__(self) -> None:
        self.machines: list[_Machine] = []


_IDLE = _Idle()


class _Reader:
    """A target for lxml's parser: keeps what is shown, and the white space that is due before the next word."""

    def __init__(self) -> None:
        self.begin("", _nothing)

    def begin(self, base_url: str, skip: Skip) -> None:
        self._base_url = base_url
        self._skip = skip
        self._heard: list[str] = []
        self._parts: list[str] = []
        self._links: dict[str, None] = {}
        self._images: dict[str, str | None] = {}
        self._hidden = 0
        self._pre = 0
        self._ellipses: list[bool] = []
        self._space = False
        self._line_breaks = 0
        self._block_break = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._heard:
            self._flush()
        if self._hidden or self._skip(tag, attributes) or _is_hidden(tag, attributes):
            self._hidden += 1
            return
        self._open(tag)
        if tag == "a":
            self._link(attributes.get("href", ""))
        elif tag == "img":
            self._image(attributes)
        elif tag == "span":
            self._ellipses.append("ellipsis" in attributes.get("class", "").split())

    def end(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= 1
            return
        if tag == "span" and self._ellipses.pop():
            self.data("…")
        if self._heard:
            self._flush()
        self._pre -= tag == "pre"
        self._break(tag)

    def data(self, text: str) -> None:
        if not self._hidden:
            self._heard.append(text)

    def close(self) -> None:
        """What lxml calls at the end of the document."""

    def result(self) -> Html:
        if self._heard:
            self._flush()
        return Html("".join(self._parts), list(self._links), list(self._images.items()))

    def _flush(self) -> None:
        """Write what was heard since the last tag: the parser hands text over in pieces, at worst by the character."""
        text = "".join(self._heard)
        self._heard.clear()
        if not text.isprintable():
            text = CONTROLS.sub("", text)
        for number, line in enumerate(text.split("\n") if self._pre else (text,)):
            self._line_breaks += number > 0
            self._write(line)

    def _open(self, tag: str) -> None:
        self._pre += tag == "pre"
        if tag == "br":
            self._line_breaks += 1
        elif tag in _CELLS:
            self._space = True
        else:
            self._break(tag)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._block_break = max(self._block_break, 1)
        elif tag in _PARAGRAPHS:
            self._block_break = 2

    def _write(self, text: str) -> None:
        words = _spaced(text)
        self._space = self._space or words.startswith(" ")
        if shown := words.strip(" "):
            self._parts += (self._gap(), shown)
            self._space, self._line_breaks, self._block_break = words.endswith(" "), 0, 0

    def _gap(self) -> str:
        """White space between what was written and what comes: at most one empty line."""
        if not self._parts:
            return ""
        lines = max(self._block_break, self._line_breaks + min(self._block_break, 1))
        return "\n" * min(lines, 2) if lines else " " * self._space

    def _link(self, href: str) -> None:
        if len(self._links) < MAX_ADDRESSES and (url := _absolute(href, self._base_url)):
            self._links.setdefault(url)

    def _image(self, attributes: Mapping[str, str]) -> None:
        alt = " ".join(CONTROLS.sub("", attributes.get("alt", "")).split())
        if not _EMOJI_CLASSES.isdisjoint(attributes.get("class", "").split()):
            self.data(alt)
            return
        source = next(filter(None, (_absolute(each, self._base_url) for each in _sources(attributes))), None)
        if source and not _is_pixel(attributes) and len(self._images) < MAX_ADDRESSES:
            self._images.setdefault(source, alt or None)


def _spaced(text: str) -> str:
    """Text of one line, with a space for all white space between words."""
    return text if "  " not in text and text.isprintable() else _SPACES.sub(" ", text)


def _sources(attributes: Mapping[str, str]) -> list[str]:
    """Addresses of a picture, the likeliest first."""
    plain, lazy = attributes.get("src", ""), [attributes.get(name, "") for name in _LAZY_SOURCES]
    return [*lazy, plain] if _PLACEHOLDER.search(plain.rpartition("/")[2]) else [plain, *lazy]


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag in _DROPPED:
        return True
    if not attributes:
        return False
    if tag == "span" and "invisible" in attributes.get("class", "").split():
        return True
    return "hidden" in attributes or ("style" in attributes and bool(_HIDING_STYLE.search(attributes["style"])))


def _is_pixel(attributes: Mapping[str, str]) -> bool:
    """Whether an image is there to count readers: it has no size."""
    return bool({attributes.get("width"), attributes.get("height")} & {"0", "1"})


def _absolute(address: str, base_url: str) -> str | None:
    """The absolute http(s) form of an address as markup has it, or ``None``."""
    address = address.strip()
    if not address or (address.startswith(_WEB) and "[" not in address):
        return address or None
    try:
        url = urljoin(base_url, address)
    except ValueError:  # such as an open bracket in the host
        return None
    return url if url.lower().startswith(_WEB) else None
