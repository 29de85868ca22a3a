"""CloudFront's responses to viewers: those of MiniStack, except for a disabled distribution."""

import base64
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.etree.ElementTree import Element

import ministack.app

# AWS does not document the response of a disabled distribution. Here it is the response for an unknown name.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
DISABLED = (403, "Bad request.", "Error from cloudfront")


def distributions(_: dict[str, Any]) -> list[dict[str, Any]]:
    """Return `id` and `names` of the account's distributions. The name below cloudfront.net comes first."""
    cloudfront = ministack.app._get_module("cloudfront")
    return [
        {"id": each["Id"], "names": [each["DomainName"], *_aliases(cloudfront._dist_config_el(each))]}
        for each in cloudfront._distributions.values()
    ]


def _aliases(configuration: Element) -> list[str]:
    return [each.text or "" for each in configuration.iterfind("{*}Aliases/{*}Items/{*}CNAME")]


async def answer_to(request: dict[str, str]) -> dict[str, Any]:
    """Answer a viewer's request for the distribution `id`. The `body` of the response is in base64."""
    cloudfront = ministack.app._get_module("cloudfront")
    distribution = cloudfront._distributions[request["id"]]
    if distribution["enabled"]:
        path, query = request["path"], request["query"]
        headers = {"host": distribution["DomainName"], "x-forwarded-proto": "https"}
        answer = await cloudfront.handle_viewer_request(
            distribution, request["method"], unquote(path), path, query, headers, b"", parse_qs(query)
        )
    else:
        answer = cloudfront._cf_error_response(*DISABLED)
    status, answered, body = answer
    return {"status": status, "headers": answered, "body": base64.b64encode(body).decode()}
