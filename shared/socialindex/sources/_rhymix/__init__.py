"""How XpressEngine and Rhymix write their addresses, lists and documents; ``sources/rhymix.py`` is the adapter."""
