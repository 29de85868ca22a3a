"""25,000 events: the most that the history of an execution may have. One more ends it, and nothing catches that.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

MiniStack's own history leaves out what happens in branches and items, so that the events are counted here as AWS has them.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from . import halting

MAX_EVENTS = 25_000
# Entered and exited; a Parallel and a Map also start and succeed.
OF_STATES = {"pass": 2, "choice": 2, "wait": 2, "task": 2, "parallel": 4, "map": 4}
# Scheduled, started, and succeeded or failed; an execution that is waited for is submitted, too.
OF_CALLS = 3
OF_EXECUTIONS = 4
# Started, and succeeded or failed.
OF_ITEMS = 2


class _Count:
    def __init__(self, execution: dict[str, Any]) -> None:
        self.execution = execution
        # ExecutionStarted, and the last one, which tells of the end.
        self.events = 2
        self.lock = threading.Lock()


_count: contextvars.ContextVar[_Count | None] = contextvars.ContextVar("count", default=None)


def apply() -> None:
    """Count before each state, call and item."""
    run = stepfunctions._run_execution
    invoke = stepfunctions._invoke_resource
    run_items = stepfunctions._run_map_items

    def run_counted(arn: str) -> None:
        execution = stepfunctions._executions.get(arn)
        _count.set(_Count(execution) if execution else None)
        run(arn)

    def invoke_counted(*arguments: Any) -> Any:
        _add(OF_EXECUTIONS if ".sync" in arguments[0] else OF_CALLS)
        return invoke(*arguments)

    def run_items_counted(*arguments: Any) -> tuple[Any, str | None]:
        output, next_state = run_items(*arguments)
        _add(OF_ITEMS * len(output) if isinstance(output, list) else 0)
        return output, next_state

    stepfunctions._run_execution = run_counted
    stepfunctions._invoke_resource = invoke_counted
    stepfunctions._run_map_items = run_items_counted
    for state, events in OF_STATES.items():
        name = f"_execute_{state}"
        setattr(stepfunctions, name, _counted(getattr(stepfunctions, name), events))


def _counted(execute: Callable[..., Any], events: int) -> Callable[..., Any]:
    def execute_counted(*arguments: Any) -> Any:
        _add(events)
        return execute(*arguments)

    return execute_counted


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
    # The failure, whichever branch has met with it, ends all of them.
    halting.check()
