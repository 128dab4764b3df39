"""Exports: the posts of a selection as a file, however many they are."""
