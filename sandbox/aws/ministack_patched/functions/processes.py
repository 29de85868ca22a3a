"""Limits the processes of functions to the memory and processors of one machine. Tests can kill a busy process.

MiniStack starts a process for each call that finds no idle one. Here a call waits for an idle process of its function,
or until a new process may start. This cannot deadlock, because no function calls another function.
"""

import collections
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime

from .node_worker import NodeWorker

# A process takes about 70 MB. With the servers and the clusters, a sandbox stays below 3 GB.
MOST = int(os.environ.get("SANDBOX_FUNCTION_PROCESSES", "20"))
# A start takes a processor for a quarter of a second. If all processes started at once, their callers would time out.
MOST_STARTING = os.cpu_count() or 2
# Seconds until an idle process ends. AWS keeps it for minutes:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
IDLE = 60.0

_changed = threading.Condition(lambda_runtime._lock)
_waiting: collections.deque[object] = collections.deque()


def acquire(
    func_name: str, config: dict[str, Any], code_zip: bytes, qualifier: str = "$LATEST"
) -> tuple[NodeWorker, str]:
    """Wait for a worker for one call. The caller returns the worker by `release`."""
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
    """Make the worker available to other calls. MiniStack passes None if it has ended the worker."""
    with _changed:
        if worker is not None:
            worker.in_use = False
            worker.last_used = time.time()
        _changed.notify_all()


def end_idle(seconds: float = IDLE) -> int:
    """End the processes that have been idle for this long. Returns their number."""
    since = time.time() - seconds
    with _changed:
        idle = [each for each in _all() if not each.in_use and each.last_used <= since]
        _forget(idle)
        _changed.notify_all()
    lambda_runtime.kill_workers(idle)
    return len(idle)


def kill_caller(access_key: str, step: str, event: str) -> int:
    """Kill the busy processes of the function with this access key whose event contains `event`. Returns their number.

    If `step` is not empty, the processes must also run this step.
    """
    return _kill(lambda each: each.access_key == access_key and step in ("", each.step) and event in each.event)


def kill_by_name(part: str, event: str) -> int:
    """Kill the busy processes whose event contains `event`, and whose function contains `part` or whose step is `part`.

    Returns their number.
    """
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
    """Remove the process that has been idle for longest, if the maximum number of processes is reached."""
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
