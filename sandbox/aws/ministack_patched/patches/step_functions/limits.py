"""256 KiB: the most that a state may take or give. More ends the execution with States.DataLimitExceeded.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

MAX_BYTES = 256 * 1024
# States.ALL does not match these: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
NOT_ALL = frozenset({"States.DataLimitExceeded", "States.Runtime"})


def apply() -> None:
    """Weigh what goes into and comes out of calls and states."""
    error_matches = stepfunctions._error_matches

    def matches(patterns: list[str], error: str) -> bool:
        named = [each for each in patterns if each != "States.ALL"] if error in NOT_ALL else patterns
        return error_matches(named, error)

    stepfunctions._error_matches = matches
    stepfunctions._invoke_resource = _weighed_call(stepfunctions._invoke_resource)
    for state in ("pass", "task", "parallel", "map"):
        name = f"_execute_{state}"
        setattr(stepfunctions, name, _weighed_state(getattr(stepfunctions, name)))


def _weighed_call(invoke: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke_weighed(resource: str, arguments: Any) -> Any:
        _weigh(arguments, "input")
        result = invoke(resource, arguments)
        _weigh(result, "output")
        return result

    return invoke_weighed


def _weighed_state(execute: Callable[..., tuple[Any, str | None]]) -> Callable[..., tuple[Any, str | None]]:
    def execute_weighed(*arguments: Any) -> tuple[Any, str | None]:
        output, next_state = execute(*arguments)
        _weigh(output, "output")
        return output, next_state

    return execute_weighed


def _weigh(value: Any, what: str) -> None:
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_BYTES:
        raise stepfunctions._ExecutionError(
            "States.DataLimitExceeded",
            f"The state/task returned a result with a size exceeding the maximum number of bytes service limit ({what}).",
        )
