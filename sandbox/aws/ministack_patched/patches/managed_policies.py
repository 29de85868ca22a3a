"""AWS's managed policies exist by their names; MiniStack knows a few dozen.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html has some 1,200. Nearly all names begin with
one of a few words: here every such name is a policy. The content of most is unknown: they allow nothing here.
"""

import json
import re
from typing import Any

from ministack.services import iam

NOTHING = json.dumps({"Version": "2012-10-17", "Statement": []})
NAMES = re.compile(
    r"(service-role/)?(AWS|Amazon|CloudWatch|SageMaker)[\w-]+"
    r"|job-function/(Billing|DataScientist|DatabaseAdministrator|NetworkAdministrator|SupportUser|SystemAdministrator"
    r"|ViewOnlyAccess)"
    r"|(AutoScaling|CloudFront|EC2|ElasticLoadBalancing|IAM|ServiceQuotas)\w+"
    r"|PowerUserAccess|ReadOnlyAccess|SecretsManagerReadWrite|SecurityAudit"
)


def known(arn: str) -> dict[str, Any] | None:
    """The policy, where MiniStack would make one up of any name that allows everything."""
    name = arn.removeprefix(iam._AWS_MANAGED_POLICY_PREFIX)
    return iam._make_aws_managed_record(name, NOTHING) if NAMES.fullmatch(name) else None


iam._autocreate_aws_managed_enabled = lambda: True
iam._autovivify_aws_managed_policy = known
