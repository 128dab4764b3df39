"""Reread: posts are read again for their engagement, edits and deletions, ever less often."""
