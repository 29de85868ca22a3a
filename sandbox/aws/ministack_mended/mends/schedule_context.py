"""What EventBridge Scheduler fills into a target's input; MiniStack hands the input over as it is.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

from datetime import UTC, datetime
from typing import Any

from ministack.services import eventbridge


def apply() -> None:
    """Fill in the attributes that the product's schedule uses."""
    invoke = eventbridge._invoke_target

    def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> Any:
        if event.get("Source") != "aws.scheduler" or "Input" not in target:
            return invoke(target, event, rule, view)
        scheduled = datetime.fromtimestamp(event["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        filled = target["Input"].replace("<aws.scheduler.scheduled-time>", scheduled)
        arn = event["Resources"][0]
        return invoke({**target, "Input": filled.replace("<aws.scheduler.schedule-arn>", arn)}, event, rule, view)

    eventbridge._invoke_target = invoke_target
