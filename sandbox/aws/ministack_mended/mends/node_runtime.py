"""Errors of nodejs functions keep their names, so that Retry and Catch match them; warm calls are fast."""

from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from ..functions.node_worker import NodeWorker


def apply() -> None:
    """Run nodejs functions by the runtime of this package instead of MiniStack's own worker script."""
    choose_worker = lambda_runtime._worker_class_for
    execute = lambda_svc._execute_function_warm

    def worker_class_for(config: dict[str, Any]) -> type[lambda_runtime.Worker]:
        return NodeWorker if _is_node(config) else choose_worker(config)

    def execute_function_warm(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        if not _is_node(function.get("config") or function):
            return execute(function, event, request_id)
        # The path of custom runtimes hands error payloads on as they are.
        return lambda_svc._execute_function_provided_warm(function, event, request_id)

    lambda_runtime._worker_class_for = worker_class_for
    lambda_svc._execute_function_warm = execute_function_warm


def _is_node(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("nodejs")
