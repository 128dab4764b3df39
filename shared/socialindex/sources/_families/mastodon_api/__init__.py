"""The Mastodon client API, as Mastodon, GoToSocial, Pleroma, Akkoma and their kin speak it.

places         addresses that people paste        <-> one place of one server
detect         pages and API documents             -> the channel that they belong to
webfinger      a handle's host                     -> the server where the account lives
entities       the API's entities, the fields that we read
reading        JSON                                -> typed entities, tolerant of each server's ways
consent        an entity                           -> why it must not be kept, if so
authors        an account                          -> an author
content        a status                            -> its title, text and links
references     a status among others               -> what it answers, what it quotes
drafts         statuses                            -> posts
options        what a channel's options mean
walk           a page of a timeline and the cursor -> what to fetch next, the new cursor
trends         a page of what is much boosted      -> the next page
conversations  a status                            -> what is around it
rereads        posts that are known                -> requests that read them again, those that are gone
"""
