"""How a forum is asked for posts.

A forum may translate posts by machine into its own language for whoever does not say that they read originals
(``ContentLocalization``): the words are then nobody's, and the language that the post is told to be in is not theirs.
Readers without an account say so by a cookie; older versions know another one, whatever its value.
"""

from __future__ import annotations

from typing import Final

ORIGINALS: Final = {"Cookie": "automatically_translate=false; content-localization-show-original=true"}
"""Headers of each request for posts."""
