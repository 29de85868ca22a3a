"""The faults that tests inject: those of sandbox/faults.ts, and `kill-caller`, which kills the calling function."""

import re
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .calls import Call


@dataclass
class Fault:
    """The next `times` calls that match the patterns (`*` stands for any characters) fail in this way."""

    kind: str
    """A kind of sandbox/faults.ts, or `kill-caller`."""
    operation: str
    times: int
    object: str = "*"
    actor: str = "*"
    step: str = "*"
    delayMs: float = 0.0
    body: str = ""
    event: str = ""
    metAt: list[float] = field(default_factory=list)

    def matches(self, call: Call, body: bytes) -> bool:
        """Whether the fault applies to a call."""
        pairs = (
            (call.operation, self.operation),
            (call.object, self.object),
            (call.actor, self.actor),
            (call.step, self.step),
        )
        return self.body.encode() in body and all(_matches_pattern(pattern, text) for text, pattern in pairs)


def _matches_pattern(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


_faults: list[Fault] = []
_spent: list[Fault] = []
_lock = threading.Lock()


def inject(description: dict[str, Any]) -> None:
    """Arm a fault."""
    with _lock:
        _faults.append(Fault(**description))


def armed() -> list[dict[str, Any]]:
    """Return the faults whose `times` are not used up."""
    with _lock:
        return [asdict(fault) for fault in _faults]


def take(call: Call, body: bytes) -> Fault | None:
    """Return the armed fault that applies to this call, or None. Decrements the `times` of the fault."""
    with _lock:
        fault = next((each for each in _faults if each.matches(call, body)), None)
        if fault is None:
            return None
        fault.times -= 1
        fault.metAt.append(time.time() * 1000)
        if fault.times <= 0:
            _faults.remove(fault)
            _spent.append(fault)
        return fault


def remove(description: dict[str, Any]) -> list[float]:
    """Remove the faults with this description. Returns when they were applied, in milliseconds since the epoch."""
    order = Fault(**description)
    with _lock:
        removed = [each for each in (*_faults, *_spent) if replace(each, times=order.times, metAt=[]) == order]
        for faults in (_faults, _spent):
            faults[:] = [each for each in faults if each not in removed]
    return sorted(at for each in removed for at in each.metAt)


def clear() -> None:
    """Disarm every fault."""
    with _lock:
        _faults.clear()
        _spent.clear()
