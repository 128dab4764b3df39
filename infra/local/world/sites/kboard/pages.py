"""Pages of the association, as the skins ``default`` of both plugins draw them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from html import escape
from typing import TYPE_CHECKING, Final

from infra.local.world.sites.html import element, linked, render
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.sites.kboard.content import Comment, Content, Document
    from infra.local.world.sites.scene import Scene

ROWS: Final = 5
"""Documents a page that answer no other, without the notices that stand on each."""
_PENDING: Final = "[승인대기] 관리자의 승인을 기다리고 있습니다."
_SCRIPTS: Final = (
    '</div></article></main>\n<script>var kboard_current = {"board_id":"1","content_uid":"","use_tree_category":""};'
    "</script>\n"
)
_CLOSED: Final = '<div class="login_is_required_for_reading">이 댓글을 읽을 수 있는 권한이 없습니다.</div>'


@dataclass(frozen=True)
class Pages:
    """The association's pages as they are at a moment."""

    scene: Scene
    base: str
    content: Content
    now: datetime

    def front(self) -> str:
        """The front page, with the latest documents."""
        links = [
            element("a", escape(_title(one)), href=self.href(one)) for one in self.shown("voice") if not one.secret
        ]
        latest = element("div", *links[:3], id="kboard-default-latest")
        return self._frame(self.content.title, latest, rest="</div></article></main>\n")

    def board(self, name: str, page: int) -> str:
        """A page of a board's list."""
        shown = self.shown(name)
        begun = [one for one in shown if one.to is None and not one.notice]
        last = max(1, -(-len(begun) // ROWS))
        rows = [self._row(one, "공지사항") for one in shown if one.notice]
        for place, one in enumerate(begun[(page - 1) * ROWS : page * ROWS]):
            rows.append(self._row(one, str(len(begun) - (page - 1) * ROWS - place)))
            rows += [self._row(answer, "", answers=True) for answer in shown if answer.to == one.number]
        pages = [element("li", element("a", str(each), href=f"?pageid={each}")) for each in range(1, last + 1)]
        listed = render("kboard/list.html", total=len(shown), rows="".join(rows), pages="".join(pages))
        return self._frame(self.content.boards[name], listed)

    def document(self, document: Document) -> str:
        """A document's page; of a secret one the form for its password."""
        if document.secret:
            return self._frame(document.title, render("kboard/confirm.html", href=escape(self.href(document))))
        return self._frame(_title(document), self._shown(document), head=_head(document))

    def for_members(self, name: str) -> str:
        """What the plugin writes in place of a board for members."""
        login = f"{self.base}/wp-login.php"
        scripts = (
            '<script>alert("로그인 하셔야 사용할 수 있습니다.");</script>'
            f'<script>top.window.location.href="{login}";</script>'
        )
        return self._frame(self.content.boards[name], scripts)

    def sent_back(self, name: str) -> str:
        """What the plugin ends the page with where there is no such document."""
        script = f"<script>window.location.href='/{name}/?mod=list';</script>"
        return self._frame(self.content.boards[name], script, rest=None)

    def href(self, document: Document) -> str:
        """Address of a document."""
        return f"{self.base}/{document.board}/?mod=document&uid={document.number}"

    def shown(self, name: str) -> list[Document]:
        """Documents of a board, the newest first."""
        found = [one for one in self.content.documents if one.board == name and one.is_shown(self.now)]
        return sorted(found, key=lambda one: -one.number)

    def _frame(self, title: str, content: str, *, head: str = "", rest: str | None = _SCRIPTS) -> str:
        menu = [element("li", element("a", name, href=f"/{board}/")) for board, name in self.content.boards.items()]
        whole = render(
            "kboard/page.html",
            title=escape(title),
            site=self.content.title,
            base=self.base,
            head=head,
            menu="".join(menu),
            content=content,
            rest=rest or "",
        )
        return whole if rest is not None else whole.partition(content)[0] + content

    def _row(self, document: Document, place: str, *, answers: bool = False) -> str:
        names = [*(["reply"] if answers else []), *(["lock"] if document.secret else [])]
        written = len(self._comments(document.all_comments()))
        return render(
            "kboard/row.html",
            kind="kboard-list-notice" if document.notice else "",
            place=place,
            style=' style="padding-left:5px"' if answers else "",
            href=escape(f"/{document.board}/?mod=document&uid={document.number}"),
            icons="".join(f'<img src="/wp-content/plugins/kboard/icon-{name}.png" alt="">' for name in names),
            title=escape(_title(document)),
            comments=f"({written})" if written else "",
            writer=escape(document.by),
            date=f"{document.time.astimezone(KST):%Y-%m-%d}",
            likes=document.likes,
            views=document.views,
        )

    def _shown(self, document: Document) -> str:
        names = [element("button", escape(name), class_="kboard-button-download") for name in document.files]
        text = "[관리자의 승인을 기다리고 있습니다.]" if document.pending else self.scene.directory.fill(document.text)
        return render(
            "kboard/document.html",
            title=escape(_title(document)),
            writer=escape(document.by),
            date=_date(document.time),
            views=document.views,
            text=linked(text),
            number=document.number,
            likes=document.likes,
            files=element("div", *names, class_="kboard-attach") if names else "",
            count=len(self._comments(document.all_comments())),
            comments=self._tree(document.comments),
            list=f"/{document.board}/?mod=list",
        )

    def _comments(self, comments: list[Comment]) -> list[Comment]:
        return [comment for comment in comments if comment.time <= self.now]

    def _tree(self, comments: list[Comment]) -> str:
        items = (
            render(
                "kboard/comment.html",
                writer=escape(comment.by),
                created=f"{comment.time.astimezone(KST):%Y%m%d%H%M%S}",
                date=_date(comment.time),
                text=_CLOSED if comment.closed else linked(self.scene.directory.fill(comment.text)),
                number=comment.number,
                likes=comment.likes,
                below=self._tree(comment.below),
            )
            for comment in self._comments(comments)
        )
        return element("div", element("ul", *items), class_="comments-list")


def _title(document: Document) -> str:
    return _PENDING if document.pending else document.title


def _head(document: Document) -> str:
    published = f"{document.time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
    title = escape(_title(document))
    return f'<meta property="og:title" content="{title}">\n<meta name="article:published_time" content="{published}">\n'


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(KST):%Y-%m-%d %H:%M}"
