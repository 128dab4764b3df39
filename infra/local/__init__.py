"""The local stack: the real engine, queues, tables and buckets on one Linux machine, without Docker or AWS.

``artifacts`` brings the servers' files, pinned by hash; ``servers`` runs them; the rest lays the template over them.
"""
