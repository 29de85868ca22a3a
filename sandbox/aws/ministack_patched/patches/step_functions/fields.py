"""Fields of JSONata states: Output of Succeed and TimeoutSeconds of Task as an expression, which MiniStack ignores, and Assign.

All expressions of an Assign see the values from before the state; MiniStack's see those that were assigned just before them.
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from typing import Any

from ministack.services import stepfunctions


def apply() -> None:
    """Evaluate them."""
    apply_output_path = stepfunctions._apply_output_path
    execute_task = stepfunctions._execute_task

    def apply_output_path_or_output(state: dict[str, Any], value: Any, ctx: dict[str, Any] | None = None) -> Any:
        if state.get("Type") == "Succeed" and stepfunctions._state_query_language(state, ctx) == "JSONata":
            return stepfunctions._apply_jsonata_output(state, value, ctx, default=value)
        return apply_output_path(state, value, ctx)

    def execute_task_in_time(state: dict[str, Any], raw_input: Any, execution: dict, ctx: dict) -> Any:
        if isinstance(state.get("TimeoutSeconds"), str):
            seconds = stepfunctions._jsonata_state_field(state, "TimeoutSeconds", "number", raw_input, ctx)
            state = {**state, "TimeoutSeconds": seconds}
        return execute_task(state, raw_input, execution, ctx)

    assign = stepfunctions._apply_state_assign

    def assign_together(
        state: dict[str, Any], raw_input: Any, ctx: dict | None, result: Any = None, error_output: Any = None
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

    stepfunctions._apply_state_assign = assign_together
    stepfunctions._apply_output_path = apply_output_path_or_output
    stepfunctions._execute_task = execute_task_in_time
