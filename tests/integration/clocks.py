"""Clocks of stages that are wrong, or hours later: what ``socialindex`` takes for now, and nobody else."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta, tzinfo
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = "socialindex."


@contextmanager
def clock_off_by(by: timedelta) -> Iterator[None]:
    """Let the stages' clock be ahead of all others, or behind them."""
    _read_annotations(msgspec.Struct)
    moved: dict[str, Any] = {"datetime": _moved(by), "time": _time(by)}
    real: dict[str, Any] = {"datetime": datetime, "time": time}
    with ExitStack() as stack:
        for module in _modules():
            for name, replacement in moved.items():
                if vars(module).get(name) is real[name]:
                    stack.enter_context(patch.object(module, name, replacement))
        yield


def _read_annotations(kind: type[msgspec.Struct]) -> None:
    """Have msgspec see what ``datetime`` means in messages before it means another: it looks once, at the first use."""
    for each in kind.__subclasses__():
        with suppress(TypeError, NameError):
            msgspec.json.Decoder(each)
        _read_annotations(each)


def _modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.startswith(_PACKAGE)]


def _moved(by: timedelta) -> type[datetime]:
    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime)

    class Moved(datetime, metaclass=Kind):
        """Makes plain times, so that nobody who gets one can tell."""

        def __new__(cls, *given: Any, **named: Any) -> Any:
            return datetime(*given, **named)  # noqa: DTZ001 - as whoever calls has it

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + by

    return Moved


def _time(by: timedelta) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(time), "time": lambda: time.time() + by.total_seconds()})
