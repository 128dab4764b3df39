"""The sample world: loopback servers that behave like the real thing, with invented people and an unfolding incident.

``python -m infra.local.world --data DIR`` runs them as a process; tests use ``World`` or ``running_world``.
"""

from infra.local.world.config import SITES, Faults, WorldConfig
from infra.local.world.links import WorldAddresses
from infra.local.world.manifest import Channel, Item, Manifest
from infra.local.world.world import World, running_world

__all__ = ["SITES", "Channel", "Faults", "Item", "Manifest", "World", "WorldAddresses", "WorldConfig", "running_world"]
