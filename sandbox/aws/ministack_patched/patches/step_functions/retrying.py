"""Retry: MaxDelaySeconds and JitterStrategy, which MiniStack ignores.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
"""

import random
from typing import Any

from ministack.services import stepfunctions


def apply() -> None:
    """Give a retrier whose first interval is the whole delay, so that MiniStack computes no further."""
    find = stepfunctions._find_matching_retrier

    def find_with_delay(retriers: list[dict], error: str, counts: dict[int, int]) -> tuple[dict | None, int]:
        retrier, index = find(retriers, error, counts)
        if retrier is None:
            return retrier, index
        return {**retrier, "IntervalSeconds": _delay(retrier, counts.get(index, 0)), "BackoffRate": 1}, index

    stepfunctions._find_matching_retrier = find_with_delay


def _delay(retrier: dict[str, Any], count: int) -> float:
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** count
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay
