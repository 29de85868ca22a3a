"""The condition keys iam:PermissionsBoundary, iam:PolicyARN, aws:ResourceTag and iam:ResourceTag.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.services import iam

from . import resource_arns

# The boundary is the request's where it sets one, and the role's with these others; no other action has the key.
SETS_BOUNDARY = frozenset({"iam:CreateRole", "iam:PutRolePermissionsBoundary"})
HAS_BOUNDARY = frozenset(
    {
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetRole",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
    }
)
SETS_POLICY = frozenset({"iam:AttachRolePolicy", "iam:DetachRolePolicy"})


def apply() -> None:
    """Fill what MiniStack leaves empty."""
    tag_context = iam_actions.request_tag_context

    def request_tag_context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        context = tag_context(service, iam_action, body, params)
        return {**context, **_iam_context(iam_action, params)} if service == "iam" else context

    iam_actions.request_tag_context = request_tag_context


def _iam_context(action: str, params: dict[str, Any]) -> dict[str, Any]:
    role = iam._roles.get(iam._p(params, "RoleName")) or {}
    provider = iam._oidc_providers.get(resource_arns.of_iam_request(params, get_account_id())) or {}
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
