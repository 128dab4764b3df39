"""Mentions: the posts that a topic's query matches, as the topic's workspace works with them."""
