"""Networks and spread as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from socialindex.amounts import figure
from socialindex.cli.analytics_show import noted
from socialindex.cli.output import columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from socialindex.client.models import (
        AuthorName,
        CascadeTree,
        Coordination,
        Diffusion,
        Need,
        Needs,
        Network,
        NetworkSummary,
        PostCard,
        Resonance,
    )

_SHOWN: Final = 10
_BARS: Final = " ▁▂▃▄▅▆▇█"
_EXCERPT: Final = 70


def network(found: Network) -> Group:
    """Who is heard most, who links communities, and how large it is."""
    about, labels = found.graph, {node.id: node.label or node.id for node in found.nodes}
    table = columns("who", "source", "PageRank", "in", "out", "community")
    for node in sorted(found.nodes, key=lambda node: -node.pagerank)[:_SHOWN]:
        counts = [str(strength) if strength is not None else "-" for strength in (node.in_strength, node.out_strength)]
        table.add_row(Text(labels[node.id]), node.source or "-", f"{node.pagerank:.3f}", *counts, str(node.community))
    linking = ", ".join(labels[one] for one in about.bridges[:5])
    size = f"{len(found.nodes):,} nodes, {len(found.edges):,} edges, {len(about.communities):,} communities"
    left_out = [Text(f"{about.left_out.edges:,} lighter edges are left out.")] if about.left_out.edges else []
    bridges = [Text(f"Between communities: {linking}")] if linking else []
    return Group(Text(size, style="bold"), _read(about), table, *bridges, *left_out)


def diffusion(found: Diffusion) -> Group:
    """Cascades by size, and who started them."""
    table = columns("posts", "authors", "depth", "by hour", "began with")
    for one in found.cascades:
        hours = Text(_bars(one.hours[:24]))
        table.add_row(str(one.size), str(one.authors), str(one.depth), hours, _post(found.posts, one.post))
    who = columns("who", "started", "followed")
    for row in found.spreaders:
        who.add_row(_name(found.authors, row.author), str(row.started), str(row.followed))
    return Group(Text(f"{found.total:,} cascades", style="bold"), _read(found), table, who)


def cascade(found: CascadeTree) -> Group:
    """A post and what came from it, as a tree."""
    branches: dict[str, Tree] = {}
    for step in found.steps:
        after = f"  +{step.minutes:,.0f} min" if step.came_from and step.minutes is not None else ""
        label = Text.assemble((f"{step.way or 'first'} ", "bold"), _excerpt(step.card), (after, "dim"))
        above = branches.get(step.came_from or "")
        branches[step.post] = above.add(label) if above else Tree(label)
    more = [Text("There may be more than could be followed.")] if found.truncated else []
    return Group(branches[found.post], Text(f"{found.size:,} posts by {found.authors:,} authors"), *more)


def resonance(found: Resonance) -> Group:
    """What went farther than usual."""
    posts = columns("resonance", "spread", "expected", "post")
    for each in found.most:
        figures = (figure(each.resonance), f"{each.spread:,}", figure(each.expected))
        posts.add_row(*figures, _post(found.posts, each.post))
    groups = columns("theme or format", "resonance", "posts", "authors")
    for group in (*found.themes, *found.formats):
        groups.add_row(Text(group.name), f"{group.resonance:.2f}", f"{group.posts:,}", f"{group.authors:,}")
    return Group(_read(found), posts, groups)


def coordination(found: Coordination) -> Group:
    """Groups of accounts, with their texts."""
    lines: list[RenderableType] = [
        Text(f"{found.total:,} groups of accounts look coordinated", style="bold"),
        _read(found),
    ]
    for group in found.groups:
        names = ", ".join(_name(found.authors, key).plain for key in group.accounts[:_SHOWN])
        lines.append(Text(f"{len(group.accounts)} accounts ({group.basis}): {names}"))
        lines += [
            Text(f"  {text.accounts} accounts, {text.count} posts: {_post(found.posts, text.posts[0])}")
            for text in group.texts
        ]
    return Group(*lines)


def needs(found: Needs) -> Group:
    """What people ask, and what they complain about."""
    asked, wrong = (
        _need(need, title, found.posts) for need, title in ((found.questions, "ask"), (found.complaints, "complain"))
    )
    return Group(_read(found), asked, wrong)


def _need(need: Need, does: str, posts: Mapping[str, PostCard]) -> Group:
    head = Text(f"{need.posts:,} posts {does}, by {need.authors:,} known authors", style="bold")
    table = columns("theme", "posts", "for example")
    for theme in need.themes:
        table.add_row(Text(theme.term), str(theme.posts), _post(posts, theme.examples[0]) if theme.examples else "")
    return Group(head, table)


def _read(found: NetworkSummary | Diffusion | Resonance | Coordination | Needs) -> Group:
    """What an answer rests on, and what of its query may not have been meant."""
    read = found.read
    newest = "" if read.posts == read.of else ", the newest"
    words = Text(f"of {read.posts:,} posts of {read.of:,} that match{newest}", style="dim")
    return Group(words, *noted(found.coverage.notes))


def _name(names: Mapping[str, AuthorName], key: str) -> Text:
    who = names.get(key)
    return Text((who.handle or who.name if who else None) or key)


def _post(posts: Mapping[str, PostCard], post: str) -> Text:
    shown = posts.get(post)
    return _excerpt(shown) if shown else Text(post)


def _excerpt(post: PostCard) -> Text:
    words = " ".join((post.excerpt or "").split())
    return Text(f"{post.source}: {words[:_EXCERPT]}")


def _bars(counts: Sequence[int]) -> str:
    most = max(counts, default=0) or 1
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)
