"""A report as one page that needs nothing else: to be read on a screen, printed on A4, or sent on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.report.element import document, element
from socialindex.report.first_page import first_page
from socialindex.report.pages_done import alerts_and_answers, limits
from socialindex.report.pages_said import pages_of_what_was_said
from socialindex.report.sheet import Sheet
from socialindex.report.style import ACCENT, policy, style
from socialindex.report.words_en import ENGLISH
from socialindex.report.words_ko import KOREAN

if TYPE_CHECKING:
    from socialindex.deliver.destination import Language
    from socialindex.report.branding import Branding
    from socialindex.report.model import MonthReport
    from socialindex.report.month import Month
    from socialindex.report.words import Words

WORDS: Final[dict[Language, Words]] = {"en": ENGLISH, "ko": KOREAN}


def page(report: MonthReport, month: Month, language: Language, brand: Branding) -> str:
    """The page."""
    sheet = Sheet(report, month, WORDS[language])
    css = style(brand.color or ACCENT)
    title = f"{report.topic.name} · {sheet.words.headings.report} {report.month}"
    head = [
        element("title", title),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
    ]
    further = [alerts_and_answers(sheet), *pages_of_what_was_said(sheet), limits(sheet)]
    sheets = [first_page(sheet, brand), *further]
    return document(language, css, policy(css), head, [element("main", sheets)])


def policy_of(brand: Branding) -> str:
    """The policy of the page, for its header: there it also forbids to be framed."""
    return f"{policy(style(brand.color or ACCENT))}; frame-ancestors 'none'"
