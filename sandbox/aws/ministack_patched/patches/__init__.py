"""Where MiniStack 1.5.33 differs from AWS in what the product relies on. A module patches MiniStack when it is imported.

Every patch has a test in test/sandbox/aws/ that asks MiniStack as it comes, too: it fails once the patch is needless.
"""

from . import (
    cloudformation,
    iam_decisions,
    leading_keys,
    managed_policies,
    node_runtime,
    oidc_providers,
    roles,
    schedule_context,
)
