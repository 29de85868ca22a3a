"""IAM's actions on OIDC providers that MiniStack lacks or implements incompletely.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html and the other actions' pages.
"""

import re
from collections.abc import Callable
from itertools import count, takewhile
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id
from ministack.services import iam

from . import tags
from .iam_decisions import host_and_path

Params = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[Params], Response]

MAX_PROVIDERS = 100
MAX_THUMBPRINTS = 5
MAX_CLIENT_IDS = 100
MAX_URL = 255
MAX_CLIENT_ID = 255


def _delete(params: Params) -> Response:
    """Succeeds even for a provider that does not exist.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
    """
    iam._oidc_providers.pop(iam._p(params, "OpenIDConnectProviderArn"), None)
    return iam._xml(200, "DeleteOpenIDConnectProviderResponse", "")


def _on_provider(action: str, change: Callable[[dict[str, Any], Params], str | Response]) -> Handler:
    """Return a handler that calls `change` with the provider. `change` returns the result's XML, or an error."""

    def handle(params: Params) -> Response:
        arn = iam._p(params, "OpenIDConnectProviderArn")
        provider = iam._oidc_providers.get(arn)
        if provider is None:
            return iam._error(404, "NoSuchEntity", f"OpenIDConnect Provider not found for arn {escape(arn)}")
        result = change(provider, params)
        if not isinstance(result, str):
            return result
        return iam._xml(200, f"{action}Response", f"<{action}Result>{result}</{action}Result>" if result else "")

    return handle


def _create(params: Params) -> Response:
    url = iam._p(params, "Url")
    refusal = _url_refusal(url) or _members_refusal(params)
    if refusal:
        return refusal
    arn = f"arn:aws:iam::{get_account_id()}:oidc-provider/{host_and_path(url)}"
    iam._oidc_providers[arn] = {
        "Url": url,
        "ClientIDList": _members(params, "ClientIDList"),
        "ThumbprintList": _members(params, "ThumbprintList"),
        "Arn": arn,
        "CreateDate": iam._now(),
        "Tags": iam._extract_tags(params),
    }
    result = f"<OpenIDConnectProviderArn>{escape(arn)}</OpenIDConnectProviderArn>"
    action = "CreateOpenIDConnectProvider"
    return iam._xml(200, f"{action}Response", f"<{action}Result>{result}</{action}Result>")


def _url_refusal(url: str) -> Response | None:
    if len(url) > MAX_URL:
        return _too_long("url", MAX_URL)
    if not re.fullmatch(r"https://[^\s:?#@/]+(/[^\s:?#]*)?", url):
        return iam._error(400, "ValidationError", "Invalid Open ID Connect Provider URL")
    if any(host_and_path(each["Url"]) == host_and_path(url) for each in iam._oidc_providers.values()):
        return iam._error(409, "EntityAlreadyExists", f"Provider with url {escape(url)} already exists.")
    if len(iam._oidc_providers) >= MAX_PROVIDERS:
        return tags.quota("OpenIdConnectProvidersPerAccount", MAX_PROVIDERS)
    return None


def _members_refusal(params: Params) -> Response | None:
    client_ids = _members(params, "ClientIDList")
    if any(len(each) > MAX_CLIENT_ID for each in client_ids):
        return _too_long("clientIDList", MAX_CLIENT_ID)
    if len(client_ids) > MAX_CLIENT_IDS:
        return tags.quota("ClientIdsPerOpenIdConnectProvider", MAX_CLIENT_IDS)
    return _thumbprint_refusal(_members(params, "ThumbprintList")) or _tags_refusal(params)


def _tags_refusal(params: Params) -> Response | None:
    """Tag keys of providers are case-sensitive. Tag keys of roles are not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    """
    keys = [tag["Key"] for tag in iam._extract_tags(params)]
    if len(keys) != len(set(keys)):
        return iam._error(400, "InvalidInput", "Duplicate tag keys found.")
    return tags.refusal(params)


def _too_long(field: str, limit: int) -> Response:
    message = f"1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must have length"
    return iam._error(400, "ValidationError", f"{message} less than or equal to {limit}")


