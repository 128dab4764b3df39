"""Which of a stream's posts a channel wants."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import InvalidInput
from socialindex.sources._bluesky.embeds import parts_of
from socialindex.sources._bluesky.richtext import rich_text
from socialindex.sources._bluesky.views import Embed, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Channel

_MAX_WORDS: Final = 100
_TAG: Final = "#"


class StreamRecord(Record, frozen=True, kw_only=True):
    """A post's record, with what it carries: its cards and descriptions are searched for words too."""

    embed: Embed | None = None


class Wish(NamedTuple):
    """Which posts a channel wants: in one of the languages and with one of the words or hashtags, where it names any.

    Letters' case does not matter. A word of Latin letters or digits does not match within a longer one; others do, as
    Korean and Japanese words grow endings.
    """

    languages: frozenset[str]
    words: re.Pattern[str] | None
    hashtags: frozenset[str]

    @classmethod
    def of(cls, channel: Channel) -> Wish:
        """The options ``languages`` (``ko,ja``) and ``words`` (``battery,#recall``).

        Raises:
            InvalidInput: there are too many words.
        """
        asked = _listed(channel, "words")
        words = [word for word in asked if not word.startswith(_TAG)]
        return cls(
            languages=frozenset(_listed(channel, "languages")),
            words=re.compile("|".join(map(_pattern, words))) if words else None,
            hashtags=frozenset(word.removeprefix(_TAG) for word in asked if word.startswith(_TAG)),
        )

    def fits(self, record: StreamRecord) -> bool:
        """Whether a post is wanted."""
        if self.languages and self.languages.isdisjoint(_primary(code) for code in record.langs or ()):
            return False
        return not (self.words or self.hashtags) or self._names(record)

    def _names(self, record: StreamRecord) -> bool:
        rich = rich_text(record)
        if not self.hashtags.isdisjoint(map(_folded, rich.hashtags)):
            return True
        said = "\n".join([rich.text, *rich.hashtags, *_described(record.embed)])
        return bool(self.words and self.words.search(_folded(said)))


def _listed(channel: Channel, option: str) -> list[str]:
    values = [folded for value in channel.options.get(option, "").split(",") if (folded := _folded(value).strip())]
    if len(values) > _MAX_WORDS:
        raise InvalidInput(f"{len(values)} values", field=option, remedy=f"send at most {_MAX_WORDS}")
    return values


def _pattern(word: str) -> str:
    before = r"(?<![a-z0-9])" if _is_latin(word[0]) else ""
    after = r"(?![a-z0-9])" if _is_latin(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _described(embed: Embed | None) -> Iterator[str]:
    """Words of what a post carries: titles of cards, descriptions of media."""
    for part in parts_of(embed):
        card = part.external
        texts = [part.alt, *(image.alt for image in (*(part.images or ()), *(part.items or ())))]
        yield from filter(None, [*texts, card and card.title, card and card.description])


def _primary(code: str) -> str:
    return code.lower().partition("-")[0]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
