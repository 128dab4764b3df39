"""How Gnuboard writes its addresses, dates, lists and posts; ``sources/gnuboard.py`` is the adapter."""
