"""aws:PrincipalArn of a session is the ARN of its role, path included; MiniStack gives the session's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext
from ministack.services import iam


def apply() -> None:
    """Answer for this one key before MiniStack's own resolution does."""
    resolve = iam_evaluator._resolve_condition_key

    def resolve_with_role(key: str, context: EvalContext) -> Any:
        is_session = context.principal_type == "AssumedRole" and key.lower() == "aws:principalarn"
        return (_role_arn(context) if is_session else None) or resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_with_role


def _role_arn(context: EvalContext) -> str | None:
    name = iam_evaluator._role_name_from_assumed_arn(context.principal_arn)
    role = iam._roles.get_scoped(context.principal_account, None, name)
    return role["Arn"] if role else None
