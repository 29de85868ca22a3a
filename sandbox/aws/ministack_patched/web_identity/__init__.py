"""sts:AssumeRoleWithWebIdentity as on AWS: verifies the token, and evaluates the trust policy with its claims.

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
    """Replace this action of MiniStack, which verifies nothing. MiniStack answers the other actions of STS."""
    handle: Callable[..., Awaitable[Response]] = sts.handle_request

    async def handle_request(method: str, path: str, headers: dict, body: bytes, query: Params) -> Response:
        params = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        if iam._p(params, "Action") != ACTION:
            return await handle(method, path, headers, body, query)
        # Imported at the first token: it loads cryptography libraries, which would take a quarter of the start time.
        from .action import answer

        return await answer(params)

    sts.handle_request = handle_request
