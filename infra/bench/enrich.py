"""Posts/s with all enrichment beside posts/s without; how often language and sentiment are right, beside simple ways.

Rates: pages of the sample world's JSON sources, from their bytes to enriched posts, with 5,000 names to look for. The
baseline is the same without enrichment.

Shares: the labelled texts of ``infra/bench/labelled``; of most sets a half is for tuning (``_dev``) and a half is held
out (``_held``). The baselines of sentiment are the commonest label (``_right``), the same words without what is around
them (``_f1``, the mean of the labels' F1), and for English VADER (``_vader``). Of languages, texts of 18 of them, and
texts that tell none.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from infra.bench.corpus import posts_of
from infra.bench.figure import Figure, compared
from infra.bench.parse import PAGES, corpus
from socialindex.dictionary import Entry
from socialindex.normalize.enrich import Enricher
from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.enrich.sentiment import sentiment_of
from socialindex.normalize.language import language_of
from socialindex.query.columns import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from infra.bench.parse import Page
    from socialindex.model import Post

ROUNDS: Final = 7
NAMES: Final = 5_000
_LEAST_SECONDS: Final = 0.2
_LABELLED: Final = Path(__file__).parent / "labelled"
_NOT_JSON: Final = PAGES | {"feed"}
_LABELS: Final = "+-0"
_UNKNOWN: Final = "-"
_SYLLABLES: Final = "가나다라마바사아자차카타파하누리한빛온별솔빈결담울새강산물불"

Pairs = list[tuple[str, str]]
"""Labels, each with what was said instead."""


class Labelled(NamedTuple):
    """Texts with their labels."""

    name: str
    language: str
    cases: list[tuple[str, str]]


class Invented:
    """A dictionary of names that nobody has, and those that the sample world is about."""

    def __init__(self, number: int) -> None:
        chosen = random.Random(12)  # noqa: S311 - the same names in every run
        names = {"".join(chosen.choices(_SYLLABLES, k=chosen.randint(2, 6))) for _ in range(number)}
        known = [Entry(name="누리폰 12", variants=["누리폰", "NuriPhone"]), Entry(name="한빛전자", variants=["Hanbit"])]
        self._entries = (*known, *(Entry(name=f"{name} 앤코", variants=[name]) for name in sorted(names)))

    def entries(self) -> Sequence[Entry]:
        """All of them."""
        return self._entries


def run() -> list[Figure]:
    """The rates of each JSON source, then the shares."""
    return [*_rates(), *_of_languages(), *_of_sentiment()]


def _rates() -> Iterator[Figure]:
    enrich = Enricher(Invented(NAMES))
    for source, pages in corpus().items():
        if source not in _NOT_JSON:
            yield _rate_of(source, pages, enrich)


def _rate_of(source: str, pages: list[Page], enrich: Callable[[Post], Post]) -> Figure:
    def enriched(page: Page) -> object:
        return [enrich(post) for post in posts_of(page.exchange)]

    def bare(page: Page) -> object:
        return posts_of(page.exchange)

    posts = sum(page.posts for page in pages)
    rounds = [(_rate(enriched, pages) * posts, _rate(bare, pages) * posts) for _ in range(1 + ROUNDS)][1:]
    return compared(f"enrich_{source}", "posts/s", rounds)


def _rate(way: Callable[[Page], object], pages: list[Page]) -> float:
    """How often a second of processor time all pages are read: other work on the machine does not count."""
    times, started = 0, time.process_time()
    while time.process_time() - started < _LEAST_SECONDS:
        for page in pages:
            way(page)
        times += 1
    return times / (time.process_time() - started)


def _of_languages() -> Iterator[Figure]:
    pairs = [(label, language_of(None, text) or _UNKNOWN) for label, text in _read("language")]
    telling = [(label, said) for label, said in pairs if label != _UNKNOWN]
    silent = [said for label, said in pairs if label == _UNKNOWN]
    yield _share("language_right", sum(label == said for label, said in telling), len(telling))
    yield _share("language_wrong", sum(said not in (label, _UNKNOWN) for label, said in telling), len(telling))
    yield _share("language_absent", sum(said == _UNKNOWN for _, said in telling), len(telling))
    yield _share("language_guessed", sum(said != _UNKNOWN for said in silent), len(silent))


def _of_sentiment() -> Iterator[Figure]:
    for labelled in labelled_sets():
        pairs = [(label, _said(text, labelled.language)) for label, text in labelled.cases]
        plain = [(label, _said(text, labelled.language, context=False)) for label, text in labelled.cases]
        commonest = Counter(label for label, _ in labelled.cases).most_common(1)[0][1] / len(labelled.cases)
        yield _beside(f"sentiment_{labelled.name}_right", _accuracy(pairs), commonest)
        yield _beside(f"sentiment_{labelled.name}_f1", macro_f1(pairs), macro_f1(plain))
        if labelled.language == "en":
            yield _beside(f"sentiment_{labelled.name}_vader", _accuracy(pairs), _accuracy(_by_vader(labelled)))


def labelled_sets() -> Iterator[Labelled]:
    """The labelled sets of sentiment, in halves where one was for tuning."""
    for name, language in (("ko", "ko"), ("ko_world", "ko"), ("en", "en")):
        cases = _read(f"sentiment_{name}")
        yield Labelled(f"{name}_dev", language, cases[::2] + _for_tuning(name))
        yield Labelled(f"{name}_held", language, cases[1::2])
    yield Labelled("ko_fresh", "ko", _read("sentiment_ko_fresh"))


def _for_tuning(name: str) -> list[tuple[str, str]]:
    """What was labelled later, for tuning only: judging the half held out by it would change what that is."""
    later = f"sentiment_{name}_dev"
    return _read(later) if (_LABELLED / f"{later}.tsv").exists() else []


def _read(name: str) -> list[tuple[str, str]]:
    """Labels and texts."""
    lines = (_LABELLED / f"{name}.tsv").read_text("utf-8").splitlines()
    return [(label, text) for label, _, text in (line.partition("\t") for line in lines if line[0] != "#")]


def _said(text: str, language: str, *, context: bool = True) -> str:
    return _label(sentiment_of(folded(text), language, context=context) or 0.0)


def _by_vader(labelled: Labelled) -> Pairs:
    analyzer = SentimentIntensityAnalyzer()
    return [(label, _label(analyzer.polarity_scores(text)["compound"])) for label, text in labelled.cases]


def _label(sentiment: float) -> str:
    """As a query has it: ``sentiment:positive``."""
    return "+" if sentiment > NEUTRAL else "-" if sentiment < -NEUTRAL else "0"


def _accuracy(pairs: Pairs) -> float:
    return sum(label == said for label, said in pairs) / len(pairs)


def macro_f1(pairs: Pairs) -> float:
    """The mean of the three labels' F1: a rare label counts as much as a common one."""
    return sum(_f1(pairs, label) for label in _LABELS) / len(_LABELS)


def _f1(pairs: Pairs, wanted: str) -> float:
    both = sum(label == said == wanted for label, said in pairs)
    either = sum(label == wanted for label, _ in pairs) + sum(said == wanted for _, said in pairs)
    return 2 * both / either if either else 0.0


def _share(name: str, number: int, of: int) -> Figure:
    return Figure(name, round(number / of, 3), f"of {of}")


def _beside(name: str, value: float, baseline: float) -> Figure:
    return Figure(name, round(value, 3), "share", round(baseline, 3), round(value / baseline, 2) if baseline else None)
