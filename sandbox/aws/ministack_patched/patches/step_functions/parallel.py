"""Parallel in JSONata: Arguments, Output and Assign. Each branch has its own variables and context object."""

import copy
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces
from . import together


@replaces(stepfunctions, "_run_parallel_branches")
def run_parallel_branches(
    run_branches: Callable[..., Any], state: dict, raw_input: Any, execution: dict, ctx: dict
) -> tuple[Any, str | None]:
    """Run the branches of JSONata states. MiniStack runs the branches of JSONPath states."""
    if stepfunctions._state_query_language(state, ctx) != "JSONata":
        return run_branches(state, raw_input, execution, ctx)
    arguments = stepfunctions._apply_jsonata_arguments(state, raw_input, ctx)
    branches = [_job(branch, arguments, execution, ctx) for branch in state["Branches"]]
    return together.output_of(branches, len(branches), state, raw_input, ctx)


def _job(branch: dict, arguments: Any, execution: dict, ctx: dict) -> Callable[[], Any]:
    own = copy.deepcopy(ctx)
    return lambda: stepfunctions._run_sub_machine(branch["States"], branch["StartAt"], arguments, execution, own)
