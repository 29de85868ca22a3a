"""DescribeStateMachineForExecution gives the definition with which the execution began.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
"""

import json
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions

_at_start: dict[str, str] = {}


def apply() -> None:
    """Keep the definition of each execution at its start."""
    stepfunctions._start_execution = _keeping(stepfunctions._start_execution)
    stepfunctions._describe_state_machine_for_execution = _with_kept(
        stepfunctions._describe_state_machine_for_execution
    )


def _keeping(start: Any) -> Any:
    def start_execution(data: dict[str, Any]) -> Any:
        answer = start(data)
        execution = stepfunctions._executions.get(json.loads(answer[2]).get("executionArn"))
        if execution is not None:
            machine = stepfunctions._state_machines[execution["stateMachineArn"]]
            _at_start.setdefault(execution["executionArn"], machine["definition"])
        return answer

    return start_execution


def _with_kept(describe: Any) -> Any:
    def describe_for_execution(data: dict[str, Any]) -> Any:
        answer = describe(data)
        kept = _at_start.get(data.get("executionArn", ""))
        return answer if kept is None else json_response({**json.loads(answer[2]), "definition": kept})

    return describe_for_execution
