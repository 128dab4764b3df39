"""Bluesky: an AppView's XRPC queries, and Jetstream for what is new.

places    addresses that people paste   <-> profile, list, feed generator, post; AT URIs
detect    pages and a probe's answer    -> the channel that they belong to
xrpc      a query                       -> its request; an answer -> the error that it is, if so
views     JSON                          -> typed views (lexicons app.bsky.*)
labels    labels                        -> why something must not be kept, what is sensitive, who is a bot
richtext  text and facets               -> whole text, links, mentions, hashtags
embeds    what a post carries           -> media, links, the quoted post
drafts    views                         -> posts
answers   posts that were asked for     -> posts, and what became of the missing ones
walk      a page of a feed, the cursor  -> what to fetch next, the new cursor
wishes    a channel's options           -> which posts of a stream it wants
stream    a slice of Jetstream          -> which posts to ask the AppView for, the new cursor
"""
