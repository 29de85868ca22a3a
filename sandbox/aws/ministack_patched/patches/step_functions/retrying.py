"""Retry: MaxDelaySeconds and JitterStrategy, which MiniStack ignores.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
"""

import random
from typing import Any

from ministack.services import stepfunctions

from ..replacing import replaces


@replaces(stepfunctions, "_find_matching_retrier")
def find_with_delay(find: Any, retriers: list[dict], error: str, counts: dict[int, int]) -> tuple[dict | None, int]:
    """Return the retrier with the complete delay as its interval. BackoffRate 1 keeps MiniStack from increasing it."""
    retrier, index = find(retriers, error, counts)
    if retrier is None:
        return retrier, index
    return {**retrier, "IntervalSeconds": _delay(retrier, counts.get(index, 0)), "BackoffRate": 1}, index


def _delay(retrier: dict[str, Any], count: int) -> float:
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** count
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay
