"""Runs nodejs functions in reusable processes. Their errors keep their names, so that Retry and Catch match them.

When the maximum number of processes is busy, further calls wait.
"""

from typing import Any

from ministack.services import lambda_svc

from ..functions import processes
from ..functions.node_worker import NodeWorker
from .replacing import replaces


@replaces(lambda_svc, "acquire_worker")
def acquire_worker(acquire: Any, func_name: str, config: dict[str, Any], code_zip: bytes, **options: Any) -> Any:
    take = processes.acquire if _is_node(config) else acquire
    return take(func_name, config, code_zip, **options)


@replaces(lambda_svc, "release_worker")
def release_worker(release: Any, worker: Any) -> None:
    give_back = processes.release if worker is None or isinstance(worker, NodeWorker) else release
    give_back(worker)


@replaces(lambda_svc, "reap_idle_workers")
def reap_idle_workers(reap: Any) -> int:
    return reap() + processes.end_idle()


@replaces(lambda_svc, "_execute_function_warm")
def execute_function_warm(execute: Any, function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
    if not _is_node(function.get("config") or function):
        return execute(function, event, request_id)
    # MiniStack's code for custom runtimes passes on error payloads unchanged.
    return lambda_svc._execute_function_provided_warm(function, event, request_id)


def _is_node(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("nodejs")
