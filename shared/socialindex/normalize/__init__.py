"""Normalize: archived responses become canonical posts."""
