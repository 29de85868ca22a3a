"""A role's trust policy is read when it is written: MiniStack keeps any text.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import iam

Params = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

PRINCIPALS = {"AWS", "Federated", "Service", "CanonicalUser"}


def apply() -> None:
    """Put the check before MiniStack's handlers."""
    for action, field in {"CreateRole": "AssumeRolePolicyDocument", "UpdateAssumeRolePolicy": "PolicyDocument"}.items():
        iam._IAM_HANDLERS[action] = _checked(iam._IAM_HANDLERS[action], field)


def _checked(handle: Callable[[Params], Response], field: str) -> Callable[[Params], Response]:
    def handle_checked(params: Params) -> Response:
        fault = fault_of(iam._p(params, field))
        return iam._error(400, "MalformedPolicyDocument", fault) if fault else handle(params)

    return handle_checked


def fault_of(document: str) -> str | None:
    """What IAM finds wrong with a trust policy, in its words, or None."""
    try:
        policy = json.loads(document)
    except ValueError:
        return "This policy contains invalid Json"
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        return "Syntax errors in policy."
    return next((fault for fault in map(_statement_fault, statements) if fault), None)


def _statement_fault(statement: Any) -> str | None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        return "Syntax errors in policy."
    if "Resource" in statement or "NotResource" in statement:
        return "Has prohibited field Resource."
    if "Action" not in statement and "NotAction" not in statement:
        return "Missing required field Action."
    # MiniStack has its own words for NotPrincipal.
    if "Principal" not in statement and "NotPrincipal" not in statement:
        return "Missing required field Principal."
    return _principal_fault(statement.get("Principal", "*"))


def _principal_fault(principal: Any) -> str | None:
    if principal == "*":
        return None
    unknown = set(principal) - PRINCIPALS if isinstance(principal, dict) else {principal}
    return f"Invalid principal in policy: {unknown}" if unknown else None
