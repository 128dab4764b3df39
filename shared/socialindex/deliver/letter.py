"""What is told to people, before it is a mail or a chat's message: plain words in paragraphs, lists and links."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.deliver.destination import Language


class Button(NamedTuple):
    """A link that does something."""

    label: str
    url: str


class Line(NamedTuple):
    """A line of a list, with an address where there is more."""

    text: str
    url: str | None = None


class Section(NamedTuple):
    """Lines under a heading."""

    title: str
    lines: list[Line]


class Letter(NamedTuple):
    """A letter. All of it is text; the formats escape it."""

    subject: str
    language: Language
    lead: list[str]
    """Paragraphs."""
    sections: list[Section] = []
    buttons: list[Button] = []
    foot: list[str] = []
    """Small print."""
    stop: Button | None = None
    """How to get no more of them; behind the small print, and as small."""


# --- plain text ------------------------------------------------------------------------------------------------------


def as_text(letter: Letter) -> str:
    """The letter for programs that show no HTML, and for people who want none."""
    return "\n".join(_text(letter)) + "\n"


def _text(letter: Letter) -> Iterator[str]:
    for paragraph in letter.lead:
        yield from (paragraph, "")
    for section in letter.sections:
        yield section.title
        for each in section.lines:
            yield f"- {each.text}"
            if each.url:
                yield f"  {each.url}"
        yield ""
    for button in letter.buttons:
        yield from (f"{button.label}:", button.url, "")
    if letter.foot:
        yield "--"
        yield from letter.foot
    if letter.stop:
        yield f"{letter.stop.label}: {letter.stop.url}"


# --- HTML ------------------------------------------------------------------------------------------------------------

_BODY: Final = "margin:0;padding:24px;font:16px/1.6 sans-serif;color:#1a1a1a;background:#ffffff"
_BUTTON: Final = (
    "display:inline-block;margin:0 8px 8px 0;padding:10px 18px;background:#1a4fba;color:#ffffff;"
    "text-decoration:none;border-radius:4px"
)


def as_html(letter: Letter) -> str:
    """The letter as a page without images, scripts or anything that is fetched."""
    return "".join(
        [
            f'<!DOCTYPE html><html lang="{letter.language}"><head><meta charset="utf-8">',
            f'<title>{escape(letter.subject)}</title></head><body style="{_BODY}">',
            *_html(letter),
            "</body></html>",
        ]
    )


def _html(letter: Letter) -> Iterator[str]:
    yield f'<h1 style="font-size:20px">{escape(letter.subject)}</h1>'
    yield from (f"<p>{escape(paragraph)}</p>" for paragraph in letter.lead)
    for section in letter.sections:
        items = "".join(f"<li>{_item(each)}</li>" for each in section.lines)
        yield f'<h2 style="font-size:16px">{escape(section.title)}</h2><ul>{items}</ul>'
    if letter.buttons:
        links = (f'<a style="{_BUTTON}" href="{escape(to.url)}">{escape(to.label)}</a>' for to in letter.buttons)
        yield f"<p>{''.join(links)}</p>"
    if letter.foot:
        stop = [f'<a href="{escape(letter.stop.url)}">{escape(letter.stop.label)}</a>'] if letter.stop else []
        lines = "<br>".join([*map(escape, letter.foot), *stop])
        yield f'<p style="font-size:12px;color:#666666">{lines}</p>'


def _item(line: Line) -> str:
    text = escape(line.text)
    return f'<a href="{escape(line.url)}">{text}</a>' if line.url else text


# --- a chat's message ------------------------------------------------------------------------------------------------

_HEADER: Final = 150
_SECTION: Final = 3_000
_BLOCKS: Final = 50
"""What a chat takes (Slack API, reference of blocks)."""
_CUT: Final[dict[Language, str]] = {
    "en": "There was no room for the rest.",
    "ko": "나머지는 자리가 없어 싣지 못했습니다.",
}


def as_blocks(letter: Letter) -> dict[str, Any]:
    """The letter as Slack's incoming webhooks take it; ``text`` is what notifications and simpler chats show."""
    foot = [{"type": "context", "elements": [_words(_mark(" ".join(letter.foot)))]}] if letter.foot else []
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": letter.subject[:_HEADER], "emoji": False}},
        *(_section(_mark(paragraph)) for paragraph in letter.lead),
        *(_section(words) for section in letter.sections for words in _lists(section)),
    ]
    room = _BLOCKS - len(foot)
    if len(blocks) > room:
        blocks = [*blocks[: room - 1], _section(_CUT[letter.language])]
    text = _mark(f"{letter.subject}\n{letter.lead[0] if letter.lead else ''}")
    return {"text": text, "blocks": [*blocks, *foot]}


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": _words(words)}


def _words(words: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": words[:_SECTION], "verbatim": True}


def _lists(section: Section) -> Iterator[str]:
    """A section's lines, each whole: half a link would show its address. What has no room in a block is in the next."""
    text = f"*{_mark(section.title)}*"
    for each in map(_line, section.lines):
        if len(text) + 1 + len(each) > _SECTION:
            yield text
            text = each
        else:
            text += f"\n{each}"
    yield text


def _line(line: Line) -> str:
    words = _mark(line.text)
    linked = f"• <{_address(line.url)}|{words.replace('|', '¦')}>" if line.url else ""
    return linked if 0 < len(linked) <= _SECTION else f"• {words}"


def _mark(text: str) -> str:
    """Text in which nothing is a link, a name or a command (Slack API, formatting text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _address(url: str) -> str:
    return _mark(url).replace("|", "%7C")
