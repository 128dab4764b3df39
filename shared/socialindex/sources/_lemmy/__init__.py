"""Lemmy, read through its HTTP API: v3 of the releases 0.18 and 0.19, v4 of 1.0 (https://join-lemmy.org/api/).

places     addresses that people paste   <-> one place of one server
detect     answers to probes              -> the channel that they belong to
api        a place                        -> addresses of the API, in the words of its version
entities   JSON                           -> typed entities, either version's
languages  the numbers of languages       -> their codes
consent    a view                         -> why it must not be kept, if so
markdown   what people wrote              -> text, links, pictures, whom it mentions and what it crossposts
drafts     views                          -> drafts
walk       a page of a list               -> the next page, the new cursor
rereads    posts that are known           -> requests that read them again
"""
