"""UpdateRole without a session length sets it to one hour; MiniStack leaves it as it was.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
"""

from typing import Any

from ministack.services import iam

DEFAULT_SECONDS = "3600"


def apply() -> None:
    """Fill in the length that AWS applies."""
    update = iam._IAM_HANDLERS["UpdateRole"]

    def update_role(params: dict[str, Any]) -> Any:
        seconds = iam._p(params, "MaxSessionDuration") or DEFAULT_SECONDS
        return update({**params, "MaxSessionDuration": [seconds]})

    iam._IAM_HANDLERS["UpdateRole"] = update_role
