"""The ingress: refuses requests of web pages, and requests without a valid signature."""

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
# The paths of MiniStack and the sandbox that AWS does not have. Only the root user may use them.
CONTROL = "/_"
# Paths that need no signature. They are requested while the server starts, and return no data of the account.
OPEN = {("GET", "/_ministack/health"), ("GET", f"{control.PATH}process")}
# The response URLs of custom resources. On AWS the URL is presigned. Here it contains a random token.
CFN_ANSWER = re.compile(r"/_ministack/cfn-response/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# API Gateway itself authorizes callers of a route: by IAM, by a JWT authorizer, or not at all. IAM needs a signature.
API_HOST = re.compile(r"[a-z0-9]+\.execute-api\.localhost:\d+")
# The routes for the tokens of an issuer are below the issuer's name.
API_PATH = re.compile(r"(/[a-z0-9-]+)?/v1/")
# A host with a bucket's name in front must not match: MiniStack treats it as S3, which may need no signature.
STS_HOST = re.compile(r"(localhost|127\.0\.0\.1):\d+|sts\.[a-z0-9-]+\.amazonaws\.com")


def refusal_by_headers(scope: dict[str, Any]) -> str | None:
    """Return why the request is refused before its body is read, or None."""
    return origins.refusal_of(_headers(scope))


def refusal_of(scope: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes] | None:
    """Return the refusal as an error response of the requested service, or None."""
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
    """Whether the request is AssumeRoleWithWebIdentity, which needs no signature: its token identifies the caller."""
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
