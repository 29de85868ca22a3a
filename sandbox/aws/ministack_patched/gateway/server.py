"""Wraps MiniStack's ASGI application and its dispatcher."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

import ministack.app
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.http_stream import ASGIHTTPState, HTTPStream
from ministack.core import iam_actions

from .. import lifetime
from ..functions import processes
from . import calls, control, faults, ingress

Response = tuple[int, dict[str, str], bytes]
Dispatch = Callable[..., Awaitable[Response]]

_scope: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("sandbox_scope")
_DROPPED = "sandbox.dropped"
_CUT = "sandbox.cut"
_PAGE = b"<html><head><title>Sign in</title></head><body><p>Sign in to go on</p></body></html>"
# Errors that all services return: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
_ERRORS = {
    "throttle": (400, "ThrottlingException", "Rate exceeded"),
    "break": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
    "unavailable": (503, "ServiceUnavailable", "Service is unable to handle request."),
}


def install() -> None:
    """Put the ingress, the log, the faults and the control path before MiniStack."""
    ministack.app.app = _application(ministack.app.app)
    ministack.app._dispatch_service_request = _observed(ministack.app._dispatch_service_request)
    _let_connections_be_cut()
    _close_with_the_client()


def _application(inner: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await inner(scope, receive, send)
            # MiniStack has saved its state. Remaining threads must not keep the process alive.
            lifetime.exit_now(0)
        elif scope["type"] == "http":
            await _http(inner, scope, receive, send)
        else:
            # The only other type is a WebSocket. No service that the product uses has WebSockets.
            await send({"type": "websocket.close"})

    return application


async def _http(inner: Callable[..., Awaitable[None]], scope: dict[str, Any], receive: Any, send: Any) -> None:
    async def send_what_may_be_sent(message: dict[str, Any]) -> None:
        if _DROPPED in scope:
            return
        if _CUT in scope and message["type"] == "http.response.body":
            await _send_half(send, message)
            scope[_DROPPED] = True
            return
        await send(_without_cors(message))

    refusal = ingress.refusal_by_headers(scope)
    if refusal is not None:
        await control.respond(send, 403, {"message": refusal})
        return
    body = await _read(receive)
    if body is None:
        return
    refused = ingress.refusal_of(scope, body)
    if refused is not None:
        await _answer(send, *refused)
        return
    if scope["path"].startswith(control.PATH):
        await control.answer(scope, body, send)
        return
    _scope.set(scope)
    await inner(scope, _replayed(body, receive), send_what_may_be_sent)


async def _send_half(send: Any, message: dict[str, Any]) -> None:
    """Send half of the body. The connection then closes before the announced Content-Length is sent."""
    body = message.get("body", b"")
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def _read(receive: Any) -> bytes | None:
    """Return the complete body, or None when the client has disconnected."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, receive: Any) -> Callable[[], Awaitable[dict[str, Any]]]:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> dict[str, Any]:
        return messages.pop() if messages else await receive()

    return receive_again


def _without_cors(message: dict[str, Any]) -> dict[str, Any]:
    """Remove the CORS headers, by which MiniStack lets pages of every origin read its responses."""
    if message["type"] != "http.response.start":
        return message
    headers = [each for each in message.get("headers", []) if not each[0].lower().startswith(b"access-control-")]
    return {**message, "headers": headers}


async def _answer(send: Any, status: int, headers: dict[str, str], body: bytes) -> None:
    sent_headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    sent_headers.append((b"content-length", str(len(body)).encode()))
    # A client whose signature is too old or too new corrects its clock by this header.
    sent_headers.append((b"date", formatdate(usegmt=True).encode()))
    await send({"type": "http.response.start", "status": status, "headers": sent_headers})
    await send({"type": "http.response.body", "body": body})


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
    if fault.kind in _ERRORS:
        status, code, message = _ERRORS[fault.kind]
        _, headers, body = _denied(request, call, code, message)
        return status, headers, body
    if fault.kind == "drop-request":
        _scope.get()[_DROPPED] = True
        return 500, {}, b""
    status, headers, body = response = await perform()
    if fault.kind == "delay":
        return response
    if fault.kind == "garble":
        return 200, headers, _PAGE
    if fault.kind == "cut":
        _scope.get()[_CUT] = True
        return response
    if fault.kind == "kill-caller":
        processes.kill_caller(request.access_key, call.step, fault.event)
    _scope.get()[_DROPPED] = True
    return response


def _denied(request: calls.Request, call: calls.Call, code: str = "", message: str = "") -> Response:
    """Return an error response in the protocol of the service."""
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
    """Close the connection of a dropped response. Unpatched, hypercorn answers 500 if the application sent nothing."""
    send_error = HTTPStream._send_error_response

    async def send_error_unless_dropped(self: HTTPStream, status: int) -> None:
        if _DROPPED in self.scope:
            self.state = ASGIHTTPState.CLOSED
            return
        await send_error(self, status)

    HTTPStream._send_error_response = send_error_unless_dropped


def _close_with_the_client() -> None:
    """Close connections that the client has closed. hypercorn waits for the idle timeout, 75 seconds in MiniStack."""
    read = TCPServer._read_data

    async def read_to_the_end(self: TCPServer) -> None:
        await read(self)
        await self.idle_task.stop()

    TCPServer._read_data = read_to_the_end
