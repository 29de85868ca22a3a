"""Refuses tags of a role or an OIDC provider that IAM does not accept.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
"""

import unicodedata
from typing import Any

from ministack.services import iam

Response = tuple[int, dict[str, str], bytes]

MAX_KEY = 128
MAX_VALUE = 256
MAX_TAGS = 50
# Allowed in addition to letters, numbers and separators of any script.
PUNCTUATION = "_.:/=+-@"


def refusal(params: dict[str, Any]) -> Response | None:
    """The error for the tags of a request, or None."""
    tags = iam._extract_tags(params)
    if len(tags) > MAX_TAGS:
        return _invalid(f"tags must have at most {MAX_TAGS} members")
    if any(len(tag["Key"]) > MAX_KEY or not _is_plain(tag["Key"]) for tag in tags):
        return _invalid("a tag key is too long or has a character that is not allowed")
    if any(len(tag["Value"]) > MAX_VALUE or not _is_plain(tag["Value"]) for tag in tags):
        return _invalid("a tag value is too long or has a character that is not allowed")
    return None


def quota(name: str, limit: int) -> Response:
    """The error for a request that exceeds this quota of IAM."""
    return iam._error(409, "LimitExceeded", f"Cannot exceed quota for {name}: {limit}")


def _is_plain(text: str) -> bool:
    return all(unicodedata.category(each)[0] in "LNZ" or each in PUNCTUATION for each in text)


def _invalid(message: str) -> Response:
    return iam._error(400, "ValidationError", f"1 validation error detected: {message}")
