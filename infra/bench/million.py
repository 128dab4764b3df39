"""An engine that holds a million generated posts, filled once and kept between runs.

    with million(posts_wanted()) as running:
        client = engine.connect(running.get(OpenSearch).url, signed=False)

``python -m infra.bench.million`` fills it beforehand: 10 to 20 minutes on two cores, 2 GB of disk in ``.local/bench``.
What is stopped goes on where it was. ``BENCH_POSTS`` is how many posts; another number, other posts or another analysis
make another folder, and the folders that were for the same number before go.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from infra.bench.million_posts import BEGIN, CHUNK, END, Posts, document
from infra.bench.progress import say
from infra.local.servers import OpenSearch, OpenSearchConfig, Running, free_port, start_all
from socialindex import engine
from socialindex.engine import ALIAS, index_of
from socialindex.errors import InvalidSettings, Unavailable
from socialindex.setup.stage import Setup
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from opensearchpy import OpenSearch as Engine

    from infra.local.servers import ServerConfig
    from socialindex.model import Post

POSTS: Final = 1_000_000
_LEAST, _MOST = CHUNK, 20_000_000
_ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = _ROOT / ".local" / "bench"
_PARTS: Final = _ROOT / "infra" / "opensearch"
_DIGITS: Final = 12
_HEAP_MB: Final = 1_024
_FILLED: Final = "filled"
_SENDERS: Final = 2
_WAITING: Final = 4
"""Chunks that may wait to be sent, beside those that are being sent: more would only take memory."""
_PATIENCE: Final = 120
"""Seconds until an engine that is merging counts as gone."""
_PATIENCE_AT_START: Final = 600.0
_TOLD_SECONDS: Final = 10.0
_FILLING: Final[dict[str, Any]] = {
    "index": {
        "refresh_interval": "-1",
        "number_of_replicas": 0,
        "auto_expand_replicas": "false",
        "translog.durability": "async",
    }
}
"""Settings of an index that nobody reads yet, and that is made anew if it is not finished."""
_SERVING: Final[dict[str, Any]] = {
    "index": {
        "refresh_interval": None,
        "translog.durability": None,
    }
}


def posts_wanted() -> int:
    """How many posts ``BENCH_POSTS`` asks for, in whole chunks.

    Raises:
        InvalidSettings: it is no such number.
    """
    text = os.environ.get("BENCH_POSTS", "") or str(POSTS)
    if not (text.isascii() and text.isdigit() and _LEAST <= int(text) <= _MOST):
        remedy = f"use a whole number from {_LEAST} to {_MOST}"
        raise InvalidSettings(f"BENCH_POSTS is {text!r}", field="BENCH_POSTS", remedy=remedy)
    return int(text) // CHUNK * CHUNK


@contextmanager
def million(size: int, others: Sequence[ServerConfig] = (), folder: Path = FOLDER) -> Iterator[Running]:
    """An engine that holds so many posts, and other servers beside it. What is not there yet is filled first.

    Raises:
        Unavailable: a server cannot be had or does not answer.
    """
    posts = Posts(size)
    home = folder / f"posts-{size}-{version(posts)}"
    _forget(folder, f"posts-{size}-", home)
    home.mkdir(parents=True, exist_ok=True)
    note = Note(home / "chunks")
    config = OpenSearchConfig(data=home / "engine", port=free_port(), heap_mb=_HEAP_MB)
    with start_all([config, *others], timeout=_PATIENCE_AT_START) as running:
        if not note.is_final:
            fill(engine.connect(running.get(OpenSearch).url, signed=False), posts, note)
        yield running


def version(posts: Posts) -> str:
    """What the documents and their analysis are, in short."""
    parts = [_bulk(posts.chunk(0)), posts_template(_PARTS)["_meta"]["digest"].encode()]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:_DIGITS]


class Note:
    """A file that says how many chunks an engine surely has, or that it is filled."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = path.read_text("ascii") if path.exists() else "0"

    @property
    def is_final(self) -> bool:
        """Whether all is there, merged."""
        return self._text == _FILLED

    @property
    def chunks(self) -> int:
        """How many, from the first on, need not be sent again."""
        return int(self._text)

    def put(self, text: str) -> None:
        """Note it."""
        self._text = text
        self._path.write_text(text, "ascii")


