"""A blog on a moody host, for soaks: its validators lie, it throttles, it edits and deletes, and one day it says no."""

from infra.local.world.sites.moody.site import Moody, open_site

__all__ = ["Moody", "open_site"]
