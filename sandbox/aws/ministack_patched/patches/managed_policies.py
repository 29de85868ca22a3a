"""AWS's managed policies exist by their names; MiniStack knows a few dozen.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, without those of service-linked roles,
which cannot be attached. The content of most is unknown: they allow nothing here.
"""

import json
from pathlib import Path
from typing import Any

from ministack.services import iam

NOTHING = json.dumps({"Version": "2012-10-17", "Statement": []})
NAMES = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())


def known(arn: str) -> dict[str, Any] | None:
    """The policy, where MiniStack would make one up of any name that allows everything."""
    name = arn.removeprefix(iam._AWS_MANAGED_POLICY_PREFIX)
    return iam._make_aws_managed_record(name, NOTHING) if name in NAMES else None


iam._autocreate_aws_managed_enabled = lambda: True
iam._autovivify_aws_managed_policy = known
