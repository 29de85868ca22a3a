"""Runs scenarios on moto's parser of state machines (LocalStack's, Apache-2.0): `python -m on_moto`.

moto's other services do not run, and the process makes no calls.
"""

import json
import logging
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timezone
from functools import cache
from typing import Any
from unittest.mock import patch

from jsonata import Jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils
from json_lines import serve
from moto.stepfunctions.parser import utils
from moto.stepfunctions.parser.api import (
    EvaluationFailedEventDetails,
    HistoryEventType,
    StateMachineType,
    TaskFailedEventDetails,
)
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.retry import jitter_strategy_decl, retrier_decl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.inline_iteration_component import (
    InlineIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iteration_worker import IterationWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branch_worker import BranchWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branches_decl import BranchWorkerPool
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from play import Play

Patches = Iterator[AbstractContextManager[Any]]


def jsonata(play: Play) -> Patches:
    """Evaluate JSONata, for which moto has no evaluator.

    moto writes all variables into the text of an expression, which then takes far longer to parse than to evaluate.
    """
    yield patch.object(StringJSONata, "_eval_body", lambda text, env: env.stack.append(evaluated(text.expression, env)))


def evaluated(expression: str, env: Environment) -> Any:
    """Return the value of an expression. Null is a value, undefined is an error."""
    variables = {**env.variable_store._outer_scope, **env.variable_store._inner_scope, "states": env.states._states_data}
    bindings = {name: Utils.NULL_VALUE if value is None else value for name, value in variables.items()}
    try:
        value = parsed(expression).evaluate(None, bindings)
        is_undefined = value is None and not parsed(f"$exists({expression})").evaluate(None, bindings)
    except JException as error:
        raise query_error(env, str(error)) from error
    if is_undefined:
        raise query_error(env, f"The JSONata expression '{expression}' returned nothing (undefined).")
    return json.loads(json.dumps(value))


def query_error(env: Environment, cause: str) -> FailureEventException:
    """Create the error that moto raises for an expression without a value."""
    name = StatesErrorName(StatesErrorNameType.StatesQueryEvaluationError)
    details = EvaluationFailedEventDetails(error=name.error_name, cause=cause)
    failed = EventDetails(evaluationFailedEventDetails=details)
    return FailureEventException(FailureEvent(env, name, HistoryEventType.EvaluationFailed, failed))


@cache
def parsed(expression: str) -> Jsonata:
    """Parse an expression once: a poll evaluates it repeatedly."""
    return Jsonata(expression)


def tasks(play: Play) -> Patches:
    """Let the scenario answer tasks, for which moto calls its own AWS with boto3."""

    def answered(task: StateTaskService, env: Environment) -> None:
        attempt = env.states.context_object.context_object_data["State"]["RetryCount"]
        answer = play.answer(task.name, task._eval_parameters(env=env), attempt)
        if "error" in answer:
            details = TaskFailedEventDetails(error=answer["error"], cause=answer["cause"])
            failed = EventDetails(taskFailedEventDetails=details)
            name = CustomErrorName(answer["error"])
            raise FailureEventException(FailureEvent(env, name, HistoryEventType.TaskFailed, failed))
        env.stack.append(answer["result"])

    yield patch.object(StateTaskService, "_eval_execution", answered)


def error_names(play: Play) -> Patches:
    """Let States.* errors leave a branch or an item, where moto fails with States.Runtime instead."""
    yield patch.object(CustomErrorName, "__init__", ErrorName.__init__)


def clock(play: Play) -> Patches:
    """Use the scenario's clock for waits and for the times of states, where moto sleeps."""
    now = types.SimpleNamespace(now=lambda tz: types.SimpleNamespace(isoformat=play.time))
    yield patch.object(state_module, "datetime", types.SimpleNamespace(datetime=now, timezone=timezone))
    yield patch.object(WaitFunction, "_wait_interval", lambda wait, env, wait_seconds: play.wait(wait_seconds))


def retries(play: Play) -> Patches:
    """Delay retries by the scenario's clock, for the maximum with jitter, where moto sleeps for a random time."""
    yield patch.object(retrier_decl, "time", types.SimpleNamespace(sleep=play.delay))
    yield patch.object(jitter_strategy_decl, "random", types.SimpleNamespace(uniform=lambda low, high: high))


def branches(play: Play) -> Patches:
    """Run branches one after another, in the scenario's order, where moto runs them in parallel threads."""
    start = BranchWorker.start

    def start_later(worker: BranchWorker) -> None:
        pool = worker._branch_worker_comm
        pool.started = [*getattr(pool, "started", []), worker]

    def run_all(pool: BranchWorkerPool) -> None:
        ends: list[float] = []
        for index in play.ordered(pool.started[0].env.next_state_name, len(pool.started)):
            if not pool._termination_event.is_set():
                with play.beside(ends):
                    start(pool.started[index])
                    pool.started[index]._worker_thread.join()
        play.now = max(ends)

    yield patch.object(BranchWorker, "start", start_later)
    yield patch.object(BranchWorkerPool, "wait", run_all)


def items(play: Play) -> Patches:
    """Run the items of a Map one after another, in the scenario's order, where moto runs them in parallel threads."""
    ends: list[list[float]] = []
    evaluate = IterationWorker._eval_job

    def run_all(component: InlineIterationComponent, env: Environment, eval_input: Any, job_pool: Any) -> None:
        jobs = {job.job_index: job for job in job_pool._open_jobs}
        # The first worker runs all jobs.
        if not jobs or job_pool.get_worker_exception():
            return
        # Workers take the last job of the list.
        order = play.ordered(eval_input.state_name, len(jobs))
        job_pool._open_jobs[:] = [jobs[index] for index in reversed(order)]
        ends.append([])
        component._create_worker(env=env, eval_input=eval_input, job_pool=job_pool).eval()
        play.now = max(ends.pop())

    def evaluate_item(worker: IterationWorker, env: Environment, job: Any) -> None:
        with play.of_item(job.job_index), play.beside(ends[-1]):
            evaluate(worker, env, job)

    yield patch.object(InlineIterationComponent, "_launch_worker", run_all)
    yield patch.object(IterationWorker, "_eval_job", evaluate_item)


PATCHES: tuple[Callable[[Play], Patches], ...] = (jsonata, tasks, error_names, clock, retries, branches, items)


@contextmanager
def patched(play: Play, without: list[str]) -> Iterator[None]:
    """Apply all patches of moto for a run, except those named."""
    with ExitStack() as stack:
        for each in PATCHES:
            if each.__name__ not in without:
                for context in each(play):
                    stack.enter_context(context)
        yield


@cache
def program_of(definition: str) -> Any:
    """Parse a definition once, because parsing takes longer than a run."""
    return AmazonStateLanguageParser.parse(definition)[0]


def run(definition: dict[str, Any], scenario: dict[str, Any]) -> dict[str, Any]:
    """Run a scenario to its end."""
    play = Play(scenario)
    env = _environment(play, scenario["input"])
    program = program_of(json.dumps(definition))
    with patched(play, scenario.get("without", [])):
        program.eval(env)
    # moto keeps every thread that ever ran.
    utils.TMP_THREADS.clear()
    events = env.event_manager.get_event_history()
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
    seen = {"entered": entered, "calls": play.calls, "waits": play.waits, "delays": play.delays}
    return {**_end(env), **seen}


def _environment(play: Play, given: Any) -> Environment:
    arn = "arn:aws:states:eu-west-1:000000000000:execution:machine:operation-1"
    execution = {"Id": arn, "Input": given, "Name": "operation-1", "RoleArn": "", "StartTime": play.time()}
    return Environment(
        aws_execution_details=AWSExecutionDetails(account="000000000000", region="eu-west-1", role_arn=""),
        execution_type=StateMachineType.STANDARD,
        context={"Execution": execution, "StateMachine": {"Id": arn, "Name": "machine"}},
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )


def _end(env: Environment) -> dict[str, Any]:
    state = env.program_state()
    if isinstance(state, ProgramEnded):
        return {"status": "SUCCEEDED", "output": env.states.get_input()}
    if isinstance(state, ProgramError):
        return {"status": "FAILED", "error": state.error.get("error"), "cause": state.error.get("cause")}
    raise ValueError(f"the execution ended as {state}")


if __name__ == "__main__":
    logging.disable()
    serve(run)
