"""``python -m infra.dashboards``: write the saved objects of OpenSearch Dashboards from their readable sources.

``sources/*.toml`` say what each dashboard shows, ``sources/vega/*.json`` how its drawings are drawn, ``patterns.toml``
how fields read. What comes out, ``objects/en.ndjson`` and ``objects/ko.ndjson``, is the same whoever writes it, and
whenever. See docs/dashboards.md.
"""
