"""Whose signature a request has (Signature Version 4, in its headers or its URL).

MiniStack itself verifies what IAM users and roles have signed, but takes whatever names the root user's key. Here every
signature is verified, by MiniStack's own implementation and with the secrets that its IAM and STS have given out.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any

from ministack.core import sigv4
from ministack.core.iam_evaluator import CredentialResolutionError, ResolvedCredential, resolve_credential
from ministack.core.responses import _account_from_sts_session, get_account_id

ALGORITHM = "AWS4-HMAC-SHA256"
# Any of these in a URL says that it is signed, in version 4 or 2.
IN_URL = {"x-amz-algorithm", "x-amz-credential", "x-amz-signature", "awsaccesskeyid"}
ACCOUNT = re.compile(r"\d{12}")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Failure:
    """What AWS says of a signature that does not hold."""

    code: str
    message: str


UNSUPPORTED = Failure("UnsupportedSignature", f"The request is not signed with {ALGORITHM}")


@dataclass(frozen=True)
class Sent:
    """A request as it came; header names in lower case, a header on several lines joined by commas."""

    method: str
    raw_path: str
    headers: dict[str, str]
    query: dict[str, list[str]]
    body: bytes

    @property
    def is_signed_in_header(self) -> bool:
        return self.headers.get("authorization", "").startswith("AWS")

    @property
    def is_signed_in_url(self) -> bool:
        return any(name.lower() in IN_URL for name in self.query)

    @property
    def is_of_version_4(self) -> bool:
        if self.is_signed_in_url:
            return "AWSAccessKeyId" not in self.query
        return self.headers["authorization"].startswith(f"{ALGORITHM} ")


def signer_of(sent: Sent) -> ResolvedCredential | Failure | None:
    """The credential that signed the request, or why its signature does not hold; None when it has none."""
    if not sent.is_signed_in_header and not sent.is_signed_in_url:
        return None
    if sent.is_signed_in_header and sent.is_signed_in_url:
        return Failure("InvalidRequest", "Only one auth mechanism allowed: the header or the URL is signed, not both")
    # Version 2, by which old clients make URLs of S3, and the asymmetric version 4a.
    if not sent.is_of_version_4:
        return UNSUPPORTED
    in_url = sent.is_signed_in_url
    parts = sigv4.parse_query_signature(sent.query) if in_url else sigv4.parse_header_signature(sent.headers)
    return _verified(sent, parts) if isinstance(parts, sigv4.HeaderSignature) else Failure(*parts)


def _verified(sent: Sent, signature: sigv4.HeaderSignature) -> ResolvedCredential | Failure:
    malformed = _untimely(sent, signature) or _uncovered(sent, signature)
    if malformed:
        return malformed
    key = signature.access_key_id
    credential = resolve_credential(key, _account_of(key), _token(sent))
    if isinstance(credential, CredentialResolutionError):
        return Failure(credential.code, credential.message)
    wrong = sigv4.header_signature_failure(
        signature,
        credential.secret_access_key,
        sent.method,
        sent.raw_path,
        sent.query,
        sent.headers,
        sent.body,
        presigned=sent.is_signed_in_url,
    )
    return Failure(*wrong) if wrong else credential


def _account_of(key: str) -> str:
    """MiniStack takes an account's twelve digits for the key of its root user, with the secret of the sandbox's own."""
    return key if ACCOUNT.fullmatch(key) else _account_from_sts_session(key) or get_account_id()


def _untimely(sent: Sent, signature: sigv4.HeaderSignature) -> Failure | None:
    if not sent.is_signed_in_url:
        skewed = sigv4.request_time_failure(signature)
        return Failure(*skewed) if skewed else None
    try:
        expired = sigv4.presigned_request_is_expired(signature.amz_date, _in_url(sent, "X-Amz-Expires"))
    except ValueError:
        expired = True
    return Failure("AccessDenied", "Request has expired") if expired else None


def _uncovered(sent: Sent, signature: sigv4.HeaderSignature) -> Failure | None:
    """A signature holds for one host and one body; S3 alone lets the body be left out."""
    if signature.region_set is not None:
        return UNSUPPORTED
    if "host" not in signature.signed_headers.split(";"):
        return Failure("SignatureDoesNotMatch", "'Host' must be a 'SignedHeader' in the AWS Authorization.")
    claimed = sent.headers.get("x-amz-content-sha256", "")
    if claimed == "" or (signature.service == "s3" and not DIGEST.fullmatch(claimed)):
        return None
    if hmac.compare_digest(claimed.encode(), hashlib.sha256(sent.body).hexdigest().encode()):
        return None
    return Failure("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match the body.")


def _token(sent: Sent) -> str:
    if sent.is_signed_in_url:
        return _in_url(sent, "X-Amz-Security-Token")
    return sent.headers.get("x-amz-security-token", "")


def _in_url(sent: Sent, name: str) -> Any:
    return (sent.query.get(name) or sent.query.get(name.lower()) or [""])[0]
