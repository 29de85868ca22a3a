"""An AccessDenied names the resource: "User: U is not authorized to perform: A on resource: R because ..."."""

from typing import Any

from ministack.core import iam_actions


def apply() -> None:
    """Word denials by an identity-based policy as AWS does; MiniStack leaves the resource out."""
    respond = iam_actions.access_denied_response

    def access_denied_response(service: str, action: str, principal_arn: str, request_id: str, **details: Any) -> tuple:
        decided_by_resource = details.get("explicit_deny") and details.get("resource_policy_arn")
        if not (details.get("error_code") or details.get("message") or decided_by_resource):
            details["message"] = iam_actions.identity_denial_message(
                action, principal_arn, details.get("resource_arn", "*"), bool(details.get("explicit_deny"))
            )
        return respond(service, action, principal_arn, request_id, **details)

    iam_actions.access_denied_response = access_denied_response
