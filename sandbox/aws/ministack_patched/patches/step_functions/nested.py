"""A Task that starts an execution and waits for it: that execution has its own events, role and end, and is stopped with the one that waits.

MiniStack runs it inside the one that waits, which would then go on with its role and its events, and end with it.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
"""

import contextvars
import json
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from ..replacing import replaces


@replaces(stepfunctions, "_start_sync_execution")
def start_apart(start: Any, data: dict[str, Any]) -> Any:
    """Run the execution in a context of its own."""
    answer = contextvars.copy_context().run(start, data)
    started = stepfunctions._executions.get(json.loads(answer[2]).get("executionArn"))
    # It has not ended by itself: the execution that waits for it was stopped.
    if started is not None and started["status"] == "RUNNING":
        started.update(status="ABORTED", stopDate=now_iso())
    return answer
