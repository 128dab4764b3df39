"""The crawlers that ``crawl`` measures, each in a process of its own: ``python -m infra.bench.crawlers.<name>``.

All of them do the same: from the list at each host's root to the pages that it leads to, a host's requests one after
the other, the hosts at once. Each prints what it did as a line of JSON (``told``).
"""
