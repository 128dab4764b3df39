"""Maintain: retention, and repairs of what concurrent writers can leave behind."""