def fill(client: Engine, posts: Posts, note: Note) -> None:
    """Set an engine up and put posts into it, merged as those of months that are over.

    Raises:
        Unavailable: the engine refuses a document, or does not answer.
    """
    Setup(client, _PARTS).run()
    for month in months():
        if not client.indices.exists(index=index_of(month)):
            client.indices.create(index=index_of(month), body={"settings": _FILLING})
    progress = _Progress(posts.size // CHUNK or 1, note)
    with ThreadPoolExecutor(_SENDERS, "fill") as senders:
        sent: deque[Future[None]] = deque()
        for number in range(note.chunks, posts.size // CHUNK):
            sent.append(senders.submit(_send, client, _bulk(posts.chunk(number))))
            if len(sent) > _WAITING:
                sent.popleft().result()
                progress.one_more()
        while sent:
            sent.popleft().result()
            progress.one_more()
    _settle(client)
    note.put(_FILLED)


def months() -> list[str]:
    """The months of the posts, each ``YYYY-MM``."""
    count = 12 * (END.year - BEGIN.year) + END.month - BEGIN.month
    numbers = (12 * BEGIN.year + BEGIN.month - 1 + number for number in range(count))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def _forget(folder: Path, prefix: str, kept: Path) -> None:
    for old in folder.glob(f"{prefix}*"):
        if old != kept:
            say(f"  deleting {old.name}: the posts or their analysis are others now")
            shutil.rmtree(old)


def _bulk(posts: Iterable[Post]) -> bytes:
    lines: list[bytes] = []
    for post in posts:
        action = {"index": {"_index": index_of(f"{post.collected_at:%Y-%m}"), "_id": post.id}}
        lines += [msgspec.json.encode(action), msgspec.json.encode(document(post))]
    return b"\n".join([*lines, b""])


def _send(client: Engine, body: bytes) -> None:
    answer = client.bulk(body=body, params={"filter_path": "errors,items.*.error", "request_timeout": _PATIENCE})
    if answer["errors"]:
        raise Unavailable(f"the engine refuses a generated post: {answer['items'][0]}")


def _settle(client: Engine) -> None:
    """Merge each month into one segment, one month after the other."""
    for month in months():
        say(f"  merging {month} ...")
        index = index_of(month)
        client.indices.put_settings(index=index, body=_SERVING)
        client.indices.refresh(index=index, params={"request_timeout": _PATIENCE})
        _merge(client, index)
    client.indices.flush(index=ALIAS, params={"request_timeout": _PATIENCE})


def _merge(client: Engine, index: str) -> None:
    """A merge may take longer than a connection lives: so it is a task that is looked after."""
    answer = client.indices.forcemerge(index=index, params={"max_num_segments": "1", "wait_for_completion": "false"})
    while not client.tasks.get(task_id=answer["task"])["completed"]:
        time.sleep(0.5)


class _Progress:
    """Tells now and then how far it is, and how long it will take; and notes what the engine has on disk by then."""

    def __init__(self, total: int, note: Note) -> None:
        self._total = total
        self._note = note
        self._first = self._done = self._before = note.chunks
        self._began = self._told = time.monotonic()

    def one_more(self) -> None:
        """A chunk was written."""
        self._done += 1
        now = time.monotonic()
        if now - self._told < _TOLD_SECONDS and self._done < self._total:
            return
        rate = (self._done - self._first) / (now - self._began)
        left = (self._total - self._done) / rate / 60
        say(f"  {self._done * CHUNK:,} of {self._total * CHUNK:,} posts, {rate * CHUNK:,.0f}/s, {left:.0f} min left")
        # The engine writes its journal down every five seconds: what was there the last time is on disk.
        self._note.put(str(self._before))
        self._told, self._before = now, self._done


def _main() -> None:
    with million(posts_wanted()) as running:
        client = engine.connect(running.get(OpenSearch).url, signed=False)
        stats = client.indices.stats(index=ALIAS, metric="docs,store")["_all"]["primaries"]
        say(f"  {stats['docs']['count']:,} posts, {stats['store']['size_in_bytes'] / 1e9:.1f} GB")


if __name__ == "__main__":
    _main()
