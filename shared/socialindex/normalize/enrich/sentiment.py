"""What a text says of what it is about, from -1 (bad) to 1 (good): weighed words, and what is around them.

Korean and English, and emoji in all languages. The words are in the tables beside this module; the rules are here. They
know no sentence structure: a judgment is denied, doubted or graded by what stands within a few syllables or words of
it. How often this is right is measured by ``make bench NAME=enrich``.
"""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from socialindex.normalize.enrich.lexicon import Lexicon, read, read_vader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.normalize.enrich.lexicon import Found, Term

MAX_JUDGED = 4_000
"""Characters that are looked at: by then an article has said what it thinks."""
JUDGED = frozenset({"ko", "en"})
"""Languages whose words are weighed."""

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_WORD = re.compile(r"[^\W\d_]")
_CONTRAST = re.compile(r"지만|[은는]데|더니|\b(?:but|however|although)\b")
_DENIED_KO = re.compile(r"(?:^|[^가-힣])[안못] ?$")
_NOT_KO = r" ?(?:하나도|전혀|거의|별로|절대로?|한 ?번도)? ?[안못] ?"
_DENIAL_KO = re.compile(  # behind a stem
    r"[가-힣]{0,3}지 ?[는도가를만]? ?[않못마말아]"  # 좋지 않다, 만족하지는 못했다
    r"|[가-힣]{0,2} ?(?:[할될날] )?(?:(?:것|거|게|건|점|데|곳|일|적)[은는이가도]? ?)?"
    r"(?:하나도|전혀|한 ?번도?|1도|거의)? ?(?:없|모르겠)"  # 좋은 점이 하나도 없다
    rf"|[은는이가도]?{_NOT_KO}[나났남생걸느들받봤]"  # 냄새 안 나고
    rf"|[은는이가도을를]?{_NOT_KO}(?:해(?![결소])|함(?!께)|[하했한합]"  # 추천 안 해요
    r"|할(?! ?(?:수|이유|리)[가는도]? ?없)"  # but 추천 안 할 수가 없다
    r"|드[려렸리린릴림립]|가(?![시셔신])|간(?![단편])|[갔갑])"  # 실망 안 드릴게요, 믿음이 안 가요
    r"|[이가은도]? (?:거의 )?(?:줄었|줄어|줄고|적은 편|적어요|적고|덜[ 한해하])"  # 끊김이 줄었다
    r"|[은는이가도]? ?아[니닌님냐]"
    r"|[가-힣]{0,2} 줄 ?알았"
)
_REFUSED_KO = re.compile(rf"[은는이가도을를]?{_NOT_KO}(?:해|들어) ?[주줘준줍줄줬]")
"""What is not done for one, behind a stem: 해지 안 해 줘요 takes no complaint back, it is one."""
_MERE_DENIAL_KO = re.compile(r" ?[안못] ")
"""Behind a word that denies: both deny the verb, and judge nothing: 별로 안 해요."""
_DOUBT_KO = re.compile(r"[가-힣]{0,3}(?:면(?![가-힣])|까 ?봐|다면)")
_DENIED_EN = re.compile(
    r"\b(?:not(?! only| to mention)|no(?! doubt| wonder)|never|hardly|barely|scarcely|without|neither|nor|nobody"
    r"|nothing|none|zero|cannot|[a-z]+n't|dont|cant|wont|isnt|wasnt|doesnt|didnt|aint)(?: (?!but\b)[a-z']+){0,3} $"
)
_DENIAL_EN = re.compile(r" (?:is |are |was )?(?:gone|fixed|solved|resolved)\b")
_BEYOND_EN = re.compile(
    r"\b(?:can(?:'?t|not| not)|could(?:n'?t| not)) (?:"
    r"(?:possibly |even )?(?:say enough |(?=(?:recommend|praise|thank|appreciate|compliment)"
    r"(?: (?!(?:as|because|if|is|it's|not|since|until|was|when|with)\b|[a-z]+n't\b)[a-z']+){0,4} enough\b))"
    r"|(?:be|have been) (?:any )?(?:more |(?=(?:better|worse|[a-z]+ier)\b)))"
)
"""Denials that exaggerate: can't recommend it enough, could not be happier."""
_DOUBT_EN = re.compile(r"\bif (?:[a-z']+ ){0,3}$")
_QUESTION = re.compile(
    r"(?:(?<![ 가이안못끝빛만화신장맛])나요|까요|(?<![ 안못])가요|을까|[인은]가|어때요?|(?:아시는|있는|하신) 분) ?\??$"
    r"|^\W*(?:when|where|what|which|who|how|is|are|do|does|did|can|could|any|anyone|has|have|should)\b.*\?$"
)

