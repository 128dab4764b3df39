"""Articles as pages: what news sites, blogs and company sites publish one to an address.

- ``sitemaps`` reads what a site lists, ``memory`` knows what of it is new, ``history`` walks all of it.
- ``pages`` makes a post of an article's page, out of ``linked`` data, ``metadata`` and the ``maintext``.
- ``sites`` says whose address a page may claim; ``robots`` what it forbids.
"""
