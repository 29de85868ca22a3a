"""The credentials of a function: a session of its role. MiniStack derives the secret from the function's name."""

import secrets
import threading
from typing import Any

import ministack.app
from ministack.core import lambda_runtime
from ministack.services import iam, sts

_by_function: dict[tuple[str, str], dict[str, str]] = {}
_lock = threading.Lock()
_without_auth = lambda_runtime.execution_credentials


def execution_credentials(config: dict[str, Any]) -> dict[str, str]:
    """Return the credentials as environment variables. All processes of a function share one session."""
    if not ministack.app.AUTH:
        return _without_auth(config)
    function_arn, role_arn = config.get("FunctionArn", ""), config.get("Role", "")
    with _lock:
        if (function_arn, role_arn) not in _by_function:
            _by_function[function_arn, role_arn] = _new_session(function_arn, role_arn)
        return _by_function[function_arn, role_arn]


def _new_session(function_arn: str, role_arn: str) -> dict[str, str]:
    account = function_arn.split(":")[4]
    role, session = role_arn.rpartition("/")[2], function_arn.split(":")[6][:64]
    key, secret, token = iam._gen_session_access_key(), secrets.token_hex(20), secrets.token_hex(64)
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "UserId": f"{role}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
