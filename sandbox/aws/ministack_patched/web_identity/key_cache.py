"""What STS remembers of an issuer: on AWS a key set is not read again for each token.

AWS does not say for how long. https://repost.aws/knowledge-center/iam-sts-invalididentitytoken names too many requests to
the issuer as one cause of a refusal.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from .https import Document


@dataclass(frozen=True)
class Documents:
    """What an issuer publishes, as it was read."""

    discovery: Document
    jwks: Document


_seconds = 0.0
_kept: dict[str, tuple[float, Documents]] = {}


def set_seconds(seconds: float) -> None:
    """Cache documents for so long, and empty the cache. 0, as at the start: no cache."""
    global _seconds
    _seconds = seconds
    _kept.clear()


def documents_of(issuer: str, read: Callable[[str], Documents]) -> Documents:
    """The cached documents of the issuer while they are fresh, else those of `read`, whose errors are not cached."""
    read_at, kept = _kept.get(issuer, (0.0, None))
    now = time.monotonic()
    if kept is not None and now - read_at < _seconds:
        return kept
    documents = read(issuer)
    if _seconds > 0:
        _kept[issuer] = (now, documents)
    return documents
