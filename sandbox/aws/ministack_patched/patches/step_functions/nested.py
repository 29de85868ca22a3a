"""A Task that waits for a child execution. The child has its own events and role, and stops with its parent.

MiniStack runs the child in the parent's context. The parent would continue with the child's role and events, and would
end with the child.
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
    """Run the child execution in its own context."""
    answer = contextvars.copy_context().run(start, data)
    started = stepfunctions._executions.get(json.loads(answer[2]).get("executionArn"))
    # The child has not ended by itself: the parent was stopped.
    if started is not None and started["status"] == "RUNNING":
        started.update(status="ABORTED", stopDate=now_iso())
    return answer
