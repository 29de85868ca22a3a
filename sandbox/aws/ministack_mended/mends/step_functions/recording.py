"""What the expressions of running state machines were given, and what they gave: for the comparison with another engine.

Kept only while a test asks for it, since a state's input is copied for each of its expressions.
"""

import json
import threading
from typing import Any

from ministack.services import stepfunctions

_lock = threading.Lock()
_recorded: list[dict[str, Any]] | None = None


def apply() -> None:
    """Look at every evaluation of an expression."""
    evaluate = stepfunctions._evaluate_jsonata

    def evaluate_recorded(
        expression: str, raw_input: Any, ctx: dict | None = None, result: Any = None, error_output: Any = None
    ) -> Any:
        if _recorded is None:
            return evaluate(expression, raw_input, ctx, result, error_output)
        given = _given(expression, raw_input, ctx or {}, result, error_output)
        try:
            value = evaluate(expression, raw_input, ctx, result, error_output)
        except stepfunctions._ExecutionError as error:
            _keep({**given, "error": error.error})
            raise
        _keep({**given, "output": _copy(value)})
        return value

    stepfunctions._evaluate_jsonata = evaluate_recorded


def start() -> None:
    """Forget what was recorded, and record from now on."""
    global _recorded
    _recorded = []


def recorded() -> list[dict[str, Any]]:
    """What was recorded since the start."""
    with _lock:
        return list(_recorded or [])


def _given(expression: str, raw_input: Any, ctx: dict[str, Any], result: Any, error_output: Any) -> dict[str, Any]:
    # MiniStack keeps the variables in the context object; on AWS they are not in it.
    context = {name: value for name, value in ctx.items() if name not in ("variables", "QueryLanguage")}
    states = {"input": raw_input, "context": context}
    if result is not None:
        states["result"] = result
    if error_output is not None:
        states["errorOutput"] = error_output
    return _copy({"expression": expression, "variables": ctx.get("variables") or {}, "states": states})


def _keep(evaluation: dict[str, Any]) -> None:
    with _lock:
        if _recorded is not None:
            _recorded.append(evaluation)


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