def _thumbprint_refusal(thumbprints: list[str]) -> Response | None:
    if len(thumbprints) > MAX_THUMBPRINTS:
        return iam._error(400, "InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
    if any(not re.fullmatch(r"[0-9a-fA-F]{40}", each) for each in thumbprints):
        return iam._error(
            400,
            "ValidationError",
            "1 validation error detected: Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy "
            "constraint: [Member must have length less than or equal to 40, Member must have length greater than or "
            "equal to 40]",
        )
    return None


def _members(params: Params, name: str) -> list[str]:
    return list(takewhile(bool, (iam._p(params, f"{name}.member.{index}") for index in count(1))))


def _get(provider: dict[str, Any], _: Params) -> str:
    return (
        f"<Url>{escape(host_and_path(provider['Url']))}</Url>"
        f"<ClientIDList>{_list(provider['ClientIDList'])}</ClientIDList>"
        f"<ThumbprintList>{_list(provider['ThumbprintList'])}</ThumbprintList>"
        f"<CreateDate>{provider['CreateDate']}</CreateDate>"
        f"{_tag_list(provider)}"
    )


def _list(values: list[str]) -> str:
    return "".join(f"<member>{escape(value)}</member>" for value in values)


def _update_thumbprints(provider: dict[str, Any], params: Params) -> str | Response:
    thumbprints = _members(params, "ThumbprintList")
    refusal = _thumbprint_refusal(thumbprints)
    if refusal:
        return refusal
    provider["ThumbprintList"] = thumbprints
    return ""


def _add_client_id(provider: dict[str, Any], params: Params) -> str | Response:
    client_id = iam._p(params, "ClientID")
    if len(client_id) > MAX_CLIENT_ID:
        return _too_long("clientID", MAX_CLIENT_ID)
    if client_id in provider["ClientIDList"]:
        return ""
    if len(provider["ClientIDList"]) >= MAX_CLIENT_IDS:
        return tags.quota("ClientIdsPerOpenIdConnectProvider", MAX_CLIENT_IDS)
    provider["ClientIDList"] = [*provider["ClientIDList"], client_id]
    return ""


def _remove_client_id(provider: dict[str, Any], params: Params) -> str:
    provider["ClientIDList"] = [each for each in provider["ClientIDList"] if each != iam._p(params, "ClientID")]
    return ""


def _tag(provider: dict[str, Any], params: Params) -> str | Response:
    refusal = _tags_refusal(params)
    if refusal:
        return refusal
    by_key = {tag["Key"]: tag for tag in [*provider.get("Tags", []), *iam._extract_tags(params)]}
    if len(by_key) > tags.MAX_TAGS:
        return tags.quota("TagsPerOpenIdConnectProvider", tags.MAX_TAGS)
    provider["Tags"] = list(by_key.values())
    return ""


def _untag(provider: dict[str, Any], params: Params) -> str:
    keys = iam._extract_tag_keys(params)
    provider["Tags"] = [tag for tag in provider.get("Tags", []) if tag["Key"] not in keys]
    return ""


def _list_tags(provider: dict[str, Any], _: Params) -> str:
    return f"{_tag_list(provider)}<IsTruncated>false</IsTruncated>"


def _tag_list(provider: dict[str, Any]) -> str:
    """Return the tags as XML, sorted by key as in ListOpenIDConnectProviderTags."""
    found = sorted(provider.get("Tags", []), key=lambda tag: tag["Key"])
    members = (f"<member><Key>{escape(t['Key'])}</Key><Value>{escape(t['Value'])}</Value></member>" for t in found)
    return f"<Tags>{''.join(members)}</Tags>"


iam._IAM_HANDLERS.update(
    {
        "CreateOpenIDConnectProvider": _create,
        "DeleteOpenIDConnectProvider": _delete,
        **{
            action: _on_provider(action, change)
            for action, change in {
                "GetOpenIDConnectProvider": _get,
                "UpdateOpenIDConnectProviderThumbprint": _update_thumbprints,
                "AddClientIDToOpenIDConnectProvider": _add_client_id,
                "RemoveClientIDFromOpenIDConnectProvider": _remove_client_id,
                "TagOpenIDConnectProvider": _tag,
                "UntagOpenIDConnectProvider": _untag,
                "ListOpenIDConnectProviderTags": _list_tags,
            }.items()
        },
    }
)
