"""Dispatch: due channels become pending requests, and hosts with work are handed to crawlers."""
