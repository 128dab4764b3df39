"""Figures about a selection of posts: how many, of what, with which words, in which mood, and what we did not see."""
