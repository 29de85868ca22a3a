"""sts:AssumeRoleWithWebIdentity as on AWS: the token is verified, and the trust policy sees its claims.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from .action import apply

__all__ = ["apply"]
