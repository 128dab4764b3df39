"""The API of networks, answered by a function of its own: it has igraph, and reads thousands of posts for one call."""
