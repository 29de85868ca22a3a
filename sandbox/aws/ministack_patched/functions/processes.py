"""The processes of functions: few enough for the memory and the processors of one machine. A test may kill one at work.

MiniStack starts one for each call that finds none idle, and keeps it. Here a call waits until it may have one: an idle
one of its function, or a new one once there is room for it. Nobody waits for himself: no function here calls another.
"""

import collections
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime

from .node_worker import NodeWorker

# A process takes some 70 MB: with the servers and the clusters, a sandbox stays below 3 GB.
MOST = int(os.environ.get("SANDBOX_FUNCTION_PROCESSES", "20"))
# To start one takes a processor for a quarter of a second: started all at once, each is slower than its caller waits.
MOST_STARTING = os.cpu_count() or 2
# Seconds. On AWS some minutes: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
IDLE = 60.0

_changed = threading.Condition(lambda_runtime._lock)
_waiting: collections.deque[object] = collections.deque()


def acquire(
    func_name: str, config: dict[str, Any], code_zip: bytes, qualifier: str = "$LATEST"
) -> tuple[NodeWorker, str]:
    """A worker for one call, once there may be one; `release` gives it back."""
    key = lambda_runtime._worker_key(func_name, config, qualifier)
    ticket, evicted = object(), []
    with _changed:
        _waiting.append(ticket)
        try:
            while True:
                worker = next((each for each in lambda_runtime._workers.get(key, []) if not each.in_use), None)
                if worker is not None:
                    how = "reused"
                    break
                if _waiting[0] is ticket and _may_start():
                    evicted = _make_room()
                    worker, how = NodeWorker(func_name, config, code_zip, when_ready=_tell), "spawn"
                    lambda_runtime._workers.setdefault(key, []).append(worker)
                    break
                _changed.wait()
            worker.in_use = True
        finally:
            _waiting.remove(ticket)
            _changed.notify_all()
    lambda_runtime.kill_workers(evicted)
    return worker, how


def release(worker: NodeWorker | None) -> None:
    """Let the next call have the worker; None is one that was ended instead."""
    with _changed:
        if worker is not None:
            worker.in_use = False
            worker.last_used = time.time()
        _changed.notify_all()


def end_idle(seconds: float = IDLE) -> int:
    """End the processes without a call for so long; returns how many."""
    since = time.time() - seconds
    with _changed:
        idle = [each for each in _all() if not each.in_use and each.last_used <= since]
        _forget(idle)
        _changed.notify_all()
    lambda_runtime.kill_workers(idle)
    return len(idle)


def kill_caller(access_key: str, step: str, event: str) -> int:
    """Kill the busy processes that use these credentials, which are one function's, do this step, and have `event`."""
    return _kill(lambda each: each.access_key == access_key and step in ("", each.step) and event in each.event)


def kill_by_name(part: str, event: str) -> int:
    """Kill the busy processes of the function or the step of this name whose event contains `event`; returns how many."""
    return _kill(lambda each: (part in each.func_name or part == each.step) and event in each.event)


def _kill(chosen: Callable[[NodeWorker], bool]) -> int:
    with _changed:
        workers = [each for each in _all() if each.busy and chosen(each)]
    return sum(worker.kill_now() for worker in workers)


def _all() -> list[NodeWorker]:
    return [each for workers in lambda_runtime._workers.values() for each in workers if isinstance(each, NodeWorker)]


def _may_start() -> bool:
    workers = _all()
    if sum(each.in_use and not each.is_ready for each in workers) >= MOST_STARTING:
        return False
    return len(workers) < MOST or any(not each.in_use for each in workers)


def _make_room() -> list[NodeWorker]:
    """Takes the one that is idle for longest, when there are as many as there may be."""
    workers = _all()
    if len(workers) < MOST:
        return []
    longest = min((each for each in workers if not each.in_use), key=lambda each: each.last_used)
    _forget([longest])
    return [longest]


def _forget(workers: list[NodeWorker]) -> None:
    for key, entries in list(lambda_runtime._workers.items()):
        kept = [each for each in entries if each not in workers]
        if kept:
            lambda_runtime._workers[key] = kept
        else:
            del lambda_runtime._workers[key]


def _tell() -> None:
    with _changed:
        _changed.notify_all()
