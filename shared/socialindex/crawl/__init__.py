"""The crawl stage: leased hosts, each at its own pace; fetch, archive, hand on.

The fetching part knows nothing of queues and tables. ``fetch`` is its door: one request, polite and safe. Below it,
``journey`` follows retries and redirects, ``exchange`` is one request on the wire, ``verdicts`` and ``headers`` say
what an answer means, ``decompress`` bounds its body, ``addresses`` and ``urls`` say where it may come from, and
``faults`` what can go wrong. ``streams`` reads slices of streams. ``robots``, ``politeness`` and ``budget`` hold a
host's rules, its pace and what it may be asked in a day; ``credentials`` has what a platform demands.

The stage drains hosts: ``drain`` is the work of one lease, ``manners`` what holds for its host, ``attempt`` what
becomes of one request, ``asking`` how it is put to its host, ``advice`` what its adapter says of the answer,
``recorder`` how it is written down. ``rhythm`` says how often a channel is polled.
"""
