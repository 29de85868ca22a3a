"""Adds AWS's managed policies by name. MiniStack itself has a few dozen of them.

The names are from https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html. Policies of
service-linked roles are left out, because they cannot be attached. The added policies allow nothing, because their
content is unknown.
"""

import json
from pathlib import Path
from typing import Any

from ministack.services import iam

NOTHING = json.dumps({"Version": "2012-10-17", "Statement": []})
NAMES = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())


def known(arn: str) -> dict[str, Any] | None:
    """Return the policy, or None if AWS has none of this name. MiniStack would return one that allows everything."""
    name = arn.removeprefix(iam._AWS_MANAGED_POLICY_PREFIX)
    return iam._make_aws_managed_record(name, NOTHING) if name in NAMES else None


iam._autocreate_aws_managed_enabled = lambda: True
iam._autovivify_aws_managed_policy = known
