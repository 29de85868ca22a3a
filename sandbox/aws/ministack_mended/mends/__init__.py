"""Where MiniStack 1.5.33 differs from AWS in what the product relies on. One module for each difference.

Every mend has a test in test/sandbox/aws/ that asks MiniStack as it comes, too: it fails once the mend is needless.
"""

from . import (
    access_denied,
    bucket_resources,
    condition_keys,
    condition_operators,
    leading_keys,
    managed_policies,
    metric_math_alarms,
    node_runtime,
    oidc_providers,
    principal_arn,
    resource_arns,
    role_boundary,
    role_limits,
    schedule_context,
    secure_transport,
    step_functions,
    trust_policies,
    update_role,
    wildcards,
)


def apply() -> None:
    """Mend MiniStack in place; it looks its own functions up when it calls them."""
    node_runtime.apply()
    resource_arns.apply()
    condition_keys.apply()
    condition_operators.apply()
    leading_keys.apply()
    principal_arn.apply()
    access_denied.apply()
    oidc_providers.apply()
    managed_policies.apply()
    role_limits.apply()
    trust_policies.apply()
    update_role.apply()
    role_boundary.apply()
    metric_math_alarms.apply()
    bucket_resources.apply()
    secure_transport.apply()
    schedule_context.apply()
    step_functions.apply()
    wildcards.apply()
