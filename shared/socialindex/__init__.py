"""Social indexing as a service: crawl public posts, normalize them into one schema, index and search them."""

__version__ = "0.1.0"
