"""What sends the requests of ``load``, in a process of its own: ``python -m infra.bench.loaders.arrivals``."""
