"""The names of the user dictionary as the engine's analysis takes them: words that stay whole, and what means the same.

A rule of nori keeps a spelling from being taken apart: 하이솔 is no longer 하 + 이솔. A spelling with a space says
where its joined form is cut: 누리 폰 makes 누리폰 the two words 누리 and 폰, so that each way of writing finds the
other. What is spelled in another way altogether (NuriPhone, ヌリフォン, ㄴㄹㅍ) is a synonym when somebody searches:
texts are indexed as they were written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.dictionary import Entry

_TAKEN_APART = re.compile(r"[^\W\d_A-Za-z]")
"""A letter of a script that the tokenizer may take apart; Latin words it leaves whole."""
_ESCAPED = re.compile(r"([,\\#=])")
"""What separates synonyms in a rule of the Solr format, or begins a comment."""


def teach(settings: dict[str, Any], entries: Iterable[Entry]) -> None:
    """Put the names into an index's analysis (the ``index`` object of its settings), in place."""
    known = sorted(entries, key=lambda entry: entry.name)
    rules = list(_rules(known))
    if rules:
        settings["analysis"]["tokenizer"]["morphemes"]["user_dictionary_rules"] = rules
    settings["analysis"]["filter"]["names"]["synonyms"] = list(_synonyms(known))


def spellings(entry: Entry) -> list[str]:
    """All ways to write a name, without repetitions and with single spaces."""
    return list(dict.fromkeys(" ".join(text.split()) for text in (entry.name, *entry.variants)))


def _rules(entries: Iterable[Entry]) -> Iterator[str]:
    """One rule a joined spelling; how it is written with a space counts before how it is written without."""
    cuts: dict[str, str] = {}
    for entry in entries:
        for spelling in filter(_TAKEN_APART.search, spellings(entry)):
            joined = spelling.replace(" ", "")
            if " " in spelling or joined not in cuts:
                cuts[joined] = spelling
    return (f"{joined} {cut}" if " " in cut else joined for joined, cut in cuts.items())


def _synonyms(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        written = spellings(entry)
        if len(written) > 1:
            yield ", ".join(_ESCAPED.sub(r"\\\1", spelling) for spelling in written)
