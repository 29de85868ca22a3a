"""Verifies the Signature Version 4 in the headers of a request. Presigned URLs are refused.

MiniStack verifies the signatures of IAM users and roles, but accepts any request with the root user's access key. Here
every signature is verified, by MiniStack's implementation and with the secrets that its IAM and STS have issued.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from ministack.core import sigv4
from ministack.core.iam_evaluator import CredentialResolutionError, ResolvedCredential, resolve_credential
from ministack.core.responses import _account_from_sts_session, get_account_id

ALGORITHM = "AWS4-HMAC-SHA256"
# Query parameters of presigned URLs.
IN_URL = {"x-amz-algorithm", "x-amz-credential", "x-amz-signature", "awsaccesskeyid"}
ACCOUNT = re.compile(r"\d{12}")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Failure:
    """The error that AWS returns for an invalid signature."""

    code: str
    message: str


UNSUPPORTED = Failure("UnsupportedSignature", f"The request is not signed with {ALGORITHM}")


@dataclass(frozen=True)
class Sent:
    """A request as received. Header names are in lower case, and repeated headers are joined by commas."""

    method: str
    raw_path: str
    headers: dict[str, str]
    query: dict[str, list[str]]
    body: bytes


def signer_of(sent: Sent) -> ResolvedCredential | Failure | None:
    """Return the credential that signed the request, or why the signature is invalid, or None without a signature."""
    if any(name.lower() in IN_URL for name in sent.query):
        return UNSUPPORTED
    authorization = sent.headers.get("authorization", "")
    if not authorization.startswith("AWS"):
        return None
    # Version 2 and the asymmetric version 4a are refused.
    if not authorization.startswith(f"{ALGORITHM} "):
        return UNSUPPORTED
    parts = sigv4.parse_header_signature(sent.headers)
    return _verified(sent, parts) if isinstance(parts, sigv4.HeaderSignature) else Failure(*parts)


def _verified(sent: Sent, signature: sigv4.HeaderSignature) -> ResolvedCredential | Failure:
    skewed = sigv4.request_time_failure(signature)
    refused = Failure(*skewed) if skewed else _uncovered(sent, signature)
    if refused:
        return refused
    key = signature.access_key_id
    credential = resolve_credential(key, _account_of(key), sent.headers.get("x-amz-security-token", ""))
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
    )
    return Failure(*wrong) if wrong else credential


def _account_of(key: str) -> str:
    """Return the account of an access key.

    In MiniStack, an account ID is the access key of its root user. All root users have the same secret.
    """
    return key if ACCOUNT.fullmatch(key) else _account_from_sts_session(key) or get_account_id()


def _uncovered(sent: Sent, signature: sigv4.HeaderSignature) -> Failure | None:
    """Refuse a signature that does not cover the host and the body. Only S3 accepts an unsigned body."""
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
