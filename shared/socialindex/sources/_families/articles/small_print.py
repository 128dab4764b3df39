"""What papers print around an article: imprint, notice of copyright, call for tips, a reporter's mail address.

Classes tell them on most sites, and ``maintext`` goes by these, too. Here is what tells them by their words, on sites
whose classes say nothing: Korean papers must print who publishes and edits them and under which number they are
registered (신문 등의 진흥에 관한 법률, article 21), and name who answers for the protection of minors.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from lxml import etree

from socialindex.sources._families.boards.markup import attribute, elements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.etree import _Element as Element

_PRESS = re.compile(
    r"제\s?호(?=\s*(?:[:|]|$))|발행\s?인|발행\s?소|편집\s?인|인쇄\s?인|청소년\s?보호\s?(?:책임자|담당자)"
)
_LABELS = re.compile(
    rf"(?P<press>{_PRESS.pattern})|등록\s?번호|등록\s?일자?|발행\s?일자?|대표\s?이사|대표\s?전화|개인정보\s?\S{{2}}\s?책임자|사업자|통신판매|"
    r"법인명|팩스|주\s?소|전화|TEL|FAX|E-?MAIL|이메일|COPYRIGHT|ⓒ|©",
    re.IGNORECASE,
)
_LEAST: Final = 15
"""Characters of a text that is more than a label."""
_MOST: Final = 1_000
"""Characters of an imprint."""
_MOST_OF_LINE: Final = 200
"""Characters of a line of it, and of a notice."""
_LEAST_LABELS: Final = (3, 4)
"""Labels of an imprint that is one block, and of one whose lines are blocks beside each other."""
_LEAST_PRESS: Final = 2
"""Those among them that only papers have."""
_SEPARATORS = re.compile(r"[:|/·ㅣ]")
_LEAST_SEPARATORS: Final = 2
"""What stands between the parts of an imprint, or an element of each, and not between the words of a sentence."""
_PROSE = re.compile(r"(?<!니)다\.")
"""The end of a sentence in a paper: an imprint says 습니다, if anything."""
_TEXT = etree.XPath("string()", smart_strings=False)
_LISTS: Final = frozenset({"table", "dl", "ul", "ol"})
_MOST_AROUND: Final = 3
"""Elements between a list or a table and what holds a line of it, with the list: ``table tbody tr td``."""
_VALUES: Final = {"dt": "dd", "th": "td", "td": "td"}
"""What stands beside a label of its own element."""
_NOTICE = re.compile(
    r"\W*(?:저작권자\W{0,3}(?:ⓒ|©|\(c\)|c\s)|copyrights?\W{0,3}(?:ⓒ|©|\(c\)|by\s|\d{4})|ⓒ|©).{0,160}"
    r"|.{0,80}무단\s?(?:전재|복제|배포|도용).{0,60}금지(?:합니다|됩니다)?\W*(?:\d[\d/:. ]{8,20}송고)?"
    r"|.{0,80}all rights reserved\W*",
    re.IGNORECASE,
)
_QUOTES: Final = "\"'\u201d\u2019)\\]"
_SENTENCE = re.compile(rf"(?<![합됩]니)다[.!?]?[{_QUOTES}]*\s*$")
"""The end of a sentence that may be the article's: "ⓒ 표시를 지웠다."."""
_PLAIN = re.compile(rf"(?<!니)다[.!?]?[{_QUOTES}]*\s*$|[다라자냐]고\s")
"""A sentence as papers write it, or one that tells what somebody said: "제보를 기다린다고 밝혔습니다."."""
_ASKED: Final = r"(?:(?:기다리고|받고)\s?있습니다|(?:기다립|받습|바랍|바꿉|만듭|됩)니다|부탁|주세요|주십시오)"
"""What a paper says of tips that it wants. Broadcasters tell their news in the same tone: 제보를 받아 확인했습니다."""
_TIPS: Final = r"(?:여러분|당신|독자|시청자)\S{0,4}\s(?:소중한\s)?제보(?:를|가|로)\s"
_CALL = re.compile(
    r"\W*제보\s?하기\W*"
    rf"|(?!.*(?:경찰|검찰|당국)).{{0,40}}{_TIPS}.{{0,40}}{_ASKED}.{{0,120}}"
    r"|\W*제보는\s(?:카카오톡|카톡|텔레그램).{0,120}"
    r"|.{0,20}기사\s?문의\s?및\s?제보.{0,80}"
    r"|\W*공감언론\s.{0,60}"
    r"|[▶▷►☞■].{0,80}(?:구독하기|구독해\s?주세요|채널\s?추가|바로가기)\W*"
)
"""Lines that ask for tips or for subscribers; broadcasters and agencies print them below each article."""
_ANY_CALL = re.compile(r"제보|공감언론|[▶▷►☞■]")
"""What none of them does without."""
_CONTACT = re.compile(
    r"\W*(?:카카오톡|카카오|카톡|전화|이메일|메일|유튜브|네이버|페이스북|(?:뉴스\s)?홈페이지|사이트|텔레그램|인스타그램|밴드)(?!\w).{0,100}"
    r"|\W*(?:[\w.+-]+@[\w.-]+|@\w+|https?://\S+)\W*"
)
_MOST_OF_CALL: Final = 300
"""Characters of such lines."""
_CLOSING: Final = 12
"""Lines at the end of a text among which a call stands: six with its addresses, and a byline."""
_MAIL: Final = r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
_ANY = re.compile(r"발행\s?[인소]|편집\s?인|저작권|무단|ⓒ|©|[Cc]opyright|COPYRIGHT|[Rr]ights [Rr]eserved|RIGHTS RES")
"""What no small print that is looked for does without: most pages have none of it, once their footers are left out."""
_ANY_MAIL = re.compile(_MAIL)
_REPORTER: Final = r"(?:기자|특파원|논설위원|앵커)"
_IN_BYLINE = re.compile(
    rf"[^@\n]{{0,40}}{_REPORTER}\W{{0,4}}{_MAIL}\W*|\W*{_MAIL}\W{{0,4}}[^@\n]{{0,30}}{_REPORTER}\W*"
)
_BEHIND_TEXT = re.compile(rf"(?<=[.!?{_QUOTES}])(?P<byline>\s*[^@\n.]{{0,30}}{_REPORTER})\W{{0,4}}{_MAIL}\W*$")
_BYLINE = re.compile(rf"[^@\n]{{0,40}}{_REPORTER}\W*")
_NAMED = re.compile(rf"[가-힣]{{2,4}}\W{{0,3}}{_MAIL}\W*")
_BLANKS = re.compile(r"\n{3,}")
_AROUND_MAIL: Final = " \t()[]<>·|/,=:-"
_BYLINES: Final = (2, 3)
"""Lines at the beginning and at the end of a text that can be a byline."""


