"""Verification of a web identity token."""

import time
from dataclasses import dataclass
from typing import Any

import jwt

from .errors import Refused, invalid_token, no_keys

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
# Seconds by which the clocks of the issuer and AWS may differ.
LEEWAY = 300


@dataclass(frozen=True)
class Identity:
    """The claims of a verified token."""

    issuer: str
    subject: str
    audience: str
    claims: dict[str, Any]


def issuer_of(token: str) -> str:
    """Return the `iss` claim of an unverified token; raises Refused if STS does not support its format or algorithm.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    try:
        if jwt.get_unverified_header(token).get("alg") not in ALGORITHMS:
            raise _no_jwt()
        return str(jwt.decode(token, options={"verify_signature": False})["iss"])
    except (jwt.PyJWTError, KeyError) as error:
        raise _no_jwt() from error


def _no_jwt() -> Refused:
    return invalid_token(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )


def check_audience(token: str, client_ids: list[str]) -> str:
    """Return the audience of the token that is a client ID of the provider; raises Refused if there is none."""
    audience = jwt.decode(token, options={"verify_signature": False}).get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    known = [each for each in audiences if each in client_ids]
    if not known:
        raise invalid_token("Incorrect token audience")
    return known[0]


def verify(token: str, keys: list[dict[str, Any]], audience: str) -> Identity:
    """Check the signature and the times of a token; raises Refused."""
    try:
        claims = jwt.decode(
            token,
            _key_for(token, keys),
            algorithms=ALGORITHMS,
            audience=audience,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False},
            leeway=LEEWAY,
        )
    except jwt.MissingRequiredClaimError as error:
        raise invalid_token(f"Missing a required claim: {error.claim}") from error
    except jwt.PyJWTError as error:
        raise invalid_token("Provided token could not be validated") from error
    _check_expiry(claims["exp"])
    return Identity(claims["iss"], claims["sub"], audience, claims)


def _key_for(token: str, keys: list[dict[str, Any]]) -> jwt.PyJWK:
    kid = jwt.get_unverified_header(token).get("kid")
    key = next((each for each in keys if each.get("kid") == kid), None)
    if key is None:
        raise no_keys()
    try:
        return jwt.PyJWK(key)
    except jwt.PyJWTError as error:
        raise no_keys() from error


def _check_expiry(expiry: int) -> None:
    now = int(time.time())
    if now >= expiry:
        raise Refused(
            "ExpiredTokenException",
            f"Token expired: current date/time {now} must be before the expiration date/time{expiry}",
        )
