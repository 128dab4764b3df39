"""Commands that show figures: volume, voices, moods, what goes with a topic, and who writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from socialindex.cli import analytics_show as show
from socialindex.cli.access import client
from socialindex.cli.filters import CHOICES, Moment, time_zone_option, with_options
from socialindex.cli.output import answer, as_json_option

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

_INTERVALS = click.Choice(["auto", "hour", "day", "week", "month"])
_DIMENSIONS = ["source", "platform", "language", "kind", "author", "hashtag", "entity", "sentiment"]


def selection_options(command: F) -> F:
    """Options of every command that makes figures of posts."""
    return with_options(
        command,
        *CHOICES,
        click.option(
            "--from", "since", type=Moment(), help="Published on this day or later. [default: thirty days before]"
        ),
        click.option(
            "--to", "until", type=Moment(), help="Published before this day, or time. [default: the end of today]"
        ),
        time_zone_option,
        as_json_option,
    )


@click.command()
@click.argument("query", required=False)
@click.option("--interval", type=_INTERVALS, help="Length of a bucket.  [default: auto]")
@click.option("--by", type=click.Choice(_DIMENSIONS), help="A line for each of the most frequent values of this.")
@click.option("--top", type=click.IntRange(1, 50), help="How many lines.  [default: 10]")
@selection_options
def trends(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show how many posts there were over time, of all that there were, and when posts may have been missed.

    \b
    socialindex trends 배터리 --by source --time-zone Asia/Seoul
    socialindex trends '누리폰 AND 발열' --interval hour --from 2026-11-20 --time-zone Asia/Seoul
    """  # noqa: D301 - click's own mark, not a backslash
    answer(client("client").trends(query, **given(fields)), as_json=as_json, human=show.trends)


@click.command()
@click.argument("query", required=False)
@click.option("--of", type=click.Choice(["words", "hashtags", "entities"]), help="What to look for.  [default: words]")
@click.option("--limit", type=click.IntRange(1, 100), help="How many.  [default: 30]")
@selection_options
def related(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show what stands out in the posts that match (연관어).

    \b
    socialindex related 누리폰 --limit 10
    socialindex related 배터리 --of hashtags
    """  # noqa: D301 - click's own mark, not a backslash
    answer(client("client").terms(query, **given(fields)), as_json=as_json, human=show.related)


@click.command()
@click.argument("query", required=False)
@click.option("--by", type=click.Choice(["posts", "followers", "views", "engagement"]), help="Order. [default: posts]")
@click.option("--limit", type=click.IntRange(1, 100), help="How many.  [default: 20]")
@selection_options
def authors(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show who writes, and how many people that may reach, as far as sources tell.

    \b
    socialindex authors 배터리 --by views --limit 5
    """  # noqa: D301 - click's own mark, not a backslash
    answer(client("client").authors(query, **given(fields)), as_json=as_json, human=show.authors)


@click.command()
@click.argument("query", required=False)
@click.option("--interval", type=_INTERVALS, help="Length of a bucket.  [default: auto]")
@click.option("--drivers", type=click.IntRange(0, 50), help="How many words of each mood.  [default: 10]")
@selection_options
def sentiment(query: str | None, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Show the mood in total and over time, and the words that drive it.

    \b
    socialindex sentiment 누리폰 --language ko --time-zone Asia/Seoul
    """  # noqa: D301 - click's own mark, not a backslash
    answer(client("client").sentiment(query, **given(fields)), as_json=as_json, human=show.sentiment)


@click.command("share-of-voice")
@click.argument("queries", nargs=-1)
@click.option("--within", help="A query that narrows all of them.")
@selection_options
def share_of_voice(
    queries: tuple[str, ...],
    *,
    within: str | None,
    as_json: bool,
    **fields: Any,  # noqa: ANN401 - the options above
) -> None:
    """Show two to ten QUERIES side by side, or as many topics.

    \b
    socialindex share-of-voice '누리폰 OR nuriphone' 가온폰 --within 배터리
    """  # noqa: D301 - click's own mark, not a backslash
    topics = fields.pop("topic")
    found = client("client").share_of_voice(queries, topics=topics, q=within, **given(fields))
    answer(found, as_json=as_json, human=show.voices)


def given(fields: dict[str, Any]) -> Any:  # noqa: ANN401 - keywords of several methods, checked by the API
    """The options that were given."""
    return {name: value for name, value in fields.items() if value not in {None, ()}}
