"""Advances the clock of an execution by the full length of a shortened wait.

MiniStack scales waits and retry intervals, but not the clock. A workflow that polls until a deadline would then poll
many times too often, or wait for the deadline in real time.
"""

import contextvars
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces
from . import halting
from .executors import EXECUTORS

# Seconds by which the clock of this branch is ahead. Each branch has a clock, because branches wait independently.
_ahead: contextvars.ContextVar[float] = contextvars.ContextVar("ahead", default=0.0)


def ahead() -> float:
    """Return the seconds by which the clock of this branch is ahead of the real clock."""
    return _ahead.get()


def set_ahead(seconds: float) -> None:
    """Set the clock of this branch, after branches that it has started have ended."""
    _ahead.set(seconds)


@replaces(stepfunctions, "_scaled_sleep")
def _sleep(_: Any, seconds: float) -> None:
    slept = seconds * stepfunctions._SFN_WAIT_SCALE
    halting.sleep(slept)
    _ahead.set(_ahead.get() + max(0.0, seconds - slept))


def _enter_by_clock(execute: Callable[..., Any], *arguments: Any) -> Any:
    state = (arguments[-1] or {}).get("State")
    if state is not None:
        state["EnteredTime"] = _later(state["EnteredTime"], _ahead.get())
    return execute(*arguments)


for _name in EXECUTORS:
    replaces(stepfunctions, _name)(_enter_by_clock)


def _later(iso_time: str, seconds: float) -> str:
    time = datetime.fromisoformat(iso_time.replace("Z", "+00:00")) + timedelta(seconds=seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
