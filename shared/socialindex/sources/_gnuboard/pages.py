"""A page of a Gnuboard site: parsed once, indexed once, with the verdicts that a page can be instead of a board."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from socialindex.errors import Discarded, LayoutChanged, ParseError
from socialindex.sources.base import header
from socialindex.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Response

View = Literal["list", "post"]

MAX_DEPTH: Final = 1_000
"""Elements in each other. Unclosed ``<font>`` make hundreds of them; beyond that, looking around one costs too much."""

_END = re.compile(r"</(?:body|html)\s{0,9}>", re.IGNORECASE)
"""``tail.sub.php`` closes every page."""
_ALERT = re.compile(r"""\balert\(\s*(["'])(?P<message>.{1,500}?)\1\s*\)""", re.DOTALL)
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")

_STATUS_VERDICTS: Final = {401: "members_only", 403: "forbidden", 404: "gone", 410: "gone"}
_SCRIPT_VERDICTS: Final = {"/password.php": "secret", "/login.php": "members_only"}
"""Where ``bbs/board.php`` sends a reader who may not read, by the end of the path."""
_FORM_VERDICTS: Final = {"fboardpassword": "secret", "flogin": "members_only"}
"""The same by the name of the form that the page consists of."""
_ALERT_VERDICTS: Final = (
    (re.compile(r"존재하지 않는 게시판|bo_table"), "board_gone"),
    (re.compile(r"(?:글|게시물)이 존재하지 않|(?:존재하지 않는|삭제된) (?:글|게시물|게시글)|삭제되었거나"), "gone"),
    (re.compile(r"비밀글"), "secret"),
    (re.compile(r"권한|회원|로그인|포인트|레벨|등급|인증"), "members_only"),
    (re.compile(r"차단|IP|접근이? ?(?:불가|제한|금지|가능)"), "forbidden"),
)
"""What ``alert()`` in ``bbs/board.php`` and its plugins says, in the order of what tells most."""

_POST_IDS: Final = ("bo_v", "bo_v_con")
_LIST_IDS: Final = ("bo_list", "bo_list_admin", "bo_gall", "bo_webzine")


class Page:
    """One parsed page.

    Attributes:
        url: where it was found, after redirects.
        received_at: when it was received.
        tags: every element in the order of the page.
        ids: elements by their ``id``, the first where several share it.
        robots: directives in lower case, out of ``<meta name="robots">`` and ``X-Robots-Tag``.

    Raises:
        ParseError: the response is no markup, or absurdly nested.
    """

    def __init__(self, html: str, response: Response) -> None:
        self.url = response.url
        self.received_at = response.received_at
        self.tags = list(elements(_soup(html)))
        if _depth(self.tags) > MAX_DEPTH:
            raise ParseError(f"the page nests more than {MAX_DEPTH} elements in each other")
        self.ids = {str(tag["id"]): tag for tag in reversed(self.tags) if tag.has_attr("id")}
        self.robots = frozenset(_directives(self.named("meta"), header(response, "x-robots-tag")))

    def named(self, name: str) -> Iterator[Tag]:
        """Every element with this tag name."""
        return (tag for tag in self.tags if tag.name == name)

    def first_id(self, *ids: str) -> Tag | None:
        """The element of the first of these ids that the page has."""
        return next((self.ids[name] for name in ids if name in self.ids), None)

    @property
    def title(self) -> str:
        """What ``<title>`` says, on one line."""
        return next((text_of(tag) for tag in self.named("title")), "")

    @property
    def view(self) -> View | None:
        """What the page is; a post page may show the list below the post."""
        if self.first_id(*_POST_IDS) or self.article:
            return "post"
        return "list" if self.listing else None

    @property
    def listing(self) -> Tag | None:
        """What holds the board's list: nearly every skin has it in the form that administrators move posts with."""
        return self.form("fboardlist") or self.first_id(*_LIST_IDS)

    @property
    def article(self) -> Tag | None:
        """Amina's post, which is marked with schema.org's properties and has no ids."""
        return next((tag for tag in self.named("article") if tag.get("itemprop") == "articleBody"), None)

    def form(self, name: str) -> Tag | None:
        """The form with this name."""
        return next((tag for tag in self.named("form") if tag.get("name") == name), None)

    def field(self, name: str) -> str:
        """The value of the first filled ``<input>`` with this name; empty where there is none."""
        inputs = (tag for tag in self.named("input") if tag.get("name") == name)
        return next(filter(None, (str(tag.get("value", "")) for tag in inputs)), "")


def read(response: Response, view: View | None = None) -> Page:
    """Parse a board's page.

    Args:
        response: what the server answered.
        view: what the page must be; either will do where it is ``None``.

    Raises:
        Discarded: the page is a verdict: ``gone``, ``board_gone``, ``secret``, ``members_only`` or ``forbidden``.
        LayoutChanged: the page shows neither a board nor a verdict.
        ParseError: the response is no page at all.
    """
    if reason := _status_verdict(response):
        raise Discarded(reason)
    html = decode(response.body, header(response, "content-type"))
    page = Page(html, response)
    found = page.view
    if found is None:
        raise _verdict(page)
    if not _END.search(html):
        raise ParseError("the page is cut off: what it does not show would be taken for known")
    if view == "post" and found == "list":
        raise LayoutChanged("the page has a list and no post")
    return page


def elements(tag: Tag) -> Iterator[Tag]:
    """Every element below this one, in the order of the page."""
    return (node for node in tag.descendants if isinstance(node, Tag))


def classes(tag: Tag) -> list[str]:
    """The classes of an element."""
    found = tag.get("class")
    return found if isinstance(found, list) else []


def with_class(tag: Tag, *names: str) -> Tag | None:
    """The first element below this one that has any of these classes."""
    wanted = frozenset(names)
    return next((found for found in elements(tag) if not wanted.isdisjoint(classes(found))), None)


def text_of(tag: Tag, most: int | None = None) -> str:
    """Text of an element on one line: all of it, or of the first pieces between tags, ``most`` of them."""
    return " ".join(" ".join(islice(tag.strings, most)).split())


def _depth(tags: list[Tag]) -> int:
    depths: dict[int, int] = {}
    for tag in tags:
        depths[id(tag)] = depths.get(id(tag.parent), 0) + 1
    return max(depths.values(), default=0)


def _soup(html: str) -> BeautifulSoup:
    if "<" not in html:
        raise ParseError("the response has no markup")
    try:
        # the line end keeps Beautiful Soup from warning where a page begins with XHTML's <?xml ...?>
        return BeautifulSoup(f"\n{html}", "lxml")
    except ParserRejectedMarkup as error:
        raise ParseError(f"the page cannot be parsed: {error}") from error


def _directives(metas: Iterator[Tag], robots_tag: str) -> Iterator[str]:
    """Directives for everybody; one for a named crawler (``somebot: noindex``) is not ours."""
    contents = [str(meta.get("content", "")) for meta in metas if str(meta.get("name", "")).lower() == "robots"]
    for directive in ",".join((*contents, robots_tag)).lower().split(","):
        yield from ("noindex", "nofollow") if directive.strip() == "none" else (directive.strip(),)


def _status_verdict(response: Response) -> str | None:
    """The reason why a response is not to be read.

    Raises:
        ParseError: the status is none that a board's page comes with.
    """
    path = urlsplit(response.url).path
    reasons = [reason for script, reason in _SCRIPT_VERDICTS.items() if path.endswith(script)]
    if reasons or response.status in _STATUS_VERDICTS:
        return _STATUS_VERDICTS.get(response.status) or reasons[0]
    if response.status != 200:  # noqa: PLR2004 - HTTP's OK
        raise ParseError(f"status {response.status} is no board's page")
    return None


def _verdict(page: Page) -> Discarded | ParseError:
    for name, reason in _FORM_VERDICTS.items():
        if page.form(name):
            return Discarded(reason)
    message = _alert(page)
    if not message:
        return LayoutChanged("the page has neither a Gnuboard list or post nor an alert")
    for pattern, reason in _ALERT_VERDICTS:
        if pattern.search(message):
            return Discarded(reason)
    return ParseError(f"an alert that says nothing we know: {message[:100]}")


def _alert(page: Page) -> str:
    """What ``bbs/alert.php`` tells: beside the script it repeats the message for readers without scripts.

    A site's own version may be the script alone; on a page that has links too, a script's alert says nothing of it.
    """
    if box := page.ids.get("validation_check"):
        return text_of(box)
    if any(page.named("a")):
        return ""
    scripts = (_ALERT.search(tag.string or "") for tag in page.named("script"))
    message = next((match["message"] for match in scripts if match), "")
    return _UNICODE_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), message)
