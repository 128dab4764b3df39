"""Discourse forums, read through the JSON that their own pages are made of (https://docs.discourse.org/).

places    addresses that people paste     <-> one place of one forum
detect    pages and JSON documents         -> the channel that they belong to
entities  JSON                             -> typed entities
asking    how posts are asked for
cooked    a post's HTML                    -> its own words, and what it refers to
drafts    posts                            -> drafts
latest    the forum's newest posts         -> what to fetch next, the new cursor
lists     a category's or a tag's topics   -> the topics to read, the new cursor
topics    a page of a topic                -> its next page
users     what one person wrote
rereads   posts that are known             -> requests that read them again, those that are gone
"""
