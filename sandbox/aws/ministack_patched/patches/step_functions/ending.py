"""Ends an execution at the machine's time-out and at StopExecution. It then keeps its status and invokes nothing."""

import contextvars
import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from ..replacing import replaces
from . import halting
from .executors import EXECUTORS


def _check_around(act: Callable[..., Any], *arguments: Any) -> Any:
    halting.check()
    result = act(*arguments)
    halting.check()
    return result


for _name in ("_invoke_resource", *EXECUTORS):
    replaces(stepfunctions, _name)(_check_around)


@replaces(stepfunctions, "_fail_execution")
def fail_if_running(fail: Callable[..., None], execution: dict[str, Any], error: str, cause: str) -> None:
    if execution["status"] == "RUNNING":
        fail(execution, error, cause)


@replaces(stepfunctions, "_run_execution")
def run_with_time_out(run: Callable[[str], None], arn: str) -> None:
    execution = stepfunctions._executions.get(arn)
    if execution is None:
        return
    halting.halt_when(lambda: execution["status"] != "RUNNING")
    timer = _timer(execution)
    try:
        run(arn)
    except halting.Halted:
        pass
    finally:
        timer.cancel()


def _timer(execution: dict[str, Any]) -> threading.Timer:
    """Return a timer that ends the execution after the machine's TimeoutSeconds. Without them, it is not started."""
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) or {}
    seconds = json.loads(machine.get("definition") or "{}").get("TimeoutSeconds")
    # The event needs the account and region of this context.
    timer = threading.Timer(seconds or 0, contextvars.copy_context().run, [_time_out, execution])
    timer.daemon = True
    if seconds:
        timer.start()
    return timer


def _time_out(execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution["status"] = "TIMED_OUT"
    execution["stopDate"] = now_iso()
    stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    stepfunctions._emit_execution_status_event(execution)
