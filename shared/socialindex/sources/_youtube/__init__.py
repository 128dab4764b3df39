"""YouTube, as its Data API v3 tells it.

places     addresses that people paste     <-> a channel, a playlist, a video or a search
resources  JSON                            -> videos, playlist items, comments, channels
drafts     videos and comments             -> posts
requests   what is asked of the API, and what it costs
walk       an answer and the cursor        -> what to fetch next, the new cursor
refusals   an answer that is an error      -> why
"""
