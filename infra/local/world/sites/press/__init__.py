"""A newspaper without feeds: 나루신문, which names its sitemaps in robots.txt and marks its articles for machines.

story      press.toml     -> articles with their times
pages      an article     -> its page, its AMP twin, the front page
documents  what is listed -> robots.txt, the index, a sitemap for each month, the news sitemap
site       routes, and what a crawl must and must not find
"""

from infra.local.world.sites.press.site import Press, open_site

__all__ = ["Press", "open_site"]
