"""The cache of issuer documents. On AWS, STS does not read a key set again for each token.

AWS does not document how long STS caches it. https://repost.aws/knowledge-center/iam-sts-invalididentitytoken names too
many requests to the issuer as one cause of a refusal.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from .https import Document


@dataclass(frozen=True)
class Documents:
    """The documents of an issuer."""

    discovery: Document
    jwks: Document


_seconds = 0.0
_kept: dict[str, tuple[float, Documents]] = {}


def set_seconds(seconds: float) -> None:
    """Empty the cache, and cache documents for this time from now on. 0, the default, disables the cache."""
    global _seconds
    _seconds = seconds
    _kept.clear()


def documents_of(issuer: str, read: Callable[[str], Documents]) -> Documents:
    """Return the cached documents of the issuer, or call `read` if they are too old. Errors are not cached."""
    read_at, kept = _kept.get(issuer, (0.0, None))
    now = time.monotonic()
    if kept is not None and now - read_at < _seconds:
        return kept
    documents = read(issuer)
    if _seconds > 0:
        _kept[issuer] = (now, documents)
    return documents
