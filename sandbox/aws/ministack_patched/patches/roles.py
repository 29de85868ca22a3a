"""Refuses role requests that exceed IAM's limits or have malformed trust policies, before anything changes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services import iam

from . import tags
from .replacing import replaces

Params = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Check = Callable[[Params], Response | None]

MAX_ROLE_NAME = 64
MAX_PATH = 512
MAX_TRUST_POLICY = 2048
MAX_POLICIES = 10
MAX_INLINE_POLICIES = 10_240
SESSION_SECONDS = range(3600, 43_200 + 1)
DEFAULT_SECONDS = "3600"
PRINCIPALS = {"AWS", "Federated", "Service", "CanonicalUser"}


def _check_name(params: Params) -> Response | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html."""
    name = iam._p(params, "RoleName")
    if len(name) > MAX_ROLE_NAME:
        return _invalid("roleName", name, f"Member must have length less than or equal to {MAX_ROLE_NAME}")
    if not re.fullmatch(r"[\w+=,.@-]+", name, re.ASCII):
        return _invalid("roleName", name, r"Member must satisfy regular expression pattern: [\w+=,.@-]+")
    return None


def _check_path(params: Params) -> Response | None:
    path = iam._p(params, "Path") or "/"
    if len(path) <= MAX_PATH and re.fullmatch(r"/|/[\x21-\x7E]+/", path):
        return None
    return iam._error(
        400, "ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only"
        " alphanumeric characters and/or / characters."
    )


def _invalid(field: str, value: str, constraint: str) -> Response:
    message = f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {constraint}"
    return iam._error(400, "ValidationError", message)


def _check_trust_policy(params: Params) -> Response | None:
    document = iam._p(params, "AssumeRolePolicyDocument") or iam._p(params, "PolicyDocument")
    fault = _fault_of(document)
    if fault:
        return iam._error(400, "MalformedPolicyDocument", fault)
    return tags.quota("ACLSizePerRole", MAX_TRUST_POLICY) if _size(document) > MAX_TRUST_POLICY else None


def _fault_of(document: str) -> str | None:
    """Return IAM's error message for a trust policy, or None."""
    try:
        policy = json.loads(document)
    except ValueError:
        return "This policy contains invalid Json"
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        return "Syntax errors in policy."
    fault = next((fault for fault in map(_statement_fault, statements) if fault), None)
    return fault or _sid_fault(statements)


def _sid_fault(statements: list[Any]) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html."""
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    return "Statement IDs (SID) in a single policy must be unique." if len(set(sids)) < len(sids) else None


def _statement_fault(statement: Any) -> str | None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        return "Syntax errors in policy."
    if "Resource" in statement or "NotResource" in statement:
        return "Has prohibited field Resource."
    if "Action" not in statement and "NotAction" not in statement:
        return "Missing required field Action."
    # MiniStack itself refuses NotPrincipal.
    if "Principal" not in statement and "NotPrincipal" not in statement:
        return "Missing required field Principal."
    return _principal_fault(statement.get("Principal", "*"))


def _principal_fault(principal: Any) -> str | None:
    if principal == "*":
        return None
    unknown = set(principal) - PRINCIPALS if isinstance(principal, dict) else {principal}
    return f"Invalid principal in policy: {unknown}" if unknown else None


def _size(document: str) -> int:
    """IAM does not count white space outside of strings."""
    try:
        return len(json.dumps(json.loads(document), separators=(",", ":")))
    except ValueError:
        return len(document)


def _check_session(params: Params) -> Response | None:
    seconds = iam._p(params, "MaxSessionDuration")
    if not seconds or int(seconds) in SESSION_SECONDS:
        return None
    limit = "less than or equal to 43200" if int(seconds) > SESSION_SECONDS[-1] else "greater than or equal to 3600"
    return _invalid("maxSessionDuration", seconds, f"Member must have value {limit}")


def _check_added_tags(params: Params) -> Response | None:
    keys = {tag["Key"].lower() for tag in [*_role(params).get("Tags", []), *iam._extract_tags(params)]}
    return tags.quota("TagsPerRole", tags.MAX_TAGS) if len(keys) > tags.MAX_TAGS else None


def _check_attachment(params: Params) -> Response | None:
    arn = iam._p(params, "PolicyArn")
    if not iam._policy_exists(arn):
        return iam._error(404, "NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
    attached = _role(params).get("AttachedPolicies", [])
    return tags.quota("PoliciesPerRole", MAX_POLICIES) if len({*attached, arn}) > MAX_POLICIES else None


def _check_inline_policies(params: Params) -> Response | None:
    policies = {
        **_role(params).get("InlinePolicies", {}),
        iam._p(params, "PolicyName"): iam._p(params, "PolicyDocument"),
    }
    if sum(map(_size, policies.values())) <= MAX_INLINE_POLICIES:
        return None
    message = f"Maximum policy size of {MAX_INLINE_POLICIES} bytes exceeded for role {iam._p(params, 'RoleName')}"
    return iam._error(409, "LimitExceeded", message)


def _role(params: Params) -> dict[str, Any]:
    return iam._roles.get(iam._p(params, "RoleName")) or {}


def _update_with_length(update: Callable[[Params], Response], params: Params) -> Response:
    """UpdateRole without MaxSessionDuration sets it to one hour. MiniStack leaves it unchanged.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
    """
    return update({**params, "MaxSessionDuration": [iam._p(params, "MaxSessionDuration") or DEFAULT_SECONDS]})


CHECKS: dict[str, list[Check]] = {
    "CreateRole": [_check_name, _check_path, _check_trust_policy, _check_session, tags.refusal],
    "UpdateRole": [_check_session],
    "UpdateAssumeRolePolicy": [_check_trust_policy],
    "AttachRolePolicy": [_check_attachment],
    "PutRolePolicy": [_check_inline_policies],
    "TagRole": [tags.refusal, _check_added_tags],
}


def _checked(handle: Callable[[Params], Response], params: Params, *, checks: list[Check]) -> Response:
    refusals = (check(params) for check in checks)
    return next((refusal for refusal in refusals if refusal), None) or handle(params)


replaces(iam._IAM_HANDLERS, "UpdateRole")(_update_with_length)
for _action, _checks in CHECKS.items():
    replaces(iam._IAM_HANDLERS, _action)(partial(_checked, checks=_checks))
