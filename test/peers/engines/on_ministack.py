"""Runs scenarios on the sandbox's engine of state machines, patched MiniStack: `python -m on_ministack`.

MiniStack's other services do not run, and the process makes no calls.
"""

import contextvars
import json
import logging
import time
import types
from collections.abc import Callable
from typing import Any

from json_lines import serve
from ministack.services import stepfunctions
from ministack_patched.patches import step_functions
from ministack_patched.patches.step_functions import halting, retrying, together
from play import Play

MACHINE = "arn:aws:states:eu-west-1:000000000000:stateMachine:machine"
EXECUTION = "arn:aws:states:eu-west-1:000000000000:execution:machine:operation-1"

play: Play
# The context object of the calling task, and the state whose branches or items start.
_task: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("task")
_concurrent: contextvars.ContextVar[str] = contextvars.ContextVar("concurrent")
_is_waiting: contextvars.ContextVar[bool] = contextvars.ContextVar("is_waiting", default=False)


def prepare() -> None:
    """Patch the engine like the sandbox. Scenarios answer its tasks, and only waits advance its clock."""
    stepfunctions._invoke_resource = _answered
    stepfunctions._emit_execution_status_event = lambda execution: None
    stepfunctions._SFN_WAIT_SCALE = 0
    stepfunctions.now_iso = lambda: play.time()
    stepfunctions.time = types.SimpleNamespace(**{**vars(time), "sleep": lambda seconds: None})
    step_functions.apply()
    retrying.random = types.SimpleNamespace(uniform=lambda low, high: high)
    stepfunctions._scaled_sleep = _noted(stepfunctions._scaled_sleep)
    together.results_of = _in_order(together.results_of)
    for state in ("pass", "task", "choice", "wait", "parallel", "map"):
        name = f"_execute_{state}"
        setattr(stepfunctions, name, _entered(state, getattr(stepfunctions, name)))
    stepfunctions._fail_state_error = _failing(stepfunctions._fail_state_error)
    stepfunctions._apply_input_path = _succeeding(stepfunctions._apply_input_path)


def run(definition: dict[str, Any], scenario: dict[str, Any]) -> dict[str, Any]:
    """Run a scenario to its end."""
    global play
    play = Play(scenario)
    stepfunctions._state_machines[MACHINE] = {"name": "machine", "definition": json.dumps(definition), "roleArn": ""}
    execution = {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "name": "operation-1",
        "status": "RUNNING",
        "startDate": play.time(),
        "input": json.dumps(scenario["input"]),
        "events": [],
    }
    stepfunctions._executions[EXECUTION] = execution
    # Each execution has its own clock.
    contextvars.copy_context().run(stepfunctions._run_execution, EXECUTION)
    seen = {"entered": play.entered, "calls": play.calls, "waits": play.waits, "delays": play.delays}
    if execution["status"] == "SUCCEEDED":
        return {"status": "SUCCEEDED", "output": json.loads(execution["output"]), **seen}
    return {**{key: execution[key] for key in ("status", "error", "cause")}, **seen}


def _answered(resource: str, arguments: Any) -> Any:
    context = _task.get()
    with play.of_item(context.get("Map", {}).get("Item", {}).get("Index")):
        answer = play.answer(context["State"]["Name"], arguments, context["State"]["RetryCount"])
    if "error" in answer:
        raise stepfunctions._ExecutionError(answer["error"], answer["cause"])
    return answer["result"]


def _entered(state: str, execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_entered(*arguments: Any) -> Any:
        context = arguments[-1]
        play.entered.append(context["State"]["Name"])
        if state == "task":
            _task.set(context)
        _concurrent.set(context["State"]["Name"])
        _is_waiting.set(state == "wait")
        return execute(*arguments)

    return execute_entered


def _failing(error_of: Callable[..., Any]) -> Callable[..., Any]:
    def error_of_entered(state: dict, raw_input: Any, context: dict) -> Any:
        play.entered.append(context["State"]["Name"])
        return error_of(state, raw_input, context)

    return error_of_entered


def _succeeding(apply_input_path: Callable[..., Any]) -> Callable[..., Any]:
    def apply_entered(state: dict, data: Any, context: dict | None = None) -> Any:
        if state.get("Type") == "Succeed" and context is not None:
            play.entered.append(context["State"]["Name"])
        return apply_input_path(state, data, context)

    return apply_entered


def _noted(sleep: Callable[[float], None]) -> Callable[[float], None]:
    def sleep_noted(seconds: float) -> None:
        (play.waits if _is_waiting.get() else play.delays).append(seconds)
        sleep(seconds)

    return sleep_noted


def _in_order(results_of: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Run jobs one after another, in the scenario's order. After a failure, the others wait until the engine ends them."""

    def results_in_order(jobs: list[Callable[[], Any]], at_once: int) -> list[Any]:
        order = play.ordered(_concurrent.get(), len(jobs))
        failed: list[bool] = []

        def turn(job: Callable[[], Any]) -> Any:
            while failed:
                halting.sleep(1)
            try:
                return job()
            except BaseException:
                failed.append(True)
                raise

        turns = [lambda job=jobs[index]: turn(job) for index in order]
        results = dict(zip(order, results_of(turns, 1), strict=True))
        return [results[index] for index in range(len(jobs))]

    return results_in_order


if __name__ == "__main__":
    logging.disable()
    prepare()
    serve(run)
