"""Refuses requests from web pages in the user's browser.

A page of any site can send requests to 127.0.0.1. These requests have Origin or Fetch Metadata headers:
https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header. By DNS rebinding, a page can also read the
responses. Its requests then have the Host header of its site. No page is served here, so no page needs access.
"""

import os
import re

# Google's token service forwards the caller's signed request unchanged, with the Host header that the caller signed.
SIGNED_FOR_AWS = re.compile(r"sts\.[a-z0-9-]+\.amazonaws\.com")
# Browsers and resolvers resolve these names only to this machine: RFC 6761 section 6.3.
LOCAL = re.compile(r"127\.0\.0\.1|([a-z0-9.-]+\.)?localhost")


def refusal_of(headers: dict[str, str]) -> str | None:
    """Return why a request with these headers is refused, or None."""
    host = headers.get("host", "")
    if not _is_own(host):
        return f'Host is "{host}": this port does not answer to that name'
    if "origin" in headers:
        return f"a page of {headers['origin']} made this request"
    if headers.get("sec-fetch-site", "none") != "none":
        return "a page in a browser made this request"
    return None


def _is_own(host: str) -> bool:
    name, _, port = host.lower().partition(":")
    is_local = LOCAL.fullmatch(name) is not None and port == os.environ["GATEWAY_PORT"]
    return is_local or SIGNED_FOR_AWS.fullmatch(host) is not None
