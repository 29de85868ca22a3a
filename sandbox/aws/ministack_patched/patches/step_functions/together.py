"""Runs branches or items at the same time. The first failure ends the others, as on AWS."""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any

from ministack.services import stepfunctions

from . import clock, halting


def output_of(
    jobs: list[Callable[[], Any]], at_once: int, state: dict, raw_input: Any, ctx: dict
) -> tuple[Any, str | None]:
    """Run the jobs of a Parallel or Map in JSONata. Returns the output of the state, and the next state."""
    results = results_of(jobs, at_once)
    output = stepfunctions._apply_jsonata_output(state, raw_input, ctx, result=results, default=results)
    stepfunctions._apply_state_assign(state, raw_input, ctx, result=results)
    return output, stepfunctions._next_or_end(state)


def results_of(jobs: list[Callable[[], Any]], at_once: int) -> list[Any]:
    """Run all jobs, at most `at_once` at a time, and return their results in order.

    Raises the first failure without waiting for the other jobs. Each of them ends at its next state or call.
    """
    if not jobs:
        return []
    failed = threading.Event()

    def run(job: Callable[[], Any]) -> tuple[Any, float]:
        halting.halt_when(failed.is_set)
        return job(), clock.ahead()

    pool = ThreadPoolExecutor(max_workers=at_once)
    # A context can be entered by one thread only, so each job gets its own copy.
    futures: list[Future] = [pool.submit(contextvars.copy_context().run, run, job) for job in jobs]
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    failure = next((error for error in (future.exception() for future in done) if error), None)
    if failure is None:
        pool.shutdown()
        ends = [future.result() for future in futures]
        clock.set_ahead(max(ahead for _, ahead in ends))
        return [result for result, _ in ends]
    failed.set()
    pool.shutdown(wait=False, cancel_futures=True)
    if isinstance(failure, (stepfunctions._ExecutionError, halting.Halted)):
        raise failure
    raise stepfunctions._ExecutionError("States.Runtime", str(failure))
