"""A server of Bluesky's network: an AppView's XRPC, a Jetstream, and the web application's pages, at one address.

story     story.toml          -> accounts, posts, reposts with their times
names     a name and a seed   -> DIDs, record keys, CIDs
records   a post              -> its record, as its author's repository has it
views     what is visible now -> views (lexicons app.bsky.*)
xrpc      queries             -> answers and errors
jetstream what happens        -> messages over a websocket
website   pages, robots.txt, pictures
truth     what a crawl must and must not find
"""

from infra.local.world.sites.bluesky.site import Bluesky, open_site

__all__ = ["Bluesky", "open_site"]
