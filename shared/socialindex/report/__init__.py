"""The monthly report of a topic: figures, and a page of them that needs nothing else (docs/report.md)."""
