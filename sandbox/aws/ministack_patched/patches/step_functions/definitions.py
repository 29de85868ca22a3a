"""DescribeStateMachineForExecution returns the definition with which the execution started.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
"""

import json
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions

from ..replacing import replaces

_at_start: dict[str, str] = {}


@replaces(stepfunctions, "_start_execution")
def start_execution(start: Any, data: dict[str, Any]) -> Any:
    answer = start(data)
    execution = stepfunctions._executions.get(json.loads(answer[2]).get("executionArn"))
    if execution is not None:
        machine = stepfunctions._state_machines[execution["stateMachineArn"]]
        _at_start.setdefault(execution["executionArn"], machine["definition"])
    return answer


@replaces(stepfunctions, "_describe_state_machine_for_execution")
def describe_for_execution(describe: Any, data: dict[str, Any]) -> Any:
    answer = describe(data)
    stored = _at_start.get(data.get("executionArn", ""))
    return answer if stored is None else json_response({**json.loads(answer[2]), "definition": stored})
