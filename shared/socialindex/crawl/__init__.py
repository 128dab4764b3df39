"""The crawl stage: leased hosts, each at its own pace; fetch, archive, hand on.

The fetching part knows nothing of queues and tables. ``fetch`` is its door: one request, polite and safe. Below it,
``journey`` follows retries and redirects, ``exchange`` is one request on the wire, ``verdicts`` and ``headers`` say
what an answer means, ``decompress`` bounds its body, ``addresses`` and ``urls`` say where it may come from, and
``faults`` what can go wrong. ``robots`` and ``politeness`` hold a host's rules and its pace.
"""