_REVERSAL = -0.75
"""What is left of a judgment that is denied: not good is less bad than bad."""
_BEFORE_CONTRAST = 0.5
_NEAR = 12
"""Characters within which a word of degree or denial is about the next judgment."""
_BEFORE, _AFTER = 32, 20
"""Characters around a judgment that can deny it."""
_OUTRAGE = -2.0
"""Judgments as bad as this are not asked about: such a question is rhetorical."""
_BREADTH = 15.0
"""How fast the sum of judgments approaches 1: one of 2 is 0.46, two of them 0.72."""


def sentiment_of(text: str, language: str | None, *, context: bool = True) -> float | None:
    """The sentiment of a folded text; ``None`` where there is nothing to judge.

    That is a text without words and telling emoji, or in a language whose words are not weighed; a text of Korean or
    English words none of which judges is 0.

    Args:
        text: as ``folded`` gives it.
        language: of the text, where it is known.
        context: whether to look at what is around the words, too: denial, doubt, degree, contrast and questions.
    """
    text = text[:MAX_JUDGED]
    judgments = list(_judgments(text, language, context=context))
    if not judgments and not (language in JUDGED and _WORD.search(text)):
        return None
    total = sum(judgments)
    return round(total / math.sqrt(total * total + _BREADTH), 3)


@cache
def lexicon() -> Lexicon:
    """All tables, read once a process; our own words count before those of VADER."""
    ours = read("sentiment_en.tsv", "latin"), read("sentiment_ko.tsv", "hangul"), read("sentiment_emoji.tsv", "emoji")
    return Lexicon(chain(read_vader(), *ours))


def _judgments(text: str, language: str | None, *, context: bool) -> Iterator[float]:
    weighed = language is None or language in JUDGED
    if context:
        text = _BEYOND_EN.sub("very ", text)
    for sentence in _SENTENCE.findall(text):
        found = lexicon().find(sentence)
        if not weighed:
            found = [one for one in found if one.term.writing == "emoji"]
        judging = [one for one in found if one.term.role != "grades" and one.term.weight]
        if judging and context:
            yield from _meant(sentence, judging, found)
        else:
            yield from (one.term.weight for one in judging)


def _meant(sentence: str, judging: list[Found], found: list[Found]) -> Iterator[float]:
    """The judgments of a sentence as they are meant."""
    asks, turn = _QUESTION.search(sentence.strip()) is not None, _turn(sentence, judging)
    grades = {one.end: one.term.weight for one in found if one.term.role == "grades"}
    for before, one, after in zip([None, *judging], judging, [*judging[1:], None], strict=False):
        if (asks and one.term.weight > _OUTRAGE) or _denies(one, after):
            continue
        weight = _weight(sentence, one, denied=_denies(before, one)) * _degree(one.start, grades)
        yield weight * (_BEFORE_CONTRAST if one.end <= turn else 1.0)


def _turn(sentence: str, judging: list[Found]) -> int:
    """Where the last contrast is that a judgment follows, 0 where there is none: what comes behind it is meant."""
    if len(judging) <= 1:
        return 0
    turns = (match.start() for match in _CONTRAST.finditer(sentence) if match.end() <= judging[-1].start)
    return max(turns, default=0)


def _denies(first: Found | None, second: Found | None) -> bool:
    """Whether the first only denies the second: 별로 좋은, 별로 안 비싼."""
    return bool(first and second and first.term.role == "denies" and second.start - first.end <= _NEAR)


def _weight(sentence: str, one: Found, *, denied: bool) -> float:
    """A judgment as it stands among its neighbors, 0 where it is only supposed."""
    before, after = sentence[max(0, one.start - _BEFORE) : one.start], sentence[one.end : one.end + _AFTER]
    korean = one.term.writing == "hangul"
    if (_DOUBT_KO.match(after) if korean else _DOUBT_EN.search(before)) is not None:
        return 0.0
    if one.term.role == "denies" and _MERE_DENIAL_KO.match(after):
        return 0.0
    denials = _denials_ko(one.term, before, after) if korean else _denials_en(before, after)
    if denied:
        denials = max(denials, 1)
    return one.term.weight * _REVERSAL ** (denials % 2)


def _denials_ko(term: Term, before: str, after: str) -> int:
    refused = term.weight < 0 and _REFUSED_KO.match(after) is not None
    return (_DENIED_KO.search(before) is not None) + (not refused and _DENIAL_KO.match(after) is not None)


def _denials_en(before: str, after: str) -> int:
    return (_DENIED_EN.search(before) is not None) + (_DENIAL_EN.match(after) is not None)


def _degree(start: int, grades: dict[int, float]) -> float:
    """What a word of degree right before a judgment makes of it; 1 where there is none."""
    return next((grades[end] for end in range(start, start - 3, -1) if end in grades), 1.0)
