"""Dead letters: what is told of them, and that none is lost on its way, whenever it ends."""

from __future__ import annotations

import io
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
import pytest
import yaml
from rich.console import Console

from socialindex.aws.frontier import Pending
from socialindex.aws.letters import Letter
from socialindex.cli.ops_editing import edited
from socialindex.cli.ops_letters import letters
from socialindex.cli.ops_letters_show import counted
from socialindex.cli.ops_letters_show import letter as whole
from socialindex.cli.output import columns
from socialindex.deliver.courier import GivenUp
from socialindex.errors import Conflict, ParseError
from socialindex.messages import Archived, CrawlGroup, PostBatch, encode
from socialindex.model import Author, Post
from socialindex.ops.letters import KINDS, UNTOLD, Chosen, common, read, stage_named, summary
from socialindex.ops.redriving import Clock, Taking, look
from socialindex.sources.base import Request
from socialindex.topics.job import Wake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from socialindex.model import Struct

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
NAME = "김하늘"
POST = Post(
    id="a" * 26,
    uri="https://social.example/@haneul/1",
    source="mastodon",
    collected_at=NOW,
    text="비밀",
    author=Author(id="https://social.example/@haneul", name=NAME),
)
ASKED = Pending(host="a.example", channel="ch_1", request=Request(url="https://a.example/@haneul", kind="page"))
MESSAGES: dict[str, Struct] = {
    "crawl": ASKED,
    "normalize": Archived(key="raw/2026/11/28/1.warc.gz", offset=7, length=9, source="feed"),
    "index": PostBatch(posts=[POST]),
    "topics": Wake(id="tp_1"),
    "deliver": GivenUp(workspace="ws_1", delivery="msg_1", destination="de_1", event="ev_1"),
}


def test_the_list_names_a_letter_of_each_reason_whole_however_narrow_the_terminal_is() -> None:
    name = "b7515c18-4f75-4a29-a1c2-9a5fb05a2bc1"
    reason = "ParseError: no PostBatch message: JSON is malformed"
    one = {"stage": "normalize", "letters": 2, "reasons": {reason: 2}, "ids": {reason: [name, "other"]}}
    page = io.StringIO()
    Console(file=page, width=80).print(counted({"items": [one, {**one, "letters": 0, "reasons": {}, "ids": {}}]}))
    assert name in page.getvalue()


def test_the_help_names_every_stage_that_has_letters_in_their_order() -> None:
    told = letters.get_short_help_str(), letters.help or ""
    assert told[0].startswith("Look at dead letters")
    assert re.findall(r"[a-z]+", told[1].partition("A STAGE is ")[2].replace(" or ", " ")) == list(KINDS)


@pytest.mark.parametrize(("is_terminal", "lines"), [(True, 2), (False, 1)])
def test_a_list_without_rows_says_so_to_people_and_has_headers_alone_for_programs(
    *, is_terminal: bool, lines: int
) -> None:
    page = io.StringIO()
    Console(file=page, width=80, force_terminal=is_terminal).print(columns("id", "name"))
    assert len(page.getvalue().splitlines()) == lines
    assert ("(none)" in page.getvalue()) is is_terminal


def test_a_letter_without_a_reason_is_shown_with_what_that_means() -> None:
    page = io.StringIO()
    one = {"id": "l1", "stage": "topics", "sent_at": NOW, "reason": None, "correlation": [], "about": {}}
    Console(file=page, width=120).print(whole(one))
    assert UNTOLD in page.getvalue()


def test_every_queue_of_dead_letters_has_its_stage() -> None:
    text = (Path(__file__).parents[3] / "template.yaml").read_text("utf-8")
    resources = yaml.load(text, Loader=_Loose)["Resources"]  # noqa: S506 - SAM's tags become plain values
    queues = {name for name, one in resources.items() if one["Type"] == "AWS::SQS::Queue"}
    assert {f"{stage_named(stage)}DeadLetters" for stage in KINDS} == {q for q in queues if q.endswith("DeadLetters")}


