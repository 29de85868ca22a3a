"""How IAM authorizes a request: ARNs and condition keys that MiniStack lacks, operators, wildcards, denial messages."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.iam_evaluator import EvalContext
from ministack.core.responses import get_account_id
from ministack.services import iam

from .replacing import replaces

# iam:PermissionsBoundary is the boundary in the request for SETS_BOUNDARY, and the boundary of the role for
# HAS_BOUNDARY. It is absent for other actions.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
SETS_BOUNDARY = {"iam:CreateRole", "iam:PutRolePermissionsBoundary"}
HAS_BOUNDARY = {
    f"iam:{action}"
    for action in (
        "AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole PutRolePolicy "
        "UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription"
    ).split()
}
SETS_POLICY = {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}
ARN_PARTS = 6
WILDCARDS = {"*": ".*", "?": "."}


@replaces(iam_actions, "extract_resource_arn")
def extract_resource_arn(extract: Callable[..., str], service: str, *request: Any) -> str:
    """Return the ARNs of roles and providers. MiniStack omits the path of a role, and returns '*' for a provider."""
    *_, params, _region, account = request
    return (of_iam_request(params, account) if service == "iam" else None) or extract(service, *request)


def of_iam_request(params: dict[str, Any], account: str) -> str | None:
    """Return the ARN of the role or provider that a request to IAM names, or None."""
    provider_arn = iam._p(params, "OpenIDConnectProviderArn")
    if provider_arn:
        return provider_arn
    url = iam._p(params, "Url")
    if url:
        return f"arn:aws:iam::{account}:oidc-provider/{host_and_path(url)}"
    name = iam._p(params, "RoleName")
    if not name:
        return None
    role = iam._roles.get(name)
    return role["Arn"] if role else f"arn:aws:iam::{account}:role{iam._p(params, 'Path') or '/'}{name}"


def host_and_path(url: str) -> str:
    """Return an issuer URL without its scheme, as IAM writes it. A trailing slash remains."""
    return url.removeprefix("https://")


@replaces(iam_actions, "request_tag_context")
def request_tag_context(context_of: Callable[..., Any], service: str, action: str, body: bytes, params: Any) -> Any:
    """Add iam:PermissionsBoundary, iam:PolicyARN, aws:ResourceTag and iam:ResourceTag."""
    context = context_of(service, action, body, params)
    return {**context, **_iam_context(action, params)} if service == "iam" else context


def _iam_context(action: str, params: dict[str, Any]) -> dict[str, Any]:
    role = iam._roles.get(iam._p(params, "RoleName")) or {}
    provider = iam._oidc_providers.get(of_iam_request(params, get_account_id())) or {}
    context = {**_tags("aws", provider), **_tags("aws", role), **_tags("iam", role)}
    boundary = _boundary(action, params, role)
    if boundary:
        context["iam:permissionsboundary"] = boundary
    if action in SETS_POLICY:
        context["iam:policyarn"] = iam._p(params, "PolicyArn")
    return context


def _boundary(action: str, params: dict[str, Any], role: dict[str, Any]) -> str | None:
    if action in SETS_BOUNDARY:
        return iam._p(params, "PermissionsBoundary")
    return role.get("PermissionsBoundary") if action in HAS_BOUNDARY else None


def _tags(prefix: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}:resourcetag/{tag['Key']}".lower(): tag["Value"] for tag in resource.get("Tags") or []}


@replaces(iam_evaluator, "_resolve_condition_key")
def resolve_condition_key(resolve: Callable[..., Any], key: str, context: EvalContext) -> Any:
    """aws:PrincipalArn of a session is the ARN of its role, with the path. MiniStack uses the ARN of the session.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    is_session = context.principal_type == "AssumedRole" and key.lower() == "aws:principalarn"
    return (_role_arn(context) if is_session else None) or resolve(key, context)


def _role_arn(context: EvalContext) -> str | None:
    name = iam_evaluator._role_name_from_assumed_arn(context.principal_arn)
    role = iam._roles.get_scoped(context.principal_account, None, name)
    return role["Arn"] if role else None


@replaces(iam_evaluator, "_evaluate_single_condition")
def evaluate_condition(evaluate: Callable[..., bool], operator: str, actual: Any, expected: list[str]) -> bool:
    """Accept several values for the operator Null.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    """
    if operator.lower() == "null":
        return any(evaluate(operator, actual, [each]) for each in expected)
    return evaluate(operator, actual, expected)


def _arn_like(actual: str, expected: str) -> bool:
    """Compare ARNs part by part. MiniStack matches the whole text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    value, pattern = (arn.split(":", ARN_PARTS - 1) for arn in (actual, expected))
    return len(value) == len(pattern) == ARN_PARTS and all(map(iam_evaluator.fnmatch_iam_cs, value, pattern))


for _name in ("equals", "like"):
    iam_evaluator._CONDITION_OPS[f"arn{_name}"] = _arn_like
    iam_evaluator._CONDITION_OPS[f"arnnot{_name}"] = lambda actual, expected: not _arn_like(actual, expected)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """`*` and `?` also match line breaks. In MiniStack they do not, and a line break at the end is ignored.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
    """
    expression = "".join(WILDCARDS.get(each, re.escape(each)) for each in pattern)
    return re.compile(rf"{expression}\Z", re.DOTALL | (re.IGNORECASE if ignore_case else 0))


iam_evaluator._fnmatch_compile = _compiled

_init = EvalContext.__init__


def _init_secure(self: EvalContext, *arguments: Any, **fields: Any) -> None:
    """Set aws:SecureTransport, although the sandbox uses HTTP. Policies of CDK's enforceSSL would deny everything."""
    _init(self, *arguments, **{**fields, "secure_transport": True})


EvalContext.__init__ = _init_secure


@replaces(iam_actions, "access_denied_response")
def access_denied_response(
    respond: Callable[..., tuple], service: str, action: str, principal_arn: str, request_id: str, **details: Any
) -> tuple:
    """Name the resource in a denial by an identity-based policy. MiniStack omits it."""
    decided_by_resource = details.get("explicit_deny") and details.get("resource_policy_arn")
    if not (details.get("error_code") or details.get("message") or decided_by_resource):
        details["message"] = iam_actions.identity_denial_message(
            action, principal_arn, details.get("resource_arn", "*"), bool(details.get("explicit_deny"))
        )
    return respond(service, action, principal_arn, request_id, **details)
