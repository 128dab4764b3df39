"""Months of mentions that never were, for judging alerts: realistic in what matters to a detector, and repeatable."""
