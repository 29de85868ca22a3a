"""Limits the input and output of a state to 256 KiB. A larger one fails the state with States.DataLimitExceeded.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces

MAX_BYTES = 256 * 1024
# States.ALL does not match these: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
NOT_ALL = frozenset({"States.DataLimitExceeded", "States.Runtime"})


@replaces(stepfunctions, "_error_matches")
def matches(error_matches: Callable[..., bool], patterns: list[str], error: str) -> bool:
    named = [each for each in patterns if each != "States.ALL"] if error in NOT_ALL else patterns
    return error_matches(named, error)


@replaces(stepfunctions, "_invoke_resource")
def invoke_weighed(invoke: Callable[[str, Any], Any], resource: str, arguments: Any) -> Any:
    _weigh(arguments, "input")
    result = invoke(resource, arguments)
    _weigh(result, "output")
    return result


def _execute_weighed(execute: Callable[..., tuple[Any, str | None]], *arguments: Any) -> tuple[Any, str | None]:
    output, next_state = execute(*arguments)
    _weigh(output, "output")
    return output, next_state


for _state in ("pass", "task", "parallel", "map"):
    replaces(stepfunctions, f"_execute_{_state}")(_execute_weighed)


def _weigh(value: Any, what: str) -> None:
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_BYTES:
        raise stepfunctions._ExecutionError(
            "States.DataLimitExceeded",
            f"The state/task returned a result with a size exceeding the maximum number of bytes service limit ({what}).",
        )
