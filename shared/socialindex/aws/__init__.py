"""AWS: the only importers of boto3. Each module is one table, queue or bucket as the stages see it."""
