"""What the boards of Korean sites have in common, whichever software they run on.

- ``markup`` parses a page and looks around in it; ``page`` indexes it once and reads what its robots directives say.
- ``rows`` finds the posts of a list by what their links have around them, for no two skins draw a list alike.
- ``walk`` is how a poll goes through a list: on until it meets what it knows, history page by page.
- ``dates`` and ``names`` read what boards print of times and people.

The pages are read with lxml itself. Beautiful Soup builds its tree out of the very same parser's events, so that it
reads broken markup no better, and costs sixteen times as much.
"""
