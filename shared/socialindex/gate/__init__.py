"""The gate: the only way for analysts to OpenSearch Dashboards, which lets through what their roles can bear.

The engine's security plugin keeps documents apart by a filter on the query of a search, and a search can ask for more
than its query (docs/decisions/0028-gate.md). So every request is looked at: ``routes`` says which ones pass,
``searches`` what a search may say, ``strict`` how it is read, ``upstream`` passes it on and ``gate`` is the whole.
"""
