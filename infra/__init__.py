"""Everything around the functions: the engine's templates, dashboards, and the local stack."""
