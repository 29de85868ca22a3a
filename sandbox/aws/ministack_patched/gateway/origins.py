"""Which requests are not taken because of where they come from: pages of the user's browser.

A page of any site may send requests to 127.0.0.1, and by a name of its own that it points there (DNS rebinding) it may
read the answers. The first have Origin or Fetch Metadata headers, the second have a foreign Host header:
https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header. No page is served here, so that none has a
reason to ask.
"""

import os
import re

# Google's token service sends a caller's signed request on as it is, with the name that it was signed for.
SIGNED_FOR_AWS = re.compile(r"sts\.[a-z0-9-]+\.amazonaws\.com")
# Browsers and resolvers keep these names on this machine: RFC 6761 section 6.3.
LOCAL = re.compile(r"127\.0\.0\.1|([a-z0-9.-]+\.)?localhost")


def refusal_of(headers: dict[str, str]) -> str | None:
    """Why a request with these headers is refused, or None."""
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
