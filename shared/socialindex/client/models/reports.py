"""What stands on reports."""

from __future__ import annotations

from socialindex.client.models.base import Model


class Branding(Model, frozen=True, kw_only=True):
    """An agency's name, logo and color; ``None`` where there is none."""

    name: str | None
    logo: str | None
    """A PNG as ``data:image/png;base64,...``."""
    color: str | None
    """Such as ``#0B3D66``."""
