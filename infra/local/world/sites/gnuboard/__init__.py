"""A Gnuboard 5 site with its basic skin, as a visitor who is not logged in sees it.

Element structure, ids, class names and parameters follow https://github.com/gnuboard/gnuboard5 (``bbs/board.php``,
``bbs/list.php``, ``skin/board/basic``, ``bbs/alert.php``, ``lib/common.lib.php``).
"""
