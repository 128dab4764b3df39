"""What ``sustained`` is made of: posts in their platforms' shapes, who feeds them, and who watches the stack."""
