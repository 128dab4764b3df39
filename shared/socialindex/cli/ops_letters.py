"""Dead letters: looked at, mended, sent on their way again, thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from socialindex.aws.deliveries import DeliveriesTable
from socialindex.aws.destinations import DestinationsTable
from socialindex.aws.frontier import Frontier
from socialindex.aws.hosts import Hosts
from socialindex.aws.letters import LetterBox
from socialindex.aws.queues import Queue
from socialindex.cli import ops_letters_show as show
from socialindex.cli.ops_asking import How, changing, looking
from socialindex.cli.ops_editing import edited
from socialindex.errors import NotFound
from socialindex.messages import encode
from socialindex.ops.letters import KINDS, Chosen, by_reason, common, read, stage_named, summary
from socialindex.ops.redriving import LOOKED_AT, Taking, Ways, look, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.letters import Letter
    from socialindex.ops.reach import Reach
    from socialindex.ops.redriving import Done

_HELP: Final = f"""Look at dead letters, mend them, send them again, throw them away.

A STAGE is {", ".join(list(KINDS)[:-1])} or {list(KINDS)[-1]}.
"""
_STAGE: Final = click.argument("stage", type=click.Choice(list(KINDS)), metavar="STAGE")
_REASON: Final = click.option("--reason", default="", help="Only those whose reason has these words.")
_RATE: Final = click.option(
    "--rate", type=click.FloatRange(0.1, 1_000), default=50, show_default=True, help="Letters a second at most."
)
_IDS: Final = click.argument("ids", nargs=-1)


@click.group(help=_HELP)
def letters() -> None:
    """Group of what is done with dead letters."""


@letters.command("list")
@click.option("--stage", "stages", multiple=True, type=click.Choice(list(KINDS)), help="Only these. Repeatable.")
@looking
def letters_list(stages: tuple[str, ...], *, how: How) -> None:
    """Count dead letters by stage and reason; reasons are those of the first ten thousand of each.

    One of each reason is named, for `show` and `fix`; with --json all are.
    """
    found = [_counted(how.stack, stage) for stage in stages or KINDS]
    how.tell({"items": found}, show.counted)


@letters.command("show")
@_STAGE
@click.argument("id")
@click.option("--body", is_flag=True, help="All of it; posts have what people wrote.")
@looking
def letters_show(stage: str, id: str, *, body: bool, how: How) -> None:  # noqa: A002 - the word of the help page
    """Show why a letter was given up, and what it is about."""
    letter = _one(how.stack, stage, id)
    told: dict[str, Any] = {
        "id": letter.id,
        "stage": stage,
        "sent_at": letter.sent_at,
        "reason": letter.reason,
        "correlation": letter.correlation,
        "about": summary(stage, letter.body),
    }
    how.tell({**told, **({"body": letter.body} if body else {})}, show.letter)


@letters.command("fix")
@_STAGE
@click.argument("id")
@click.option(
    "--body", "file", type=click.File(encoding="utf-8"), help="The mended letter; an editor opens without it."
)
@changing
def letters_fix(stage: str, id: str, *, file: Any, how: How) -> None:  # noqa: A002, ANN401 - the word of the help page, a file
    """Mend a letter, in $EDITOR or from a file, and send it on its way."""
    letter = _one(how.stack, stage, id)
    mended = encode(read(stage, file.read() if file else edited(stage, letter.body)))
    if not how.agreed(f"{stage} gets letter {id} mended, and it leaves the dead letters.", stage=stage, letters=1):
        return
    done = _take(how, stage, Chosen(frozenset({id})), lambda _: send(stage, mended, _ways(how.stack, stage)), 1)
    how.tell(_told(stage, done, "sent"), show.taken)


@letters.command("redrive")
@_STAGE
@_IDS
@_REASON
@_RATE
@changing
def letters_redrive(stage: str, ids: tuple[str, ...], *, reason: str, rate: float, how: How) -> None:
    """Send dead letters on their way again: all of a STAGE, those of a reason, or those of some IDS.

    Each is sent before it is taken out, so that none is lost; to handle one twice changes nothing.

    \b
    socialindex ops letters redrive normalize --reason LayoutChanged --dry-run
    """  # noqa: D301 - click's own mark, not a backslash
    chosen = Chosen(frozenset(ids), reason)
    if not _agreed(how, stage, chosen, "sent on their way again"):
        return
    ways = _ways(how.stack, stage)
    done = _take(how, stage, chosen, lambda letter: send(stage, letter.body, ways), rate)
    how.tell(_told(stage, done, "sent"), show.taken)


@letters.command("purge")
@_STAGE
@_IDS
@_REASON
@changing
def letters_purge(stage: str, ids: tuple[str, ...], *, reason: str, how: How) -> None:
    """Throw dead letters away for good: all of a STAGE, those of a reason, or those of some IDS."""
    chosen = Chosen(frozenset(ids), reason)
    if _agreed(how, stage, chosen, "thrown away for good"):
        how.tell(_told(stage, _take(how, stage, chosen, lambda _: None, 1e6), "thrown_away"), show.taken)


def _box(stack: Reach, stage: str) -> LetterBox:
    return LetterBox(stack.of(f"{stage_named(stage)}DeadLetters"))


def _counted(stack: Reach, stage: str) -> dict[str, Any]:
    depth = Queue(stack.of(f"{stage_named(stage)}DeadLetters")).depth()
    found = look(_box(stack, stage), Chosen()) if depth.waiting else []
    reasons = dict(common(found).most_common())
    return {"stage": stage, "letters": depth.waiting + depth.in_flight, "reasons": reasons, "ids": by_reason(found)}


def _one(stack: Reach, stage: str, name: str) -> Letter:
    found = look(_box(stack, stage), Chosen(frozenset({name})))
    if not found:
        raise NotFound(f"{stage} has no dead letter {name}; or somebody looks at it: then it is back in five minutes")
    return found[0]


def _agreed(how: How, stage: str, chosen: Chosen, what: str) -> bool:
    """Whether to go on; not where there is nothing."""
    found = look(_box(how.stack, stage), chosen)
    if not found:
        how.tell({"stage": stage, "letters": 0}, lambda _: f"{stage} has no dead letters{chosen.words}.")
        return False
    more = " or more" if len(found) >= LOOKED_AT else ""
    would = f"{len(found):,}{more} dead letters of {stage}{chosen.words} are {what}."
    return how.agreed(would, stage=stage, letters=len(found), reasons=dict(common(found).most_common()))


def _take(how: How, stage: str, chosen: Chosen, act: Callable[[Letter], None], rate: float) -> Done:
    def tell(count: int) -> None:
        how.progress(f"{count:,} letters are out")

    return Taking(_box(how.stack, stage)).run(chosen, act, tell, rate=rate)


def _ways(stack: Reach, stage: str) -> Ways:
    return Ways(
        queue=Queue(stack.of(f"{stage_named(stage)}Queue")),
        frontier=Frontier(stack.of("FrontierTable")),
        hosts=Hosts(stack.of("HostsTable")),
        deliveries=DeliveriesTable(stack.of("DeliveriesTable")),
        destinations=DestinationsTable(stack.of("DestinationsTable")),
    )


def _told(stage: str, done: Done, word: str) -> dict[str, Any]:
    return {"stage": stage, word: done.taken, "left": dict(done.refused)}
