"""What functions ask of AWS, held against their policies: a call that no statement allows fails here as it would there.

A function's process runs ``__main__`` with its handler, in place of the runtime interface client, which it then runs.
"""
