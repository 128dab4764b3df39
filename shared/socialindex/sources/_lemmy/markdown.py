"""What people wrote, which the API gives as the Markdown that they typed: CommonMark with tables and spoilers.

The words under a crosspost's first line are another post's, and are left out. A link to somebody whom the text mentions
is no link; other sites have pages such as ``/@name``, too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.model import Media
from socialindex.text import html_to_text, plain_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_MARKDOWN: Final = 10_000
"""Characters that are read as Markdown, the rest as plain text: of hostile Markdown each more costs more."""
_CROSSPOST: Final = re.compile(
    r"\s*cross-posted from: <?(https?://[^\s>]+)>?[ \t]*(?:\n|\Z)"  # the line that lemmy-ui writes
    r"(?:[ \t]*\n|>[^\n]*(?:\n|\Z))*"  # the other post's words
)
_SPOILER: Final = re.compile(r"^:::+[ \t]*(?:spoiler[ \t]*)?", re.MULTILINE)
_ADDRESS: Final = re.compile(
    r"https?://(?:[^\s<>()\[\]\"'`*]|\([^\s<>()\[\]\"'`*]{0,200}\)){1,1000}"  # a parenthesis with its other half
)
_PERSON: Final = re.compile(r"(?<![\w@/!.])@(\w{1,60}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?::\d{1,5})?)")
_PERSON_PAGE: Final = re.compile(r"https?://([^/?#]+)/(?:u/|@)([^/?#@]+)(?:@([^/?#@]+))?/?")


class Written(NamedTuple):
    """What Markdown says; ``crossposts`` is the identity of the post that it repeats."""

    text: str
    links: list[str]
    media: list[Media]
    mentions: list[str]
    crossposts: str | None


def read_markdown(source: str, base_url: str) -> Written:
    """Read Markdown; ``base_url`` is what its addresses are relative to."""
    crosspost = _CROSSPOST.match(source)
    own = _SPOILER.sub("", source[crosspost.end() :] if crosspost else source)
    head, tail = own[:MAX_MARKDOWN], own[MAX_MARKDOWN:]
    text, links, images = html_to_text(_parser().render(head), base_url=base_url)
    text = f"{text}\n{plain_text(tail)}".strip() if tail else text
    written = [*links, *(address.rstrip(".,;:!?") for address in _ADDRESS.findall(text))]
    mentions = list(dict.fromkeys(_PERSON.findall(text)))
    people = {mention.lower() for mention in mentions}
    return Written(
        text,
        [link for link in dict.fromkeys(written) if _person(link) not in people],
        [Media(kind="image", url=url, description=alt or None) for url, alt in images],
        mentions,
        crosspost[1] if crosspost else None,
    )


def _person(link: str) -> str | None:
    """Whose page a link may lead to, as a mention names them; a server shows people of others as ``/u/name@host``."""
    match = _PERSON_PAGE.fullmatch(link)
    return f"{match[2]}@{match[3] or match[1]}".lower() if match else None


@cache
def _parser() -> MarkdownIt:
    """A parser that takes HTML for text, as Lemmy does. It keeps nothing between texts."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 35 ms, of a cold start that reads no post

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