def blocks(body: Element, inline: Collection[str]) -> list[Element]:
    """The elements of a page that are nothing but small print; none where nothing else is there.

    Args:
        body: of the page.
        inline: names of elements that are words of the block around them.
    """
    if not _ANY.search(cast("str", _TEXT(body))):
        return []
    leaves = [leaf for leaf in _leaves(body, inline) if "articleBody" not in attribute(leaf[0], "itemprop")]
    found = {block: " ".join(" ".join(parts).split()) for block, parts in leaves}
    small = {block for block, text in found.items() if is_notice(text)}
    if any(map(_PRESS.search, found.values())):
        small |= _imprints(leaves, found)
    return list(small) if any(block not in small and len(text) >= _LEAST for block, text in found.items()) else []


def _imprints(leaves: list[tuple[Element, list[str]]], found: dict[Element, str]) -> set[Element]:
    """The blocks with parts of their texts, and these texts, that are imprints or lines of one."""
    labels = {block: _labels(text) for block, text in found.items() if len(text) <= _MOST and not _PROSE.search(text)}
    listed = (block for block, parts in leaves if block in labels and _is_listed(found[block], parts))
    short = {block: names for block, names in labels.items() if names and len(found[block]) <= _MOST_OF_LINE}
    return {*(block for block in listed if _is_imprint([labels[block]], _LEAST_LABELS[0])), *_lines(short)}


def is_notice(line: str) -> bool:
    """Whether a line says whose an article is, and nothing of it."""
    return len(line) <= _MOST_OF_LINE and bool(_NOTICE.fullmatch(line)) and not _SENTENCE.search(line)


