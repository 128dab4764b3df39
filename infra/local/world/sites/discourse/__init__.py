"""A Discourse forum, as a visitor who is not logged in sees it: the support forum of 한빛전자.

forum      forum.toml     -> topics and posts with their times
cooking    plain text     -> the HTML that Discourse makes of it
documents  what is visible -> JSON, as its serializers write it
site       routes, pages, and what a crawl must and must not find

Members and paths follow https://docs.discourse.org/ and https://github.com/discourse/discourse.
"""

from infra.local.world.sites.discourse.site import Forum, open_site

__all__ = ["Forum", "open_site"]
