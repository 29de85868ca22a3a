"""IAM evaluates the whole ARN of a role, its path included, and the ARN of an OIDC provider."""

from typing import Any

from ministack.core import iam_actions
from ministack.services import iam


def apply() -> None:
    """Name roles and providers as AWS does; MiniStack says role/NAME, and '*' for a provider."""
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        arn = of_iam_request(query_params, account_id) if service == "iam" else None
        return arn or extract(service, method, path, headers, body, query_params, region, account_id)

    iam_actions.extract_resource_arn = extract_resource_arn


def of_iam_request(params: dict[str, Any], account: str) -> str | None:
    """The ARN of the role or provider that a request to IAM names, or None."""
    provider_arn = iam._p(params, "OpenIDConnectProviderArn")
    if provider_arn:
        return provider_arn
    url = iam._p(params, "Url")
    if url:
        return f"arn:aws:iam::{account}:oidc-provider/{host_and_path(url)}"
    name = iam._p(params, "RoleName")
    if not name:
        return None
    role = iam._roles.get(name)
    return role["Arn"] if role else f"arn:aws:iam::{account}:role{iam._p(params, 'Path') or '/'}{name}"


def host_and_path(url: str) -> str:
    """An issuer as IAM writes it: without its scheme, and otherwise as it is. A slash at its end is one of its characters."""
    return url.removeprefix("https://")
