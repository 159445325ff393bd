"""Secrets at rest: encrypted under a rotatable key; API keys only as HMACs."""

import base64
import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BASE62 = string.digits + string.ascii_letters
_PREFIX = "mg_live_"
_RANDOM_CHARS = 40
_CHECK_CHARS = 6
SHOWN_CHARS = len(_PREFIX) + 6


class BadSecretsKey(ValueError):
    """The configured secrets key is no Fernet key."""


class Unsealable(ValueError):
    """A stored secret was sealed under a key that is no longer configured."""


class Vault:
    """Seals and opens secrets. The first key seals; any key opens, so keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            msg = (
                "MAKEGOOD_SECRETS_KEY must be one or more Fernet keys (32 random bytes in "
                "url-safe base64), separated by commas, the newest first"
            )
            raise BadSecretsKey(msg) from error
        self._peppers = [_pepper(key) for key in keys]

    def seal(self, secret: str) -> bytes:
        """Return `secret` encrypted under the newest key."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Return the secret. Raises Unsealable where no configured key fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            msg = "sealed under a secrets key that is no longer configured"
            raise Unsealable(msg) from error

    def reseal(self, sealed: bytes) -> bytes:
        """Return the same secret sealed under the newest key."""
        return self._fernet.rotate(sealed)

    def fingerprints(self, key: str) -> list[bytes]:
        """Return the HMACs an API key may be stored under, the newest first."""
        return [hmac.digest(pepper, key.encode(), "sha256") for pepper in self._peppers]


def _pepper(key: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"makegood api keys")
    return hkdf.derive(base64.urlsafe_b64decode(key))


def token_digest(token: str) -> bytes:
    """Return what a random token is stored under: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def _base62(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, len(_BASE62))
        digits = _BASE62[rest] + digits
    return digits


def new_api_key() -> str:
    """Return a new API key: 238 random bits and a check sum that scanners can verify."""
    body = "".join(secrets.choice(_BASE62) for _ in range(_RANDOM_CHARS))
    return f"{_PREFIX}{body}{_check(body)}"


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK_CHARS)


def looks_like_api_key(text: str) -> bool:
    """Whether `text` has the form and the check sum of an API key of ours."""
    body, check = text[len(_PREFIX) : -_CHECK_CHARS], text[-_CHECK_CHARS:]
    return (
        text.isascii()
        and text.startswith(_PREFIX)
        and len(body) == _RANDOM_CHARS
        and check == _check(body)
    )
