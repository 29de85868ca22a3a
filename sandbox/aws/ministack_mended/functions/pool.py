"""The processes of functions that are running now, so that a test can kill one in the middle of a step."""

import threading
from collections.abc import Callable
from typing import Protocol


class Running(Protocol):
    """A function's process."""

    func_name: str
    access_key: str
    busy: bool
    event: str
    step: str

    def kill_now(self) -> None:
        """Kill the process without letting it know."""


_running: list[Running] = []
_lock = threading.Lock()


def add(worker: Running) -> None:
    """Count a worker whose process has started."""
    with _lock:
        if worker not in _running:
            _running.append(worker)


def discard(worker: Running) -> None:
    """Forget a worker whose process has ended."""
    with _lock:
        if worker in _running:
            _running.remove(worker)


def kill_caller(access_key: str, step: str, event: str) -> int:
    """Kill the busy processes that use these credentials, which are one function's, do this step, and have `event`."""
    return _kill(
        lambda worker: worker.access_key == access_key and step in ("", worker.step) and event in worker.event
    )


def kill_by_name(part: str, event: str) -> int:
    """Kill the busy processes of the function or the step of this name whose event contains `event`; tells how many."""
    return _kill(lambda worker: (part in worker.func_name or part == worker.step) and event in worker.event)


def _kill(chosen: Callable[[Running], bool]) -> int:
    with _lock:
        workers = [worker for worker in _running if worker.busy and chosen(worker)]
    for worker in workers:
        worker.kill_now()
    return len(workers)
