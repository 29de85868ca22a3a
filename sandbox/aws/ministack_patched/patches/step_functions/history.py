"""Fails an execution with more than 25,000 events in its history. No state can catch this failure.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

MiniStack's own history omits the events of branches and items. Therefore this module counts events as AWS does:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces
from . import halting

MAX_EVENTS = 25_000
# The events of a state: entered and exited. A Parallel or a Map also starts and succeeds.
OF_STATES = {"pass": 2, "choice": 2, "wait": 2, "task": 2, "parallel": 4, "map": 4}
# The events of a call: scheduled, started, and succeeded or failed.
OF_CALLS = 3
# A call that waits for an execution has one more event: submitted.
OF_EXECUTIONS = 4
# The events of an item of a Map: started, and succeeded or failed.
OF_ITEMS = 2


class _Count:
    def __init__(self, execution: dict[str, Any]) -> None:
        self.execution = execution
        # ExecutionStarted, and the event of the end.
        self.events = 2
        self.lock = threading.Lock()


_count: contextvars.ContextVar[_Count | None] = contextvars.ContextVar("count", default=None)


@replaces(stepfunctions, "_run_execution")
def run_counted(run: Callable[[str], None], arn: str) -> None:
    execution = stepfunctions._executions.get(arn)
    _count.set(_Count(execution) if execution else None)
    run(arn)


@replaces(stepfunctions, "_invoke_resource")
def invoke_counted(invoke: Callable[..., Any], *arguments: Any) -> Any:
    _add(OF_EXECUTIONS if ".sync" in arguments[0] else OF_CALLS)
    return invoke(*arguments)


@replaces(stepfunctions, "_run_map_items")
def run_items_counted(run_items: Callable[..., Any], *arguments: Any) -> tuple[Any, str | None]:
    output, next_state = run_items(*arguments)
    _add(OF_ITEMS * len(output) if isinstance(output, list) else 0)
    return output, next_state


def _execute_counted(execute: Callable[..., Any], *arguments: Any, events: int) -> Any:
    _add(events)
    return execute(*arguments)


for _state, _events in OF_STATES.items():
    replaces(stepfunctions, f"_execute_{_state}")(partial(_execute_counted, events=_events))


def _add(events: int) -> None:
    count = _count.get()
    if count is None:
        return
    with count.lock:
        count.events += events
        is_over = count.events > MAX_EVENTS
    if is_over:
        stepfunctions._fail_execution(
            count.execution,
            "States.Runtime",
            f"The execution reached the maximum number of history events ({MAX_EVENTS}).",
        )
    # The failed execution halts this branch.
    halting.check()
