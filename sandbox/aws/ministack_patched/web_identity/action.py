"""Answers AssumeRoleWithWebIdentity."""

import asyncio
import time
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy
from ministack.core.responses import get_region
from ministack.services import iam, sts

from ..patches.iam_decisions import host_and_path
from . import ACTION, Params, Response, token
from .errors import Refused, invalid_token, not_authorized
from .keys import keys_of

MIN_SECONDS = 900


async def answer(params: Params) -> Response:
    """Return the response of STS to the parameters of a request."""
    try:
        return await _assume(params)
    except Refused as refusal:
        return iam._error(refusal.status, refusal.code, escape(refusal.message), ns="sts")


async def _assume(params: Params) -> Response:
    role_arn = iam._p(params, "RoleArn")
    assumed_arn, malformed = sts._assumed_role_arn(role_arn, iam._p(params, "RoleSessionName"))
    if malformed:
        return malformed
    policies, malformed = sts._session_policies(params, role_arn.split(":")[4])
    if malformed:
        return malformed
    account = role_arn.split(":")[4]
    provider, identity = await _identify(account, iam._p(params, "WebIdentityToken"))
    role = _trusting_role(role_arn, provider["Arn"], identity)
    seconds = _duration(params, role)
    return _answer(identity, provider["Arn"], _session(params, role, assumed_arn, policies, seconds))


async def _identify(account: str, web_identity_token: str) -> tuple[dict[str, Any], token.Identity]:
    """Return the provider in the role's account, and the verified identity; raises Refused."""
    issuer = token.issuer_of(web_identity_token)
    arn = f"arn:aws:iam::{account}:oidc-provider/{host_and_path(issuer)}"
    provider = iam._oidc_providers.get_scoped(account, None, arn)
    if provider is None:
        raise invalid_token(f"No OpenIDConnect provider found in your account for {issuer}")
    audience = token.check_audience(web_identity_token, provider["ClientIDList"])
    keys = await asyncio.to_thread(keys_of, issuer, provider["ThumbprintList"])
    return provider, token.verify(web_identity_token, keys, audience)


def _trusting_role(role_arn: str, provider_arn: str, identity: token.Identity) -> dict[str, Any]:
    """Return the role if its trust policy allows this identity; raises Refused otherwise."""
    account = role_arn.split(":")[4]
    role = iam._roles.get_scoped(account, None, role_arn.rpartition("/")[2])
    if role is None or role["Arn"] != role_arn:
        raise not_authorized()
    prefix = host_and_path(identity.issuer)
    keys = {"sub": identity.subject, "aud": identity.audience, "amr": identity.claims.get("amr")}
    context = EvalContext(
        principal_arn=provider_arn,
        principal_type="WebIdentityUser",
        principal_account=account,
        action=f"sts:{ACTION}",
        resource_arn=role_arn,
        region=get_region(),
        service_context={f"{prefix}:{name}".lower(): value for name, value in keys.items() if value is not None},
    )
    if not evaluate_trust_policy(role["AssumeRolePolicyDocument"], provider_arn, context):
        raise not_authorized()
    return role


def _duration(params: Params, role: dict[str, Any]) -> int:
    """Return the session's duration in seconds; raises Refused if it is out of range."""
    seconds = int(iam._p(params, "DurationSeconds") or 3600)
    if seconds < MIN_SECONDS:
        raise Refused(
            "ValidationError",
            f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
            f"Member must have value greater than or equal to {MIN_SECONDS}",
        )
    if seconds > role.get("MaxSessionDuration", 3600):
        raise Refused(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return seconds


def _session(params: Params, role: dict[str, Any], arn: str, policies: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Return credentials that have the permissions of the role's policies, its boundary and the session policies."""
    session = {
        "Arn": arn,
        "UserId": f"{role['RoleId']}:{iam._p(params, 'RoleSessionName')}",
        "SecretAccessKey": iam._gen_secret(),
        "SessionToken": iam._gen_session_token(),
        "Expiration": time.time() + seconds,
        "AccountId": arn.split(":")[4],
        "PrincipalType": "AssumedRole",
        "SessionPolicies": policies if any(policies.values()) else None,
    }
    access_key = iam._gen_session_access_key()
    sts.register_session(access_key, session)
    return {**session, "AccessKeyId": access_key, "ExpirationText": iam._future(seconds)}


def _answer(identity: token.Identity, provider_arn: str, session: dict[str, Any]) -> Response:
    result = (
        f"<SubjectFromWebIdentityToken>{escape(identity.subject)}</SubjectFromWebIdentityToken>"
        f"<Audience>{escape(identity.audience)}</Audience>"
        "<AssumedRoleUser>"
        f"<Arn>{session['Arn']}</Arn><AssumedRoleId>{session['UserId']}</AssumedRoleId>"
        "</AssumedRoleUser>"
        "<Credentials>"
        f"<SessionToken>{session['SessionToken']}</SessionToken>"
        f"<SecretAccessKey>{session['SecretAccessKey']}</SecretAccessKey>"
        f"<Expiration>{session['ExpirationText']}</Expiration>"
        f"<AccessKeyId>{session['AccessKeyId']}</AccessKeyId>"
        "</Credentials>"
        f"<Provider>{escape(provider_arn)}</Provider>"
    )
    return iam._xml(200, f"{ACTION}Response", f"<{ACTION}Result>{result}</{ACTION}Result>", ns="sts")
