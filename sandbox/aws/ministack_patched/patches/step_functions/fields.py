"""Fields of JSONata states. MiniStack ignores the Output of Succeed, and an expression as the TimeoutSeconds of a Task.

All expressions of an Assign use the values from before the state. MiniStack lets them use values of the same Assign.
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces


@replaces(stepfunctions, "_apply_output_path")
def apply_output(apply: Any, state: dict[str, Any], value: Any, ctx: dict[str, Any] | None = None) -> Any:
    if state.get("Type") == "Succeed" and stepfunctions._state_query_language(state, ctx) == "JSONata":
        return stepfunctions._apply_jsonata_output(state, value, ctx, default=value)
    return apply(state, value, ctx)


@replaces(stepfunctions, "_execute_task")
def execute_task(execute: Any, state: dict[str, Any], raw_input: Any, execution: dict, ctx: dict) -> Any:
    if isinstance(state.get("TimeoutSeconds"), str):
        seconds = stepfunctions._jsonata_state_field(state, "TimeoutSeconds", "number", raw_input, ctx)
        state = {**state, "TimeoutSeconds": seconds}
    return execute(state, raw_input, execution, ctx)


@replaces(stepfunctions, "_apply_state_assign")
def assign_together(
    assign: Any, state: dict[str, Any], raw_input: Any, ctx: dict | None, result: Any = None, error_output: Any = None
) -> None:
    if ctx is None:
        return
    before = ctx.get("variables", {})
    after = dict(before)
    for name, template in (state.get("Assign") or {}).items():
        own = {**ctx, "variables": dict(before)}
        assign({**state, "Assign": {name: template}}, raw_input, own, result, error_output)
        if name in own["variables"]:
            after[name] = own["variables"][name]
    ctx["variables"] = after