def without(text: str) -> str:
    """An article's text without notices and calls for tips at its end, and reporters' mail addresses at both ends.

    Names stay, and so does an address that is not a reporter's (``문의: help@example.com``).
    """
    whole = text.split("\n")
    lines = _without_calls(whole) if _ANY_CALL.search(text) else whole
    ended = len(lines)
    while ended and (not lines[ended - 1].strip() or is_notice(lines[ended - 1].strip())):
        ended -= 1
    if not ended:
        return text
    is_printed = len(lines) < len(whole) or any(line.strip() for line in lines[ended:])
    lines = lines[:ended]
    shown = [at for at, line in enumerate(lines) if line.strip()]
    for at in dict.fromkeys([*shown[: _BYLINES[0]], *shown[-_BYLINES[1] :]]):
        if "@" in lines[at]:
            lines[at] = _without_mail(lines, at, is_signed=is_printed and at == shown[-1])
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def _without_calls(lines: list[str]) -> list[str]:
    """Lines without those that ask for tips or subscribers, and the telephone numbers and accounts for tips below."""
    shown = [at for at, line in enumerate(lines) if line.strip()][-_CLOSING:]
    dropped: set[int] = set()
    below = False
    for at in shown:
        line = lines[at].strip()
        is_short = len(line) <= _MOST_OF_CALL
        is_call = is_short and _is_call(line)
        below = (is_call and "제보" in line) or (below and (is_call or (is_short and bool(_CONTACT.fullmatch(line)))))
        if is_call or below:
            dropped.add(at)
    return [line for at, line in enumerate(lines) if at not in dropped]


def _is_call(line: str) -> bool:
    return bool(_CALL.fullmatch(line)) and not _PLAIN.search(line)


def _without_mail(lines: list[str], at: int, *, is_signed: bool) -> str:
    """A line without the mail address of a reporter; ``is_signed`` where it is the last beside small print."""
    line = lines[at].strip()
    if _IN_BYLINE.fullmatch(line) or (is_signed and _NAMED.fullmatch(line)):
        name, beside = _ANY_MAIL.split(line, 1)
        return f"{name.rstrip(_AROUND_MAIL)} {beside.strip(_AROUND_MAIL)}".strip()
    before = next((lines[above].strip() for above in range(at - 1, -1, -1) if lines[above].strip()), "")
    if _ANY_MAIL.fullmatch(line.strip(_AROUND_MAIL)) and (is_signed or _BYLINE.fullmatch(before)):
        return ""
    behind = _BEHIND_TEXT.search(line)
    if behind and behind.end() == len(line):
        return line[: behind.end("byline")]
    return lines[at]


def _leaves(body: Element, inline: Collection[str]) -> Iterator[tuple[Element, list[str]]]:
    """Each innermost block with the parts of its text, between tags."""
    block_of = {body: body}
    texts: dict[Element, list[str]] = {}
    outer: set[Element] = set()
    for element in elements(body):
        parent = element.getparent()
        around = body if parent is None else block_of[parent]
        block = block_of[element] = around if element.tag in inline else element
        for owner, text in ((block, element.text), (around, element.tail)):
            if text and not text.isspace():
                texts.setdefault(owner, []).append(text)
    for block in texts:
        above = block.getparent()
        while above is not None and above not in outer:
            outer.add(above)
            above = above.getparent()
    return ((block, parts) for block, parts in texts.items() if block not in outer)


def _is_listed(text: str, parts: list[str]) -> bool:
    return len(parts) - 1 + len(_SEPARATORS.findall(text)) >= _LEAST_SEPARATORS


def _labels(text: str) -> dict[str, bool]:
    """The labels of an imprint in a text, and whether only papers have them."""
    return {"".join(match[0].split()).lower(): match["press"] is not None for match in _LABELS.finditer(text)}


def _is_imprint(found: list[dict[str, bool]], least: int) -> bool:
    labels = {name: is_press for names in found for name, is_press in names.items()}
    return len(labels) >= least and sum(labels.values()) >= _LEAST_PRESS


def _lines(labelled: dict[Element, dict[str, bool]]) -> Iterator[Element]:
    """Lines of imprints whose labels are blocks beside each other, in a list or a table."""
    groups: dict[Element, list[Element]] = {}
    for block in labelled:
        around = next((e for e in islice(block.iterancestors(), _MOST_AROUND) if e.tag in _LISTS), None)
        parent = block.getparent() if around is None else around
        if parent is not None:
            groups.setdefault(parent, []).append(block)
    for group in groups.values():
        if _is_imprint([labelled[block] for block in group], _LEAST_LABELS[1]):
            for block in group:
                yield block
                beside = block.getnext()
                if beside is not None and beside.tag == _VALUES.get(str(block.tag)):
                    yield beside
