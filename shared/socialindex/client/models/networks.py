"""Networks: who links whom, and what spreads."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.exports import ExportFailure, LeftOut  # noqa: TC001 - as above
from socialindex.client.models.figures import Coverage  # noqa: TC001 - as above


class ReadPosts(Model, frozen=True, kw_only=True):
    """What was read of a selection."""

    posts: int
    """Posts that were read: the newest."""
    of: int
    """Posts that match."""
    answers: int
    """Answers to these posts that were read, too, though they do not match."""
    oldest: datetime | None


class NetworkLeftOut(Model, frozen=True, kw_only=True):
    """What is not in a network, so that nobody takes it for all."""

    edges: int
    """Dropped as too light."""
    weight: int
    """Of the dropped edges together."""
    undercount: int
    """By so much, at most, an edge may weigh less than it should."""
    nodes: int
    """That have no edge left."""
    to_themselves: int
    """Posts that answer, repost or mention their own author."""
    unknown_target: int
    """Replies, reposts and quotes of posts whose author is not known."""
    references: int
    """Beyond the most that are read."""


class Community(Model, frozen=True, kw_only=True):
    """One community of a network; 0 is the largest."""

    number: int
    nodes: int


class Betweenness(Model, frozen=True, kw_only=True):
    """How betweenness was found: exactly, or from some nodes."""

    exact: bool
    pivots: int


class NetworkSummary(Model, frozen=True, kw_only=True):
    """What is to be said of a whole network."""

    kind: str
    left_out: NetworkLeftOut
    communities: list[Community]
    modularity: float | None
    betweenness: Betweenness
    bridges: list[str]
    """Ids of the nodes that link communities most."""
    read: ReadPosts
    coverage: Coverage


class NetworkNode(Model, frozen=True, kw_only=True):
    """A node with its measures."""

    id: str
    """An author's ``key``, ``guest:`` and the id of the one post, ``@handle@host``, or ``#hashtag``."""
    kind: str
    label: str | None
    source: str | None
    platform: str | None
    in_strength: int | None
    out_strength: int | None
    strength: int
    pagerank: float
    betweenness: float
    community: int
    participation: float


class NetworkEdge(Model, frozen=True, kw_only=True):
    """An edge, from ``source`` to ``target`` where directed."""

    source: str
    target: str
    weight: int
    """Posts that link the two."""
    first: datetime | None
    last: datetime | None
    replies: int
    mentions: int
    reposts: int
    quotes: int


class Network(Model, frozen=True, kw_only=True):
    """A network in the node-link shape: ``networkx.node_link_graph(msgspec.to_builtins(network), edges="edges")``."""

    directed: bool
    multigraph: bool
    graph: NetworkSummary
    nodes: list[NetworkNode]
    edges: list[NetworkEdge]
    """The heaviest first."""


class NetworkJob(Model, frozen=True, kw_only=True):
    """A network that becomes a file."""

    id: str
    state: str
    of: str
    format: str
    q: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    """When the file goes."""
    total: int
    """Posts that matched when it was asked for."""
    seen: int
    """Posts that were looked at, the newest first."""
    oldest: datetime | None
    posts_left_out: list[LeftOut]
    nodes: int
    edges: int
    left_out: NetworkLeftOut
    bytes: int
    failure: ExportFailure | None
    file_name: str
    link: str | None
    """Where the file is, for whoever knows the address; of a network that is done and asked for by itself."""
    link_expires_at: datetime | None
    coverage: Coverage


class NetworkJobs(Model, frozen=True, kw_only=True):
    """Networks that become files, the newest first; without links."""

    items: list[NetworkJob]
    next_cursor: str | None


class AuthorName(Model, frozen=True, kw_only=True):
    """Who is behind an author's key."""

    name: str | None
    handle: str | None
    source: str


class PostCard(Model, frozen=True, kw_only=True):
    """A post that an answer names, with its beginning."""

    source: str
    url: str | None
    published_at: datetime | None
    author: str | None
    name: str | None
    excerpt: str | None


