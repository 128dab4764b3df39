"""An engine as far as a new generation of the index asks it: templates, indices, sequence numbers, disks."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from opensearchpy.exceptions import NotFoundError, RequestError

from socialindex.engine import generation_in
from socialindex.setup.families import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable

GB = 1_000_000_000
ALREADY = "resource_already_exists_exception"


class Index:
    """Documents with the sequence numbers of their last writes."""

    def __init__(self, aliases: set[str]) -> None:
        self.documents: dict[str, int] = {}
        self.aliases = aliases
        self.last = -1

    def write(self, name: str) -> None:
        self.last += 1
        self.documents[name] = self.last


class FakeEngine:
    """Each of its parts is itself: ``engine.indices`` has the requests about indices."""

    def __init__(self) -> None:
        self.templates: dict[str, dict[str, Any]] = {}
        self.made: dict[str, Index] = {}
        self.document_bytes = GB
        self.disk_bytes, self.free_bytes = 1_000 * GB, 900 * GB
        self.copies = 0
        self.before_a_copy: Callable[[int], None] = lambda _: None
        self.left_behind: list[str] = []
        """Copies that nobody waits for any more: they write when they are done, what they had read."""
        self.refused_deletions = 0
        self.indices = self.cat = self.tasks = self

    # Templates

    def get_index_template(self, name: str) -> dict[str, Any]:
        if name not in self.templates:
            raise NotFoundError(404, "resource_not_found_exception", {})
        return {"index_templates": [{"index_template": self.templates[name]}]}

    def put_index_template(self, name: str, body: dict[str, Any]) -> None:
        self.templates[name] = body

    def delete_index_template(self, name: str, **_: Any) -> None:
        del self.templates[name]

    def put_mapping(self, **_: Any) -> None:
        """Nothing here looks at mappings."""

    def put_script(self, **_: Any) -> None:
        """Nor at scripts."""

    # Indices

    def create(self, index: str) -> Index:
        if index in self.made:
            raise RequestError(400, ALREADY, {})
        matching = [each for each in self.templates.values() if any(fnmatch(index, p) for p in each["index_patterns"])]
        template = max(matching, key=lambda each: each["priority"])
        self.made[index] = Index(set(template["template"].get("aliases", {})))
        return self.made[index]

    def delete(self, index: str) -> None:
        del self.made[index]

    def named(self, pattern: str | list[str]) -> list[str]:
        patterns = pattern.split(",") if isinstance(pattern, str) else pattern
        return sorted(name for name in self.made if any(fnmatch(name, each) for each in patterns))

    def get_settings(self, index: str, **_: Any) -> dict[str, Any]:
        return {name: {} for name in self.named(index)}

    def add_block(self, **_: Any) -> None:
        """Nobody writes here meanwhile."""

    def put_settings(self, **_: Any) -> None:
        """Likewise."""

    def refresh(self, **_: Any) -> None:
        """What is written is seen at once."""

    def stats(self, index: str, metric: str = "", **_: Any) -> dict[str, Any]:
        if metric == "store":
            size = sum(len(self.made[name].documents) * self.document_bytes for name in self.named(index))
            return {"_all": {"total": {"store": {"size_in_bytes": size}}}}
        last = self.made[index].last
        shard = {"routing": {"primary": True}, "seq_no": {"max_seq_no": last, "global_checkpoint": last}}
        return {"indices": {index: {"shards": {"0": [shard]}}}}

    def allocation(self, **_: Any) -> list[dict[str, Any]]:
        node = {"disk.avail": str(self.free_bytes), "disk.total": str(self.disk_bytes)}
        return [node, {"disk.avail": None, "disk.total": None}]  # of shards that are nowhere

    def exists_alias(self, name: str, index: str) -> bool:
        return index in self.made and name in self.made[index].aliases

    def get_alias(self, index: str) -> dict[str, Any]:
        return {name: {"aliases": {alias: {} for alias in self.made[name].aliases}} for name in self.named(index)}

    def update_aliases(self, body: dict[str, Any]) -> None:
        for action in body["actions"]:
            ((kind, what),) = action.items()
            aliases = self.made[what["index"]].aliases
            (aliases.add if kind == "add" else aliases.discard)(what["alias"])

    # Documents

    def reindex(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.copies += 1
        self.before_a_copy(self.copies)
        numbers = body["source"]["query"]["range"]["_seq_no"]
        source, target = self.made[body["source"]["index"]], body["dest"]["index"]
        for name, number in list(source.documents.items()):
            if numbers["gt"] < number <= numbers["lte"]:
                (self.made.get(target) or self.create(target)).write(name)
        return {"failures": [], "timed_out": False}

    def bulk(self, body: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
        items = []
        for each in (line["delete"] for line in body):
            if self.refused_deletions:
                self.refused_deletions -= 1
                items.append({"delete": {**each, "status": 429, "error": {"type": "rejected_execution_exception"}}})
            else:
                there = self.made[each["_index"]].documents.pop(each["_id"], None)
                items.append({"delete": {**each, "status": 404 if there is None else 200}})
        return {"errors": any("error" in item["delete"] for item in items), "items": items}

    def list(self, **_: Any) -> dict[str, Any]:
        return {"tasks": [{"description": each} for each in self.left_behind]} if self.left_behind else {}

    def count(self, index: str, **_: Any) -> dict[str, Any]:
        names = [name for name, each in self.made.items() if index in each.aliases] or self.named(index)
        return {"count": sum(len(self.made[name].documents) for name in names)}

    def search(self, index: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        there = self.made[index].documents
        if "aggs" in body:
            filters = body["aggs"]["letters"]["filters"]["filters"]
            counts = {letter: sum(map(_beginning(query), there)) for letter, query in filters.items()}
            buckets = {letter: {"doc_count": number} for letter, number in counts.items()}
            return {"aggregations": {"letters": {"buckets": buckets}}}
        wanted = filter(_beginning(body["query"]), there) if "query" in body else []
        return {"hits": {"hits": [{"_id": name} for name in wanted]}}

    def seen(self, family: str) -> dict[str, int]:
        """The indices that searches see, with the numbers of their documents."""
        return {name: len(each.documents) for name, each in self.made.items() if family in each.aliases}

    def generations(self) -> set[int]:
        """Those of which there is an index, or a template that makes them."""
        templates = [self.templates.get(name) for family in FAMILIES for name in (family.name, family.next)]
        patterns = [each["index_patterns"][0] for each in templates if each]
        families = {family.name for family in FAMILIES}
        return {generation_in(name) for name in [*self.made, *patterns] if name.partition("-")[0] in families}


def _beginning(query: dict[str, Any]) -> Callable[[str], bool]:
    ((_, begin),) = query["prefix"].items()
    return lambda name: name.startswith(begin)
