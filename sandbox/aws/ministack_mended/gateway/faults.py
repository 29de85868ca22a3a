"""Faults that a test asked for: what sandbox/faults.ts describes, and killing the function that calls."""

import re
import threading
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .calls import Call

Kind = Literal["drop-response", "refuse", "unavailable", "kill-caller", "delay"]


@dataclass
class Fault:
    """The next `times` calls that match the patterns (`*` stands for any characters) fail in this way."""

    kind: Kind
    operation: str
    times: int
    object: str = "*"
    actor: str = "*"
    delayMs: float = 0.0
    body: str = ""
    event: str = ""

    def matches(self, call: Call, body: bytes) -> bool:
        """Whether a call suffers this fault."""
        pairs = ((call.operation, self.operation), (call.object, self.object), (call.actor, self.actor))
        return self.body.encode() in body and all(_matches_pattern(pattern, text) for text, pattern in pairs)


def _matches_pattern(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


_faults: list[Fault] = []
_lock = threading.Lock()


def inject(description: dict[str, Any]) -> None:
    """Arm a fault."""
    with _lock:
        _faults.append(Fault(**description))


def armed() -> list[dict[str, Any]]:
    """The faults that have times left."""
    with _lock:
        return [asdict(fault) for fault in _faults]


def take(call: Call, body: bytes) -> Fault | None:
    """The armed fault that this call meets, one of its times used up."""
    with _lock:
        fault = next((each for each in _faults if each.matches(call, body)), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            _faults.remove(fault)
        return fault


def clear() -> None:
    """Disarm every fault."""
    with _lock:
        _faults.clear()
