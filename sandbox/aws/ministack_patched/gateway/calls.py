"""The log of AWS API calls, in the form of sandbox/call-log.ts."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ministack.core import iam_actions
from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service, extract_access_key_id, extract_region
from ministack.services import dynamodb

# Operations with these prefixes change nothing.
READS = tuple(
    "AssumeRole BatchGet Check Describe Estimate Filter Get Head List Lookup Query Scan Search Simulate StartQuery "
    "TransactGet Validate".split()
)
ANONYMOUS = "anonymous"
LIMIT = 50_000


@dataclass
class Call:
    """One request to an AWS service; `object` is the ARN that IAM would evaluate, or '*'."""

    at: float
    actor: str
    operation: str
    object: str
    write: bool
    step: str = ""
    """The name of the calling step, which the product puts into the User-Agent."""
    keys: tuple[str, ...] = ()
    """For DynamoDB, the keys of the items. For a query, the values in its key condition."""
    durationMs: float = 0.0
    status: int = 0


@dataclass(frozen=True)
class Request:
    """A request as MiniStack's dispatcher gets it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]
    routing: dict[str, Any]

    @property
    def service(self) -> str:
        return detect_service(self.method, self.path, self.headers, self.routing)

    @property
    def access_key(self) -> str:
        return extract_access_key_id(self.headers, self.query) or ""


_calls: list[Call] = []
_lock = threading.Lock()


def operation_of(request: Request) -> str:
    """Return the IAM action, or method and path if IAM has no action for the request."""
    service = request.service
    action = iam_actions.extract_iam_action(
        service, request.method, request.path, request.headers, request.body, request.routing
    )
    return action or f"{service}:{request.method} {request.path}"


def describe(request: Request) -> Call:
    """Return the caller, operation and object of a request that MiniStack has not handled yet."""
    service = request.service
    operation = operation_of(request)
    resource = iam_actions.extract_resource_arn(
        service,
        request.method,
        request.path,
        request.headers,
        request.body,
        request.routing,
        extract_region(request.headers),
        get_account_id(),
    )
    is_write = not operation.partition(":")[2].startswith(READS)
    keys = tuple(_keys_of(request)) if service == "dynamodb" else ()
    return Call(time.time() * 1000, _actor(request), operation, resource, is_write, _step(request), keys)


def _step(request: Request) -> str:
    found = re.search(r"(?:^| )app/(\S+)", request.headers.get("user-agent", ""))
    return found[1] if found else ""


def _keys_of(request: Request) -> list[str]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return []
    if "KeyConditionExpression" in body:
        return list(_texts(body.get("ExpressionAttributeValues", {})))
    names = {table[name] for table in dynamodb._tables.values() for name in ("pk_name", "sk_name") if table[name]}
    return list(_texts(body, names))


def _texts(value: Any, names: set[str] | None = None) -> Iterator[str]:
    """Yield the string values of the attributes with these names (None for all names) at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, names)
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict) and isinstance(each.get("S"), str) and (names is None or name in names):
                yield each["S"]
            else:
                yield from _texts(each, names)


def _actor(request: Request) -> str:
    identity = resolve_caller_identity(request.access_key) if request.access_key else None
    return identity["userArn"] if identity else ANONYMOUS


def record(call: Call, status: int) -> None:
    """Log a call after its response. A refused or failed call does not count as a write."""
    call.durationMs = time.time() * 1000 - call.at
    call.status = status
    call.write = call.write and status < 400
    with _lock:
        _calls.append(call)
        del _calls[:-LIMIT]


def recorded() -> list[dict[str, Any]]:
    """All calls since the start or the last `forget`, oldest first."""
    with _lock:
        return [asdict(call) for call in _calls]


def forget() -> None:
    """Empty the log."""
    with _lock:
        _calls.clear()
