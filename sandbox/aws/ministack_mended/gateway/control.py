"""The control path /_sandbox/: reached by tests and by sandbox/aws/server.ts, never by the product."""

import inspect
import json
import os
from collections.abc import Callable
from typing import Any

from ..functions import pool
from ..mends.step_functions import recording
from ..web_identity import settling
from . import calls, faults, viewers

PATH = "/_sandbox/"


def _get_process(_: dict[str, Any]) -> Any:
    return {"pid": os.getpid()}


def _get_calls(_: dict[str, Any]) -> Any:
    return calls.recorded()


def _delete_calls(_: dict[str, Any]) -> Any:
    calls.forget()


def _post_faults(body: dict[str, Any]) -> Any:
    faults.inject(body)


def _get_faults(_: dict[str, Any]) -> Any:
    return faults.armed()


def _post_removed_faults(body: dict[str, Any]) -> Any:
    return faults.remove(body)


def _delete_faults(_: dict[str, Any]) -> Any:
    faults.clear()


def _post_kill(body: dict[str, Any]) -> Any:
    return {"killed": pool.kill_by_name(body["function"], body.get("event", ""))}


def _post_settling(body: dict[str, Any]) -> Any:
    settling.set_seconds(float(body["seconds"]))


def _post_key_cache(body: dict[str, Any]) -> Any:
    # At the first use: it loads libraries of cryptography, as web_identity/__init__.py says.
    from ..web_identity import key_cache

    key_cache.set_seconds(float(body["seconds"]))


def _post_expressions(_: dict[str, Any]) -> Any:
    recording.start()


def _get_expressions(_: dict[str, Any]) -> Any:
    return recording.recorded()


ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("GET", "process"): _get_process,
    ("GET", "calls"): _get_calls,
    ("DELETE", "calls"): _delete_calls,
    ("GET", "faults"): _get_faults,
    ("POST", "faults"): _post_faults,
    ("POST", "faults/removed"): _post_removed_faults,
    ("DELETE", "faults"): _delete_faults,
    ("POST", "kill"): _post_kill,
    ("POST", "settling"): _post_settling,
    ("POST", "key-cache"): _post_key_cache,
    ("POST", "expressions"): _post_expressions,
    ("GET", "expressions"): _get_expressions,
    ("GET", "distributions"): viewers.distributions,
    ("POST", "viewers"): viewers.answer_to,
}


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one control request with JSON: 200, 404 for an unknown path, 400 for a body that does not fit."""
    route = ROUTES.get((scope["method"], scope["path"].removeprefix(PATH)))
    if route is None:
        await respond(send, 404, {"message": f"no control path {scope['method']} {scope['path']}"})
        return
    try:
        result = route(json.loads(await _body(receive) or b"{}"))
        if inspect.isawaitable(result):
            result = await result
    except (ValueError, TypeError, KeyError) as error:
        await respond(send, 400, {"message": f"{type(error).__name__}: {error}"})
        return
    await respond(send, 200, result)


async def _body(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def respond(send: Any, status: int, value: Any) -> None:
    """Answer with JSON."""
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
