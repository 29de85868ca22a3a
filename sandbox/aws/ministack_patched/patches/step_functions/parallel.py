"""Parallel in JSONata: Arguments, Output and Assign; variables and the context object of each branch are its own."""

import copy
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from . import together


def apply() -> None:
    """Run the branches of JSONata states here; those of JSONPath states stay MiniStack's."""
    run_branches: Callable[..., Any] = stepfunctions._run_parallel_branches

    def run_parallel_branches(state: dict, raw_input: Any, execution: dict, ctx: dict) -> tuple[Any, str | None]:
        if stepfunctions._state_query_language(state, ctx) != "JSONata":
            return run_branches(state, raw_input, execution, ctx)
        arguments = stepfunctions._apply_jsonata_arguments(state, raw_input, ctx)
        branches = [_job(branch, arguments, execution, ctx) for branch in state["Branches"]]
        results = together.results_of(branches, at_once=len(branches))
        output = stepfunctions._apply_jsonata_output(state, raw_input, ctx, result=results, default=results)
        stepfunctions._apply_state_assign(state, raw_input, ctx, result=results)
        return output, stepfunctions._next_or_end(state)

    stepfunctions._run_parallel_branches = run_parallel_branches


def _job(branch: dict, arguments: Any, execution: dict, ctx: dict) -> Callable[[], Any]:
    own = copy.deepcopy(ctx)
    return lambda: stepfunctions._run_sub_machine(branch["States"], branch["StartAt"], arguments, execution, own)
