"""One run of a scenario: the answers that its tasks get, the clock, and what the engine has done.

Branches and items run one after the other, in the order that the scenario gives, each from the same time on: an engine is
compared by what it does, and threads would do it in another order each time.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

START = datetime(2026, 11, 25, 12, tzinfo=timezone.utc).timestamp()


class Play:
    """What test/peers/engines/scenario.ts calls a Scenario, as it is run, and the Outcome as it comes about."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = scenario["answers"]
        self.order: dict[str, list[int]] = scenario.get("order", {})
        self.now = START
        self.item: int | None = None
        self.entered: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.waits: list[float] = []
        self.delays: list[float] = []
        self._asked: Counter[tuple[str, int | None]] = Counter()

    def time(self) -> str:
        """Now, as Step Functions writes it: 2026-11-25T12:00:00.000Z."""
        return datetime.fromtimestamp(self.now, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def answer(self, state: str, arguments: Any, attempt: int) -> dict[str, Any]:
        """The answer to a call: `{"result": ...}` or `{"error": ..., "cause": ...}`. The last one is given again and again."""
        call = {"state": state, "arguments": arguments, "attempt": attempt}
        self.calls.append(call if self.item is None else {**call, "item": self.item})
        rule = next(rule for rule in self.answers[state] if rule.get("item") in (None, self.item))
        asked = self._asked[state, self.item]
        self._asked[state, self.item] += 1
        return rule["answers"][min(asked, len(rule["answers"]) - 1)]

    def wait(self, seconds: float) -> None:
        """Let a Wait state wait."""
        self.waits.append(seconds)
        self.now += seconds

    def delay(self, seconds: float) -> None:
        """Let a retry wait: all of the delay that jitter may shorten."""
        self.delays.append(seconds)
        self.now += seconds

    def ordered(self, state: str, count: int) -> list[int]:
        """The indexes of the branches or items of a state in the order in which they run."""
        order = self.order.get(state, list(range(count)))
        if sorted(order) != list(range(count)):
            raise ValueError(f"{state} has {count} branches or items, and the scenario orders {order}")
        return order

    @contextmanager
    def of_item(self, index: int) -> Iterator[None]:
        """Let what is called here be called for this item of a Map."""
        outer, self.item = self.item, index
        try:
            yield
        finally:
            self.item = outer

    @contextmanager
    def beside(self, ends: list[float]) -> Iterator[None]:
        """Run a branch or an item beside those that ended at these times, from the time on at which they began."""
        start = self.now
        try:
            yield
        finally:
            ends.append(self.now)
            self.now = start

