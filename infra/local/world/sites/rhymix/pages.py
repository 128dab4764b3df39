"""Pages of the community, as the skin xedition draws them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from infra.local.world.sites.html import element, linked, render
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.sites.rhymix.content import Comment, Content, Document, Writer
    from infra.local.world.sites.scene import Scene

ROWS: Final = 10
"""Documents a page, without the notices that stand on each."""
COMMENTS: Final = 8
"""Comments a page; without a number the last page is shown."""
_ALERT: Final = '<script> jQuery(function(){ alert("대상을 찾을 수 없습니다."); } );</script>'


@dataclass(frozen=True)
class Pages:
    """The community as it is at a moment."""

    scene: Scene
    base: str
    content: Content
    now: datetime

    def board(
        self, mid: str, page: int, document: Document | None = None, cpage: int = 0, *, gone: bool = False
    ) -> str:
        """A page of a board's list, with a document above it; or with a script's words that there is none."""
        title = self.content.boards[mid]
        notices, rows, last = self._rows(mid, page)
        body = render(
            "rhymix/board.html",
            base=self.base,
            mid=mid,
            title=title,
            document=self._document(document, cpage) if document else "",
            categories=self._categories(mid),
            rows="".join([*(self._row(mid, row, "공지") for row in notices), *(self._row(mid, *row) for row in rows)]),
            pages=self._pager(f"{self.base}/{mid}?page=", page, last),
        )
        own = document.title if document and not document.secret else title
        canonical = element("link", rel="canonical", href=self.href(document)) if document else ""
        return self._frame(mid, own, body, canonical=canonical.replace("></link>", " />"), footer=_ALERT * gone)

    def message(self, mid: str, message: str) -> str:
        """What the module ``message`` says in place of a page."""
        return self._frame(mid, message, render("rhymix/message.html", base=self.base, message=message))

    def href(self, document: Document) -> str:
        """Address of a document as the site shows it."""
        return f"{self.base}/{document.board}/{document.number}"

    def shown(self, mid: str) -> list[Document]:
        """Documents of a board, the newest first."""
        return [one for one in self.content.documents if one.board == mid and one.is_shown(self.now)]

    def comments(self, document: Document) -> list[Comment]:
        """Comments that are written by now."""
        return [comment for comment in document.comments if comment.published_at <= self.now]

    def _frame(self, mid: str, title: str, content: str, *, canonical: str = "", footer: str = "") -> str:
        links = [element("a", name, href=f"{self.base}/{board}") for board, name in self.content.boards.items()]
        return render(
            "rhymix/page.html",
            title=escape(f"{self.content.title} - {title}"),
            og_title=escape(title),
            site=self.content.title,
            base=self.base,
            base_js=self.base.replace("/", "\\/"),
            mid=mid,
            menu="".join(element("li", link) for link in links),
            canonical=canonical,
            content=content,
            footer=footer,
        )

    def _rows(self, mid: str, page: int) -> tuple[list[Document], list[tuple[Document, str]], int]:
        """Notices, the documents of a page with what counts them, and the number of pages."""
        shown = self.shown(mid)
        regular = [one for one in shown if not one.notice]
        first = (page - 1) * ROWS
        rows = [(one, str(len(regular) - first - at)) for at, one in enumerate(regular[first : first + ROWS])]
        return [one for one in shown if one.notice], rows, max(1, -(-len(regular) // ROWS))

    def _row(self, mid: str, document: Document, number: str) -> str:
        href, count = f"{self.base}/{mid}/{document.number}", len(self.comments(document))
        replies = element("a", f"[{count}]", href=f"{href}#comment", class_="replyNum", title="Replies")
        lock = '<img src="/modules/document/tpl/icons/secret.gif" alt="secret" title="secret" />'
        return render(
            "rhymix/row.html",
            row_class=' class="notice"' if document.notice else "",
            number_class="notice" if document.notice else "no",
            number=number,
            href=href,
            title="비밀글입니다." if document.secret else escape(document.title),
            replies=replies if count else "",
            icons=lock if document.secret else "",
            writer=_name(document.writer),
            date=f"{document.published_at.astimezone(KST):%Y.%m.%d}",
            views=document.views,
            votes=document.votes,
        )

    def _categories(self, mid: str) -> str:
        names = dict.fromkeys(one.category for one in self.content.documents if one.board == mid and one.category)
        links = [
            element("a", name, href=f"{self.base}/index.php?mid={mid}&category={at}")
            for at, name in enumerate(names, 60)
        ]
        return "".join(element("li", link) for link in [element("a", "전체", href=f"{self.base}/{mid}"), *links])

    def _pager(self, prefix: str, page: int, last: int, anchor: str = "") -> str:
        numbers = [
            element("strong", str(at)) if at == page else element("a", str(at), href=f"{prefix}{at}{anchor}")
            for at in range(1, last + 1)
        ]
        first = element("a", "첫 페이지", href=f"{prefix}1{anchor}", class_="direction prev")
        end = element("a", "끝 페이지", href=f"{prefix}{last}{anchor}", class_="direction next")
        return "\n".join([first, *numbers, end])

    def _document(self, document: Document, cpage: int) -> str:
        votes = element("span", f"추천:{document.votes}", class_="vote_count") if document.votes else ""
        category = (
            element("a", document.category, href=f"{self.base}/{document.board}", class_="category")
            if document.category
            else ""
        )
        return render(
            "rhymix/document.html",
            base=self.base,
            mid=document.board,
            number=document.number,
            href=self.href(document),
            category=category,
            title="비밀글입니다." if document.secret else escape(document.title),
            writer=_name(document.writer, "author"),
            date=_date(document.published_at),
            edited=self._edited(document),
            views=document.views,
            votes=votes,
            body=self._body(document),
            files=_files(document),
            tags=self._tags(document),
            comment_count=len(self.comments(document)),
            comments=self._comments(document, cpage),
        )

    def _body(self, document: Document) -> str:
        if document.secret:
            return self._form(document)
        marks = f"document_{document.number}_{document.writer.number or 0} rhymix_content xe_content"
        text = self.scene.directory.fill(document.text_at(self.now))
        return element("div", linked(text), class_=marks)

    def _form(self, document: Document, comment: Comment | None = None) -> str:
        field = f'<input type="hidden" name="comment_srl" value="{comment.number}" />' if comment else ""
        return render(
            "rhymix/secret.html",
            mid=document.board,
            number=document.number,
            form_class="rhymix_content xe_content secretForm" if comment else "secretForm",
            comment_field=field,
            suffix=f"_{comment.number}" if comment else "",
        )

    def _edited(self, document: Document) -> str:
        if document.edited_at is None or not document.is_edited(self.now):
            return ""
        return element("span", f"최종 글 수정 : {_date(document.edited_at)}", class_="time last_update")

    def _tags(self, document: Document) -> str:
        prefix = f"{self.base}/index.php?mid={document.board}&search_target=tag&search_keyword="
        links = [element("a", tag, href=prefix + quote(tag), class_="tag", rel="tag") for tag in document.tags]
        return element("span", "<span>,</span>".join(links), class_="tags") if links else ""

    def _comments(self, document: Document, cpage: int) -> str:
        shown = self.comments(document)
        last = max(1, -(-len(shown) // COMMENTS))
        page = min(cpage or last, last)
        items = [self._comment(document, comment) for comment in shown[(page - 1) * COMMENTS : page * COMMENTS]]
        pager = self._pager(f"{self.href(document)}?cpage=", page, last, "#comment")
        pages = element("div", pager, class_="pagination") if last > 1 else ""
        return (element("ul", *items, class_="fbList") if items else "") + pages

    def _comment(self, document: Document, comment: Comment) -> str:
        call = f"doCallModuleAction('comment','procCommentVoteUp','{comment.number}');return false;"
        votes = element(
            "a", '<i class="xi-thumbs-up"></i>', f"추천{comment.votes}", href="#", onclick=call, class_="voted"
        )
        return render(
            "rhymix/comment.html",
            base=self.base,
            mid=document.board,
            number=comment.number,
            indent=f" indent indent{comment.depth}" if comment.depth else "",
            writer=_name(comment.writer),
            date=_date(comment.published_at),
            body=self._comment_body(document, comment),
            votes=votes,
        )

    def _comment_body(self, document: Document, comment: Comment) -> str:
        if comment.deleted:
            return element("div", "삭제된 댓글입니다.", class_="rhymix_content xe_content deleted")
        if comment.secret:
            return self._form(document, comment)
        marks = f"comment_{comment.number}_{comment.writer.number or 0} rhymix_content xe_content"
        return element("div", linked(self.scene.directory.fill(comment.text)), class_=marks)


def _name(writer: Writer, also: str = "") -> str:
    """A member's name with the class that its menu goes by, or a guest's."""
    if writer.number is None:
        return element("strong", escape(writer.name))
    marks = f"member_{writer.number} {also}".strip()
    return element("a", escape(writer.name), href="#popup_menu_area", class_=marks, onclick="return false")


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(KST):%Y.%m.%d %H:%M}"


def _files(document: Document) -> str:
    href = f"/index.php?module=file&act=procFileDownload&file_srl={document.number}&sid=0"
    size = element("span", "[File Size:120.5KB/Download:41]", class_="fileSize")
    links = [element("li", element("a", escape(name), " ", size, href=href)) for name in document.files]
    button = element("button", f"첨부파일 [<strong>{len(links)}</strong>]", type="button", class_="toggleFile")
    return element("div", button, element("ul", *links, class_="files"), class_="fileList") if links else ""
