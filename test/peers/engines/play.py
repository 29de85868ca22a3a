"""One run of a scenario: the answers of its tasks, the clock, and a record of what the engine did.

Branches and items run one after another, in the scenario's order, each from the same time on. With threads, the order
would differ in each run, and the engines could not be compared.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

START = datetime(2026, 11, 25, 12, tzinfo=timezone.utc).timestamp()


class Play:
    """The state of a run: the Scenario and the growing Outcome of test/peers/engines/scenario.ts."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = scenario["answers"]
        self.order: dict[str, list[int]] = scenario.get("order", {})
        self.now = START
        self.item: int | None = None
        self.entered: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.waits: list[float] = []
        self.delays: list[float] = []
        self._answered: Counter[tuple[str, int | None]] = Counter()

    def time(self) -> str:
        """The current time in the format of Step Functions: 2026-11-25T12:00:00.000Z."""
        return datetime.fromtimestamp(self.now, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def answer(self, state: str, arguments: Any, attempt: int) -> dict[str, Any]:
        """Return the answer to a call: `{"result": ...}` or `{"error": ..., "cause": ...}`. The last one is repeated."""
        call = {"state": state, "arguments": arguments, "attempt": attempt}
        self.calls.append(call if self.item is None else {**call, "item": self.item})
        rule = next(rule for rule in self.answers[state] if rule.get("item") in (None, self.item))
        before = self._answered[state, self.item]
        self._answered[state, self.item] += 1
        return rule["answers"][min(before, len(rule["answers"]) - 1)]

    def wait(self, seconds: float) -> None:
        """Advance the clock by a Wait state."""
        self.waits.append(seconds)
        self.now += seconds

    def delay(self, seconds: float) -> None:
        """Advance the clock by the delay of a retry, which jitter does not shorten here."""
        self.delays.append(seconds)
        self.now += seconds

    def ordered(self, state: str, count: int) -> list[int]:
        """Return the indexes of the branches or items of a state, in the order in which they run."""
        order = self.order.get(state, list(range(count)))
        if sorted(order) != list(range(count)):
            raise ValueError(f"{state} has {count} branches or items, and the scenario orders {order}")
        return order

    @contextmanager
    def of_item(self, index: int) -> Iterator[None]:
        """Record calls as calls of this item of a Map."""
        outer, self.item = self.item, index
        try:
            yield
        finally:
            self.item = outer

    @contextmanager
    def beside(self, ends: list[float]) -> Iterator[None]:
        """Run a branch or an item in parallel with those that ended at these times: start at their start time."""
        start = self.now
        try:
            yield
        finally:
            ends.append(self.now)
            self.now = start

