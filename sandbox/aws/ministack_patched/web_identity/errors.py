"""The errors of AssumeRoleWithWebIdentity, in AWS's words."""


class Refused(Exception):
    """An error answer of STS."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_token(message: str) -> Refused:
    """The token, or what is known of its issuer, does not convince."""
    return Refused("InvalidIdentityToken", message)


def no_keys() -> Refused:
    """The discovery document or the keys cannot be read by the public. The two blanks are AWS's."""
    return invalid_token(
        "Couldn't retrieve verification key from your identity provider,  please reference "
        "AssumeRoleWithWebIdentity documentation for requirements"
    )


def wrong_thumbprint() -> Refused:
    """No thumbprint of the provider is that of the certificate presented."""
    return invalid_token("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")


def not_authorized() -> Refused:
    """The role does not exist, or its trust policy does not allow this identity."""
    return Refused("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
