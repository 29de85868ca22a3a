"""The errors of AssumeRoleWithWebIdentity, with AWS's messages."""


class Refused(Exception):
    """An error response of STS."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_token(message: str) -> Refused:
    """The token, or the provider of its issuer, is not valid."""
    return Refused("InvalidIdentityToken", message)


def no_keys() -> Refused:
    """The discovery document or the key cannot be read. AWS's message has two spaces after the comma."""
    return invalid_token(
        "Couldn't retrieve verification key from your identity provider,  please reference "
        "AssumeRoleWithWebIdentity documentation for requirements"
    )


def wrong_thumbprint() -> Refused:
    """No thumbprint of the provider matches the certificate that the host presented."""
    return invalid_token("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")


def not_authorized() -> Refused:
    """The role does not exist, or its trust policy does not allow this identity."""
    return Refused("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
