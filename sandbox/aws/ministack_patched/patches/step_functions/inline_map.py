"""Inline Map in JSONata: the first item that fails ends the other items. MiniStack lets the other items finish."""

import copy
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces
from . import together


@replaces(stepfunctions, "_run_map_items")
def run_map_items(
    run_items: Callable[..., Any], state: dict, raw_input: Any, execution: dict, ctx: dict
) -> tuple[Any, str | None]:
    """Run the items of inline JSONata states. MiniStack runs JSONPath and distributed states."""
    is_distributed = state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED"
    if is_distributed or stepfunctions._state_query_language(state, ctx) != "JSONata":
        return run_items(state, raw_input, execution, ctx)
    items = _field(state, "Items", "array", raw_input, ctx)
    at_once = int(_field(state, "MaxConcurrency", "number", raw_input, ctx) or len(items))
    jobs = [_job(state, raw_input, execution, _context(ctx, index, item)) for index, item in enumerate(items)]
    return together.output_of(jobs, at_once, state, raw_input, ctx)


def _field(state: dict, name: str, json_type: str, raw_input: Any, ctx: dict) -> Any:
    if name not in state:
        return raw_input if name == "Items" else 0
    return stepfunctions._jsonata_state_field(state, name, json_type, raw_input, ctx)


def _context(ctx: dict, index: int, item: Any) -> dict:
    return {**copy.deepcopy(ctx), "Map": {"Item": {"Index": index, "Value": item}}}


def _job(state: dict, raw_input: Any, execution: dict, ctx: dict) -> Callable[[], Any]:
    processor = state["ItemProcessor"]

    def run() -> Any:
        item = ctx["Map"]["Item"]["Value"]
        selector = state.get("ItemSelector")
        own_input = stepfunctions._apply_jsonata_template(selector, raw_input, ctx) if selector else item
        return stepfunctions._run_sub_machine(processor["States"], processor["StartAt"], own_input, execution, ctx)

    return run
