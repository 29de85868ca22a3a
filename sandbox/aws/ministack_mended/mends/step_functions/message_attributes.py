"""sns:publish takes MessageAttributes as an object; MiniStack reads them as SNS's own requests spell them, and loses these.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

PUBLISH = "arn:aws:states:::sns:publish"


def apply() -> None:
    """Spell the attributes of a message as a request to SNS does."""
    publish: Callable[[str, dict[str, Any]], Any] = stepfunctions._SERVICE_DISPATCH[PUBLISH]

    def publish_with_attributes(resource: str, arguments: dict[str, Any]) -> Any:
        attributes: dict[str, Any] = arguments.get("MessageAttributes") or {}
        entries = [_entry(number, name, value) for number, (name, value) in enumerate(attributes.items(), 1)]
        return publish(resource, {**arguments, **{key: value for entry in entries for key, value in entry.items()}})

    stepfunctions._SERVICE_DISPATCH[PUBLISH] = publish_with_attributes


def _entry(number: int, name: str, value: dict[str, str]) -> dict[str, str]:
    prefix = f"MessageAttributes.entry.{number}"
    return {f"{prefix}.Name": name, **{f"{prefix}.Value.{key}": each for key, each in value.items()}}
