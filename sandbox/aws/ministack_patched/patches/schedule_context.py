"""The context attributes that EventBridge Scheduler replaces in a target's input. MiniStack passes the input unchanged.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

from datetime import UTC, datetime
from typing import Any

from ministack.services import eventbridge

from .replacing import replaces


@replaces(eventbridge, "_invoke_target")
def invoke_target(invoke: Any, target: dict[str, Any], event: dict[str, Any], *more: Any) -> Any:
    """Replace the attributes that the product's schedule uses."""
    if event.get("Source") != "aws.scheduler" or "Input" not in target:
        return invoke(target, event, *more)
    scheduled = datetime.fromtimestamp(event["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    filled = target["Input"].replace("<aws.scheduler.scheduled-time>", scheduled)
    filled = filled.replace("<aws.scheduler.schedule-arn>", event["Resources"][0])
    return invoke({**target, "Input": filled}, event, *more)
