"""Makes the beginning of a source: an adapter that works on an invented API, and the cases that every source has."""
