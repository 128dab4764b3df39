"""The real servers behind the local stack: OpenSearch, ElasticMQ (SQS), DynamoDB Local and versitygw (S3).

    with start_all(configs_of_environment(Path(".local/data"))) as running:
        print(running.get(Sqs).url)

``python -m infra.local.servers`` does that until Ctrl-C. All of them end with the process that started them, even if
that is killed (see ``launcher``).
"""

from __future__ import annotations

from infra.local.servers.base import Server, ServerConfig
from infra.local.servers.dynamodb import DynamoDb, DynamoDbConfig
from infra.local.servers.environment import configs_of_environment
from infra.local.servers.opensearch import OpenSearch, OpenSearchConfig
from infra.local.servers.ports import free_port
from infra.local.servers.running import Running, start_all
from infra.local.servers.s3 import S3, S3Config
from infra.local.servers.secured import Secured, SecuredConfig
from infra.local.servers.sqs import Sqs, SqsConfig

__all__ = [
    "S3",
    "DynamoDb",
    "DynamoDbConfig",
    "OpenSearch",
    "OpenSearchConfig",
    "Running",
    "S3Config",
    "Secured",
    "SecuredConfig",
    "Server",
    "ServerConfig",
    "Sqs",
    "SqsConfig",
    "configs_of_environment",
    "free_port",
    "start_all",
]
