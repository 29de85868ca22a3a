"""Halts the branch of a state machine that runs in this thread."""

import contextvars
import time
from collections.abc import Callable

# MiniStack copies the context into the threads of branches and items, so the conditions of a parent apply to them.
_halts: contextvars.ContextVar[tuple[Callable[[], bool], ...]] = contextvars.ContextVar("halts", default=())
# Seconds between two checks during a wait.
TICK = 0.05


class Halted(BaseException):
    """Ends a branch. It is no subclass of Exception, so that no state catches it."""


def halt_when(condition: Callable[[], bool]) -> None:
    """Halt everything that runs in this context as soon as the condition is true."""
    _halts.set((*_halts.get(), condition))


def check() -> None:
    """Raise Halted when this branch has to end."""
    if any(condition() for condition in _halts.get()):
        raise Halted


def sleep(seconds: float) -> None:
    """Sleep, and raise Halted as soon as the branch has to end."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        check()
        time.sleep(min(left, TICK))
    check()
