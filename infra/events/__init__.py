"""``python -m infra.events``: write docs/events.md, the catalogue of events with every field, from the code."""
