"""A post with its comments, as ``view.skin.php`` and ``view_comment.skin.php`` of the basic skin show them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.gnuboard.frame import frame
from infra.local.world.sites.gnuboard.view import long_date, masked, writer
from infra.local.world.sites.html import element, icon, linked, render, unseen
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from infra.local.world.records import Attachment, Comment, Thread
    from infra.local.world.sites.gnuboard.view import BoardView

_LINK_ATTRIBUTES = ' target="_blank" rel="nofollow"'
_INDENT_PIXELS = 50
_NO_COMMENTS = element("p", "등록된 댓글이 없습니다.", id="bo_vc_empty")


def thread_page(view: BoardView, thread: Thread) -> str:
    """A post with its comments."""
    comments = view.comments(thread)
    content = render(
        "gnuboard/view.html",
        base=view.base,
        category=element("span", escape(thread.category), class_="bo_v_cate") if thread.category else "",
        title=escape(thread.title),
        writer=writer(thread.writer, view.base, view.board.table),
        ip=f"&nbsp;({masked(thread.writer.ip)})" if view.board.shows_ip else "",
        comment_count=f"{len(comments):,}",
        views=f"{view.views(thread):,}",
        date=long_date(thread.published_at),
        list_href=escape(view.href()),
        images=_images(view, thread),
        text=linked(view.scene.directory.fill(thread.text), _LINK_ATTRIBUTES),
        likes=_likes(view, thread),
        files=_files(view, thread),
        neighbors=_neighbors(view, thread),
        comments=_comments(view, comments),
    )
    return frame(view.scene, f"{thread.title} > {view.board.title}", view.board.table, content)


def _images(view: BoardView, thread: Thread) -> str:
    shown = [_image(view, file) for file in thread.files if file.image]
    return element("div", *shown, id="bo_v_img") if shown else ""


def _image(view: BoardView, file: Attachment) -> str:
    source = f"{view.base}/data/file/{view.board.table}/{file.name}"
    image = f'<img src="{escape(source)}" alt="{escape(file.name)}">'
    return element("a", image, href=f"{view.base}/bbs/view_image.php?fn={file.name}", class_="view_image")


def _likes(view: BoardView, thread: Thread) -> str:
    if not view.board.shows_likes:
        return ""
    count = element("strong", f"{view.likes(thread):,}")
    return element("div", element("span", icon("thumbs-o-up"), count, class_="bo_v_good"), id="bo_v_act")


def _files(view: BoardView, thread: Thread) -> str:
    listed = [_file(view, thread, index) for index, file in enumerate(thread.files) if not file.image]
    return element("section", element("h2", "첨부파일"), element("ul", *listed), id="bo_v_file") if listed else ""


def _file(view: BoardView, thread: Thread, index: int) -> str:
    file = thread.files[index]
    href = f"{view.base}/bbs/download.php?bo_table={view.board.table}&wr_id={thread.number}&no={index}"
    name = element("a", element("strong", escape(file.name)), f" ({file.size})", href=href, class_="view_file_download")
    uploaded = f"{thread.published_at.astimezone(KST):%Y-%m-%d %H:%M:%S}"
    count = element("span", f"{index + 2}회 다운로드 | DATE : {uploaded}", class_="bo_v_file_cnt")
    return element("li", icon("folder-open"), name, "<br>", count)


def _neighbors(view: BoardView, thread: Thread) -> str:
    """The posts before and after."""
    threads = view.threads()
    index = next(place for place, other in enumerate(threads) if other.number == thread.number)
    older = _neighbor(view, threads[index + 1], "이전글", "btn_prv") if index + 1 < len(threads) else ""
    newer = _neighbor(view, threads[index - 1], "다음글", "btn_next") if index else ""
    return element("ul", older, newer, class_="bo_v_nb")


def _neighbor(view: BoardView, thread: Thread, label: str, css: str) -> str:
    link = element("a", escape(thread.title), href=view.href(thread))
    date = element("span", f"{thread.published_at.astimezone(KST):%y.%m.%d}", class_="nb_date")
    return element("li", element("span", label, class_="nb_tit"), link, date, class_=css)


def _comments(view: BoardView, comments: list[tuple[int, Comment]]) -> str:
    items = [_comment(view, depth, comment, len(comments) - i + 1) for i, (depth, comment) in enumerate(comments)]
    return render("gnuboard/comments.html", count=len(comments), items="\n".join(items) or _NO_COMMENTS)


def _comment(view: BoardView, depth: int, comment: Comment, layer: int) -> str:
    text = view.scene.directory.fill(comment.text)
    return render(
        "gnuboard/comment.html",
        base=view.base,
        number=comment.number,
        style=f'style="margin-left:{depth * _INDENT_PIXELS}px;border-top-color:#e0e0e0"' if depth else "",
        layer=layer,
        name=escape(comment.writer.name),
        nested=unseen("댓글의") + " " if depth else "",
        writer=writer(comment.writer, view.base, view.board.table),
        ip=unseen("아이피") + element("span", f"({masked(comment.writer.ip)})") if view.board.shows_ip else "",
        datetime=f"{comment.published_at.astimezone(KST):%Y-%m-%dT%H:%M}:00+09:00",
        date=long_date(comment.published_at),
        text=_secret(view) if comment.secret else linked(text, _LINK_ATTRIBUTES),
        secret="secret" if comment.secret else "",
        saved="" if comment.secret else escape(text),
    )


def _secret(view: BoardView) -> str:
    """What visitors see instead of a secret comment."""
    lock = f'<img src="{view.base}/skin/board/basic/img/icon_secret.gif" alt="비밀글">'
    href = f"{view.base}/bbs/password.php?w=sc&bo_table={view.board.table}"
    return lock + element("a", "댓글내용 확인", href=href, class_="s_cmt")
