"""aws:SecureTransport is true: MiniStack is spoken to over HTTP on this machine, where AWS is over TLS.

A policy that denies what is not sent over TLS, such as CDK's enforceSSL writes, would deny everything here.
"""

from typing import Any

from ministack.core.iam_evaluator import EvalContext


def apply() -> None:
    """Count every call as one over TLS."""
    init = EvalContext.__init__

    def init_secure(self: EvalContext, *arguments: Any, **fields: Any) -> None:
        init(self, *arguments, **{**fields, "secure_transport": True})

    EvalContext.__init__ = init_secure
