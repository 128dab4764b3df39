"""Hacker News, as its official API tells it.

places   addresses that people paste       <-> a list, an item or a user, at the site or a stand-in
items    JSON                              -> items, users, changes
drafts   an item                           -> a post
walk     an answer and the cursor          -> what to fetch next, the new cursor
"""
