"""Parts of the adapter for KBoard's boards."""
