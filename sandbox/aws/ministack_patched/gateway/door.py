"""Before everything: a request that is not signed, or is signed wrongly, or comes from a page, does not get further."""

import re
import urllib.parse
from typing import Any

import ministack.app
from ministack.core import iam_actions
from ministack.core.iam_evaluator import ResolvedCredential
from ministack.core.sigv4 import decode_header_value

from ..web_identity import ACTION
from . import calls, control, origins
from .signatures import Failure, Sent, signer_of

UNKNOWN = Failure("MissingAuthenticationToken", "Missing Authentication Token")
# What MiniStack and the sandbox have beside AWS's services: it changes or tells anything, and is for the root user.
CONTROL = "/_"
# Asked while the server starts; they tell nothing of the account.
OPEN = {("GET", "/_ministack/health"), ("GET", f"{control.PATH}process")}
# Where the function of a custom resource answers. AWS gives it a presigned URL; here the random token in it stands for that.
CFN_ANSWER = re.compile(r"/_ministack/cfn-response/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# API Gateway decides itself who may call a route: IAM, which needs a signature, a JWT authorizer, or nobody's leave.
API_HOST = re.compile(r"[a-z0-9]+\.execute-api\.localhost:\d+")
# The routes of each issuer of tokens are below its name.
API_PATH = re.compile(r"(/[a-z0-9-]+)?/v1/")
# MiniStack takes what has the name of a bucket before it for a call of S3, which needs no signature of a public bucket.
STS_HOST = re.compile(r"(localhost|127\.0\.0\.1):\d+|sts\.[a-z0-9-]+\.amazonaws\.com")


def refusal_by_headers(scope: dict[str, Any]) -> str | None:
    """Why the request is not even read; None when it is."""
    return origins.refusal_of(_headers(scope))


def refusal_of(scope: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes] | None:
    """The answer to a request that goes no further, in the words of the service that it is for; None for others."""
    sent = _sent(scope, body)
    signer = signer_of(sent)
    failure = signer if isinstance(signer, Failure) else _failure_of(scope, sent, signer)
    if failure is None:
        return None
    request = _request(scope, sent)
    return iam_actions.access_denied_response(
        request.service, "", "", "refused", error_code=failure.code, message=failure.message, headers=request.headers
    )


def _failure_of(scope: dict[str, Any], sent: Sent, signer: ResolvedCredential | None) -> Failure | None:
    path = scope["path"]
    if (sent.method, path) in OPEN or (sent.method == "PUT" and CFN_ANSWER.fullmatch(path)):
        return None
    if path.startswith(CONTROL):
        is_root = signer is not None and signer.principal_type == "Root"
        return None if is_root else Failure("AccessDenied", "Only the root user may use this path")
    if signer is not None or _is_for_api(path, sent) or _is_web_identity(scope, sent):
        return None
    return UNKNOWN


def _is_for_api(path: str, sent: Sent) -> bool:
    return API_HOST.fullmatch(sent.headers["host"]) is not None and API_PATH.match(path) is not None


def _is_web_identity(scope: dict[str, Any], sent: Sent) -> bool:
    """True for the one call here that AWS takes unsigned: its token stands for the caller."""
    is_plain = STS_HOST.fullmatch(sent.headers["host"]) is not None and scope["path"] == "/"
    return is_plain and "authorization" not in sent.headers and _operation(scope, sent) == f"sts:{ACTION}"


def _operation(scope: dict[str, Any], sent: Sent) -> str:
    return calls.operation_of(_request(scope, sent))


def _request(scope: dict[str, Any], sent: Sent) -> calls.Request:
    arguments = (sent.method, scope["path"], sent.headers, sent.body, sent.query)
    return calls.Request(*arguments, ministack.app._routing_params(*arguments))


def _sent(scope: dict[str, Any], body: bytes) -> Sent:
    raw_path = scope.get("raw_path") or urllib.parse.quote(scope["path"]).encode()
    query = urllib.parse.parse_qs(scope.get("query_string", b"").decode(errors="replace"), keep_blank_values=True)
    return Sent(scope["method"], raw_path.decode("latin-1"), _headers(scope), query, body)


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), decode_header_value(raw_value)
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers
