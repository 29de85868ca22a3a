"""sts:AssumeRoleWithWebIdentity as on AWS: the token is verified, and the trust policy sees its claims.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ministack.services import iam, sts

Params = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
ACTION = "AssumeRoleWithWebIdentity"


def apply() -> None:
    """Answer this action instead of MiniStack, which verifies nothing; the others stay its own."""
    handle: Callable[..., Awaitable[Response]] = sts.handle_request

    async def handle_request(method: str, path: str, headers: dict, body: bytes, query: Params) -> Response:
        params = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        if iam._p(params, "Action") != ACTION:
            return await handle(method, path, headers, body, query)
        # At the first token: it loads libraries of cryptography, which would take a quarter of the time of a start.
        from .action import answer

        return await answer(params)

    sts.handle_request = handle_request
