"""The control path /_sandbox/. Tests and sandbox/aws/server.ts use it, but the product never does."""

import inspect
import json
import os
from collections.abc import Callable
from typing import Any

from ..functions import processes
from . import calls, faults, viewers

PATH = "/_sandbox/"


def _set_key_cache(body: dict[str, Any]) -> None:
    # Imported at the first use, because it loads cryptography libraries: see web_identity/__init__.py.
    from ..web_identity import key_cache

    key_cache.set_seconds(float(body["seconds"]))


ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("GET", "process"): lambda _: {"pid": os.getpid()},
    ("GET", "calls"): lambda _: calls.recorded(),
    ("DELETE", "calls"): lambda _: calls.forget(),
    ("GET", "faults"): lambda _: faults.armed(),
    ("POST", "faults"): faults.inject,
    ("POST", "faults/removed"): faults.remove,
    ("DELETE", "faults"): lambda _: faults.clear(),
    ("POST", "kill"): lambda body: {"killed": processes.kill_by_name(body["function"], body.get("event", ""))},
    ("POST", "key-cache"): _set_key_cache,
    ("GET", "distributions"): viewers.distributions,
    ("POST", "viewers"): viewers.answer_to,
}


async def answer(scope: dict[str, Any], body: bytes, send: Any) -> None:
    """Answer one control request with JSON: 200, 404 for an unknown path, 400 for a body that does not fit."""
    route = ROUTES.get((scope["method"], scope["path"].removeprefix(PATH)))
    if route is None:
        await respond(send, 404, {"message": f"no control path {scope['method']} {scope['path']}"})
        return
    try:
        result = route(json.loads(body or b"{}"))
        if inspect.isawaitable(result):
            result = await result
    except (ValueError, TypeError, KeyError) as error:
        await respond(send, 400, {"message": f"{type(error).__name__}: {error}"})
        return
    await respond(send, 200, result)


async def respond(send: Any, status: int, value: Any) -> None:
    """Answer with JSON."""
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
