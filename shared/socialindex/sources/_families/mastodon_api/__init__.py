"""The Mastodon client API, as Mastodon, GoToSocial, Pleroma, Akkoma and their kin speak it.

places    addresses that people paste        <-> one timeline of one server
detect    pages and API documents             -> the channel that they belong to
entities  JSON                                -> typed entities, tolerant of each server's ways
consent   an entity                           -> why it must not be kept, if so
drafts    statuses                            -> posts
walk      a page of a timeline and the cursor -> what to fetch next, the new cursor
"""
