"""A WordPress blog: the newsroom of 한빛전자, with its REST API, its feed, its pages and their comments.

blog    blog.toml          -> posts and comments with their times
api     what is public     -> JSON, as the REST API writes it
theme   a post             -> its page, as a classic theme shows it
site    routes and the feed, and what a crawl must and must not find

Members and headers follow https://developer.wordpress.org/rest-api/reference/.
"""

from infra.local.world.sites.wordpress.site import Newsroom, open_site

__all__ = ["Newsroom", "open_site"]
