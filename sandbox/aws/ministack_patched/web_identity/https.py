"""Reads a public JSON document over TLS, and returns the server's last certificate with it."""

import json
import os
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL.crypto import X509, Error, X509Store, X509StoreContext, X509StoreContextError, X509StoreFlags
from urllib3.contrib.pyopenssl import PyOpenSSLContext
from urllib3.util.ssl_ import PROTOCOL_TLS_CLIENT

# STS waits 5 seconds for an identity provider: https://repost.aws/knowledge-center/iam-sts-invalididentitytoken
TIMEOUT = urllib3.Timeout(total=5.0)
MAX_BYTES = 100_000


class Unreadable(Exception):
    """The response was not a JSON document, or the certificates are not valid for the host."""


@dataclass(frozen=True)
class Document:
    """A JSON document, the host it came from, and the last certificate that the host presented (DER)."""

    json: dict[str, Any]
    host: str
    last_certificate: bytes


def read(url: str) -> Document:
    """GET a JSON document, through HTTPS_PROXY if it is set; raises Unreadable.

    The first certificate must name the host, and each certificate must be signed by the next. The caller decides
    whether to trust the last certificate.
    """
    host = urlsplit(url).hostname
    if urlsplit(url).scheme != "https" or host is None:
        raise Unreadable(f"{url} is not an https URL")
    context = PyOpenSSLContext(PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    proxy = os.environ.get("HTTPS_PROXY")
    options: dict[str, Any] = {"ssl_context": context, "assert_hostname": False, "cert_reqs": "CERT_NONE"}
    pool = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
    with pool:
        try:
            response = pool.request("GET", url, redirect=False, retries=False, timeout=TIMEOUT, preload_content=False)
            chain = response.connection.sock.connection.get_peer_cert_chain() or []
            check_chain(chain, host)
            body = response.read(MAX_BYTES + 1)
            if response.status != 200 or len(body) > MAX_BYTES:
                raise Unreadable(f"{url} answered {response.status} with {len(body)} bytes")
            document = json.loads(body)
        except (urllib3.exceptions.HTTPError, OSError, ValueError, Error) as error:
            raise Unreadable(f"{url}: {error}") from error
    if not isinstance(document, dict):
        raise Unreadable(f"{url} is no JSON object")
    return Document(document, host, _der(chain[-1]))


def check_chain(chain: list[X509], host: str) -> None:
    """Raise Unreadable unless each certificate is valid now and signed by the next, and the first names the host."""
    if not chain:
        raise Unreadable(f"{host} presented no certificate")
    store = X509Store()
    store.add_cert(chain[-1])
    store.set_flags(X509StoreFlags.PARTIAL_CHAIN)
    try:
        X509StoreContext(store, chain[0], chain[1:]).verify_certificate()
    except X509StoreContextError as error:
        raise Unreadable(f"{host}: {error}") from error
    if not _names(chain[0].to_cryptography(), host):
        raise Unreadable(f"the certificate is not for {host}")


def _names(certificate: x509.Certificate, host: str) -> bool:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return False
    wildcard = "*." + host.partition(".")[2]
    return any(name.lower() in (host, wildcard) for name in extension.value.get_values_for_type(x509.DNSName))


def _der(certificate: X509) -> bytes:
    return certificate.to_cryptography().public_bytes(Encoding.DER)