class Cascade(Model, frozen=True, kw_only=True):
    """A post and all that came from it."""

    post: str
    held: bool
    author: str | None
    source: str | None
    started_at: datetime | None
    size: int
    authors: int
    sources: dict[str, int]
    ways: dict[str, int]
    """Posts that came by repost, quote, link and copy."""
    depth: int
    breadth: int
    structural_virality: float
    minutes_to_half: float | None
    hours: list[int]
    """Posts that came in the first hour, the second and so on."""
    later: int


class Spreader(Model, frozen=True, kw_only=True):
    """An author who started cascades."""

    author: str
    started: int
    followed: int
    """Posts that came from them, together."""
    largest: int
    deepest: int
    sources: int


class Diffusion(Model, frozen=True, kw_only=True):
    """How the posts of a selection spread."""

    total: int
    cascades: list[Cascade]
    spreaders: list[Spreader]
    posts: dict[str, PostCard]
    authors: dict[str, AuthorName]
    read: ReadPosts
    coverage: Coverage


class CascadeStep(Model, frozen=True, kw_only=True):
    """One post of a cascade."""

    post: str
    came_from: str | None
    way: str | None
    depth: int
    minutes: float | None
    """After the first."""
    card: PostCard


class CascadeTree(Model, frozen=True, kw_only=True):
    """A post, and all that came from it."""

    post: str
    came_from: str | None
    size: int
    authors: int
    depth: int
    truncated: bool
    steps: list[CascadeStep]


class ResonantPost(Model, frozen=True, kw_only=True):
    """One post's resonance, with the numbers that it is made of."""

    post: str
    author: str | None
    source: str
    resonance: float
    """(spread + 1) / (expected + 1): 1 is as usual."""
    spread: int
    expected: float
    engagement: int | None
    usual: float | None
    basis: int
    format: str
    themes: list[str]


class ResonantGroup(Model, frozen=True, kw_only=True):
    """What posts of one theme or format have in common."""

    name: str
    posts: int
    authors: int
    spread: int
    resonance: float
    best: str
    """The id of the most resonant post."""


class Resonance(Model, frozen=True, kw_only=True):
    """What of a selection went farther than usual."""

    most: list[ResonantPost]
    themes: list[ResonantGroup]
    formats: list[ResonantGroup]
    usual_from: int
    posts: dict[str, PostCard]
    authors: dict[str, AuthorName]
    read: ReadPosts
    coverage: Coverage


class Evidence(Model, frozen=True, kw_only=True):
    """One text that a group's accounts published within the window of each other."""

    cluster: str
    accounts: int
    count: int
    posts: list[str]
    first: datetime
    last: datetime
    guests: int


class Coordinated(Model, frozen=True, kw_only=True):
    """A group of accounts that look coordinated."""

    accounts: list[str]
    basis: str
    sources: list[str]
    texts: list[Evidence]


class Coordination(Model, frozen=True, kw_only=True):
    """Accounts that look coordinated, with the evidence; nobody is called a bot."""

    total: int
    groups: list[Coordinated]
    window_seconds: float
    repeated: int
    flood: int
    pairs_left_out: int
    posts: dict[str, PostCard]
    authors: dict[str, AuthorName]
    read: ReadPosts
    coverage: Coverage


class NeedTheme(Model, frozen=True, kw_only=True):
    """A word that stands out in what people ask, or complain about."""

    term: str
    score: float
    posts: int
    examples: list[str]


class Need(Model, frozen=True, kw_only=True):
    """What people ask, or complain about."""

    posts: int
    authors: int
    themes: list[NeedTheme]
    latest: list[str]


class Needs(Model, frozen=True, kw_only=True):
    """What people want of whoever a selection is about."""

    questions: Need
    complaints: Need
    judged: int
    posts: dict[str, PostCard]
    read: ReadPosts
    coverage: Coverage
