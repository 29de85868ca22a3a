"""The public keys of an issuer, whose hosts must match the thumbprints of the provider."""

import hashlib
from typing import Any

from . import https
from .errors import no_keys, wrong_thumbprint
from .key_cache import Documents, documents_of


def keys_of(issuer: str, thumbprints: list[str]) -> list[dict[str, Any]]:
    """Return the keys in the JWKS of an issuer; raises Refused.

    AWS checks thumbprints only for certificate authorities that it does not trust. The sandbox's authority counts as
    untrusted, so the thumbprints of the issuer's host and of the JWKS host must always match.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
    """
    documents = documents_of(issuer, _read)
    discovery, jwks = documents.discovery, documents.jwks
    accepted = {each.lower() for each in thumbprints}
    for document in {discovery.host: discovery, jwks.host: jwks}.values():
        if hashlib.sha1(document.last_certificate).hexdigest() not in accepted:
            raise wrong_thumbprint()
    return jwks.json["keys"]


def _read(issuer: str) -> Documents:
    """Read the documents of the issuer; raises Refused."""
    try:
        discovery = https.read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if discovery.json.get("issuer") != issuer:
            raise no_keys()
        jwks = https.read(str(discovery.json.get("jwks_uri")))
    except https.Unreadable as error:
        raise no_keys() from error
    if not isinstance(jwks.json.get("keys"), list):
        raise no_keys()
    return Documents(discovery, jwks)
