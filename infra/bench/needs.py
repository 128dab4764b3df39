"""How often labelled texts are taken for a question or a complaint rightly, beside a question mark and a bad mood.

Of two sets a half was for tuning; the other half, and the third set, by another hand, were looked at while the rules
were written, too: none of the figures is of texts that nobody had seen.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.bench.figure import Figure
from socialindex.network.needs import asks, complains
from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.enrich.sentiment import sentiment_of
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LABELLED: Final = Path(__file__).parent / "labelled"
_SETS: Final = (("ko", "ko", slice(1, None, 2)), ("en", "en", slice(1, None, 2)), ("ko_world", "ko", slice(None)))
"""Names, languages, and the cases that nothing was tuned on."""


def of_needs() -> Iterator[Figure]:
    """F1 of each set, for what asks and for what complains."""
    for name, language, held in _SETS:
        cases = labelled_needs(name)[held]
        asking = [("q" in label, asks(text, language), "?" in text) for label, text in cases]
        moods = [sentiment_of(folded(text), language) for _, text in cases]
        complaining = [
            ("c" in label, complains(text, language, mood), (mood or 0.0) < -NEUTRAL)
            for (label, text), mood in zip(cases, moods, strict=True)
        ]
        yield _judged(f"needs_{name}_asks_f1", asking)
        yield _judged(f"needs_{name}_complains_f1", complaining)


def labelled_needs(name: str) -> list[tuple[str, str]]:
    """Labels (q, c, qc or -) and texts."""
    lines = (_LABELLED / f"needs_{name}.tsv").read_text("utf-8").splitlines()
    return [(label, text) for label, _, text in (line.partition("\t") for line in lines if line[0] != "#")]


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """F1 of what was said, each beside what is so."""
    counts = Counter(pairs)
    both = 2 * counts[True, True]
    return both / (both + counts[True, False] + counts[False, True])


def _judged(name: str, cases: list[tuple[bool, bool, bool]]) -> Figure:
    ours, plain = f1((is_so, said) for is_so, said, _ in cases), f1((is_so, plain) for is_so, _, plain in cases)
    return Figure(name, round(ours, 3), "F1", round(plain, 3), round(ours / plain, 3))
