"""Reddit, as its OAuth API tells it.

places    addresses that people paste     <-> a community, a user, a post or a search
things    JSON                            -> submissions, comments, stubs
consent   a thing                         -> why it must not be kept, if so
drafts    things                          -> posts
requests  what is asked of the API
walk      an answer and the cursor        -> what to fetch next, the new cursor
"""
