"""StartExecution with the name and the input of a running execution returns that execution.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

import json
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import stepfunctions

from ..replacing import replaces


@replaces(stepfunctions, "_start_execution")
def start_execution(start: Any, data: dict[str, Any]) -> Any:
    running = _running_execution(data)
    if running is None:
        return start(data)
    return json_response({"executionArn": running["executionArn"], "startDate": running["startDate"]})


def _running_execution(data: dict[str, Any]) -> dict[str, Any] | None:
    machine = stepfunctions._state_machines.get(data.get("stateMachineArn", ""))
    if machine is None or not data.get("name"):
        return None
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine['name']}:{data['name']}"
    execution = stepfunctions._executions.get(arn)
    if execution is None or execution["status"] != "RUNNING":
        return None
    same_input = json.loads(execution["input"]) == json.loads(data.get("input") or "{}")
    return execution if same_input else None
