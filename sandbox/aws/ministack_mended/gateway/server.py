"""Wraps MiniStack's ASGI application and its dispatcher."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Any

import ministack.app
from hypercorn.protocol.http_stream import ASGIHTTPState, HTTPStream
from ministack.core import iam_actions

from .. import lifetime
from ..functions import pool
from . import calls, control, faults

Response = tuple[int, dict[str, str], bytes]
Dispatch = Callable[..., Awaitable[Response]]

_scope: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("sandbox_scope")
_DROPPED = "sandbox.dropped"


def install() -> None:
    """Put the log, the faults and the control path before MiniStack."""
    ministack.app.app = _application(ministack.app.app)
    ministack.app._dispatch_service_request = _observed(ministack.app._dispatch_service_request)
    _let_connections_be_cut()


def _application(inner: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await inner(scope, receive, send)
            # Persisted by now; nothing else may keep the process.
            lifetime.exit_now(0)
        if scope["type"] == "http" and scope["path"].startswith(control.PATH):
            await control.answer(scope, receive, send)
            return

        async def send_unless_dropped(message: dict[str, Any]) -> None:
            if _DROPPED not in scope:
                await send(message)

        _scope.set(scope)
        await inner(scope, receive, send_unless_dropped)

    return application


def _observed(dispatch: Dispatch) -> Dispatch:
    async def observed(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> Response:
        routing = ministack.app._routing_params(method, path, headers, body, query)
        request = calls.Request(method, path, headers, body, query, routing)
        call = calls.describe(request)
        fault = faults.take(call, body)

        async def perform() -> Response:
            return await dispatch(method, path, headers, body, query, request_id)

        response = await (_faulty(fault, request, call, perform) if fault else perform())
        calls.record(call, response[0])
        return response

    return observed


async def _faulty(
    fault: faults.Fault, request: calls.Request, call: calls.Call, perform: Callable[[], Awaitable[Response]]
) -> Response:
    await asyncio.sleep(fault.delayMs / 1000)
    if fault.kind == "refuse":
        return _denied(request, call)
    if fault.kind == "unavailable":
        _, headers, body = _denied(request, call, "ServiceUnavailable", "Service is unable to handle request.")
        return 503, headers, body
    response = await perform()
    if fault.kind == "delay":
        return response
    if fault.kind == "kill-caller":
        pool.kill_by_access_key(request.access_key, fault.event)
    _scope.get()[_DROPPED] = True
    return response


def _denied(request: calls.Request, call: calls.Call, code: str = "", message: str = "") -> Response:
    """An error answer in the protocol of the service."""
    return iam_actions.access_denied_response(
        request.service,
        call.operation,
        call.actor,
        "injected-fault",
        error_code=code,
        message=message,
        headers=request.headers,
        resource_arn=call.object,
    )


def _let_connections_be_cut() -> None:
    """hypercorn answers 500 for an application that sent nothing; a dropped response is a closed connection."""
    send_error = HTTPStream._send_error_response

    async def send_error_unless_dropped(self: HTTPStream, status: int) -> None:
        if _DROPPED in self.scope:
            self.state = ASGIHTTPState.CLOSED
            return
        await send_error(self, status)

    HTTPStream._send_error_response = send_error_unless_dropped
