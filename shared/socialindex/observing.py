"""What every function's handler has around it: structured logs, the ids of what it works at, metrics."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools import Logger

from socialindex import correlation, metrics

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

logger = Logger()
logger.registered_handler.addFilter(correlation.shown)


def observed(handle: Callable[[dict[str, Any], Any], T]) -> Callable[[dict[str, Any], Any], T]:
    """A handler whose log entries name function, request and correlation, and whose metrics leave at its end."""

    @logger.inject_lambda_context
    @wraps(handle)
    def handler(event: dict[str, Any], context: Any) -> T:  # noqa: ANN401 - Lambda's own
        with correlation.following(correlation.of_event(event, context.aws_request_id)):
            try:
                return handle(event, context)
            finally:
                metrics.flush()

    return handler
