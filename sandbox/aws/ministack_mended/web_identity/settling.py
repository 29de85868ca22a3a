"""IAM is eventually consistent: on AWS a new role is often not assumable for 10 to 30 seconds."""

import time
from datetime import datetime
from typing import Any

_seconds = 0.0


def set_seconds(seconds: float) -> None:
    """How long after its creation a role is not assumable. 0, as at the start: assumable at once."""
    global _seconds
    _seconds = seconds


def is_settled(role: dict[str, Any]) -> bool:
    """Whether STS knows of the role; its creation is kept in whole seconds."""
    created = datetime.fromisoformat(role["CreateDate"].replace("Z", "+00:00")).timestamp()
    return time.time() - created >= _seconds
