"""Proposing: a topic's query from a brand's name alone, and what could be added to one; a person decides."""
