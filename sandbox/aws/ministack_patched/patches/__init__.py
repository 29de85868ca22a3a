"""Patches where MiniStack 1.5.33 differs from AWS in behaviour that the product needs. Importing a module applies it.

Every patch has a test in test/sandbox/aws/ that also calls unpatched MiniStack. It fails once the patch is unnecessary.
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