class _Loose(yaml.SafeLoader):
    """Knows no tag, and minds none."""


_Loose.add_multi_constructor("!", lambda loader, suffix, node: None)  # noqa: ARG005 - yaml's own


@pytest.mark.parametrize("stage", MESSAGES)
def test_a_letter_is_told_by_its_references_and_not_by_what_people_wrote(stage: str) -> None:
    body = encode(MESSAGES[stage])
    told = summary(stage, body)
    assert (told["kind"], read(stage, body)) == (type(MESSAGES[stage]).__name__, MESSAGES[stage])
    assert not any(word in str(told) for word in (NAME, "haneul", "비밀"))


def test_of_a_batch_the_posts_are_named() -> None:
    told = summary("index", encode(MESSAGES["index"]))
    assert (told["source"], told["count"], told["posts"]) == ("mastodon", 1, [POST.id])


@pytest.mark.parametrize("body", ["", "{}", "no JSON", '{"hosts": 1}', encode(MESSAGES["normalize"])])
def test_what_the_stage_cannot_read_is_said_so_for_each_kind(body: str) -> None:
    told = summary("crawl", body)
    assert told["kind"] is None
    assert all(kind.__name__ in told["trouble"] for kind in KINDS["crawl"])
    with pytest.raises(ParseError):
        read("crawl", body)


def test_a_group_of_hosts_and_a_request_are_told_apart() -> None:
    assert summary("crawl", encode(CrawlGroup(hosts=["a.example"]))) == {"kind": "CrawlGroup", "hosts": ["a.example"]}


# Choosing


def letter(number: int, reason: str | None = "ParseError: odd", sent_at: datetime = NOW, body: str = "") -> Letter:
    return Letter(f"l{number}", body or f"body {number}", reason, sent_at, f"r{number}", (f"c{number}",))


@pytest.mark.parametrize(
    ("chosen", "taken"),
    [
        (Chosen(), [0, 1, 2]),
        (Chosen(reason="layout"), [1]),
        (Chosen(reason="received too often"), [2]),
        (Chosen(frozenset({"l0", "l1"})), [0, 1]),
        (Chosen(frozenset({"l0", "l1"}), "layout"), [1]),
    ],
)
def test_letters_are_chosen_by_id_and_by_words_of_their_reason(chosen: Chosen, taken: list[int]) -> None:
    letters = [letter(0), letter(1, "LayoutChanged: no list"), letter(2, None)]
    assert [number for number, each in enumerate(letters) if chosen.takes(each)] == taken


def test_reasons_that_differ_in_particulars_only_are_one() -> None:
    letters = [letter(n, f"ParseError: nothing at raw/2026/11/28/{n}.warc.gz {n}+10") for n in range(3)]
    assert common([*letters, letter(9, None)]) == {"ParseError: nothing at … …": 3, UNTOLD: 1}


# On their way


class Box:
    """A queue in memory: what was read is hidden until it is let go or deleted."""

    def __init__(self, *letters: Letter) -> None:
        self.there = {each.id: each for each in letters}
        self.hidden: set[str] = set()

    def read(self) -> Iterator[list[Letter]]:
        while some := list(itertools.islice((e for e in self.there.values() if e.id not in self.hidden), 10)):
            self.hidden |= {each.id for each in some}
            yield some

    def delete(self, letters: list[Letter]) -> None:
        for each in letters:
            del self.there[each.id]
            self.hidden.discard(each.id)

    def let_go(self, letters: list[Letter]) -> None:
        self.hidden -= {each.id for each in letters}


class Time:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.at = 0.0

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: NOW, lambda: self.at, self.sleep)


def take(box: Box, act: Callable[[Letter], None], chosen: Chosen | None = None, **options: Any) -> Any:
    time = options.get("time") or Time()
    return Taking(box, time.clock).run(chosen or Chosen(), act, lambda _: None, rate=options.get("rate", 100.0))


def test_all_are_sent_and_then_gone() -> None:
    box, sent = Box(*map(letter, range(25))), list[str]()
    done = take(box, lambda each: sent.append(each.id))
    assert (done.taken, len(sent), box.there) == (25, 25, {})


@pytest.mark.parametrize("fatal", [0, 1, 9, 10, 24])
def test_whoever_is_killed_in_the_middle_has_lost_none(fatal: int) -> None:
    box, sent = Box(*map(letter, range(25))), list[str]()

    def act(each: Letter) -> None:
        if len(sent) == fatal:
            raise KeyboardInterrupt
        sent.append(each.id)

    with pytest.raises(KeyboardInterrupt):
        take(box, act)
    box.hidden.clear()  # their time is up
    take(box, lambda each: sent.append(each.id))
    assert set(sent) == {f"l{number}" for number in range(25)}


def test_no_more_go_in_a_second_than_was_said() -> None:
    time = Time()
    take(Box(*map(letter, range(40))), lambda _: None, rate=5.0, time=time)
    assert time.at == pytest.approx(8.0)


def test_what_is_given_up_again_meanwhile_is_left_for_another_time() -> None:
    box = Box(letter(0), letter(1, sent_at=NOW + timedelta(seconds=1)))
    assert take(box, lambda _: None).taken == 1
    assert (list(box.there), box.hidden) == (["l1"], set())


def test_what_cannot_go_is_left_and_said_why() -> None:
    box = Box(*map(letter, range(3)))

    def act(each: Letter) -> None:
        if each.id == "l1":
            raise Conflict("the destination of this delivery is gone")

    done = take(box, act)
    assert (done.taken, dict(done.refused)) == (2, {"Conflict: the destination of this delivery is gone": 1})
    assert (list(box.there), box.hidden) == (["l1"], set())


def test_for_one_by_its_id_not_all_are_read() -> None:
    box = Box(*map(letter, range(1_000)))
    assert take(box, lambda _: None, Chosen(frozenset({"l12"}))).taken == 1
    assert [each.id for each in look(box, Chosen(frozenset({"l5"})))] == ["l5"]
    assert (len(box.there), box.hidden) == (999, set())


def test_a_look_hides_nothing_for_longer_than_it_takes() -> None:
    box = Box(*map(letter, range(30)))
    assert len(look(box, Chosen(), most=20)) == 20
    assert (len(box.there), box.hidden) == (30, set())


# In an editor


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have an editor save these texts, one after the other; answer what is asked in between with yes."""

    def saving(*texts: str) -> None:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.text").write_text(text, "utf-8")
        script = tmp_path / "editor"
        script.write_text(f'#!/bin/sh\nset -- "$1" {tmp_path}/*.text\ncp "$2" "$1" && rm "$2"\n', "utf-8")
        script.chmod(0o700)
        monkeypatch.setenv("EDITOR", str(script))
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    return saving


MENDED = encode(Archived(key="raw/2026/11/28/2.warc.gz", offset=7, length=9, source="feed"))


def test_what_the_stage_cannot_read_is_edited_again(
    editor: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    editor(MENDED.replace("7", '"seven"'), MENDED)
    assert edited("normalize", encode(MESSAGES["normalize"])) == MENDED
    assert "normalize cannot read it: no Archived message: Expected `int`, got `str` - at `$.offset`" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("body", [encode(MESSAGES["normalize"]), "no JSON"])
def test_who_changes_nothing_has_sent_nothing(editor: Callable[..., None], body: str) -> None:
    editor(json.dumps(json.loads(body), indent=2) if body.startswith("{") else body)
    with pytest.raises(click.Abort):
        edited("normalize", body)


def test_a_message_is_what_it_was_when_it_goes_back() -> None:
    assert msgspec.structs.asdict(read("crawl", encode(ASKED))) == msgspec.structs.asdict(ASKED)
