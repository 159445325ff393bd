"""What can be wrong with a delivery, and what states it has."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum

from app.kit.problems import Problem

MAX_SECRETS = 2
_KEPT_ALWAYS = ("content-type", "user-agent")


class DeliveryState(StrEnum):
    """How far a delivery has come: taken in, worked off, or waiting for a person."""

    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class SignatureInvalid(Problem):
    """The delivery's signature is missing, malformed, or made with another secret."""

    status = 401


class SourceDisabled(Problem):
    """This source was switched off; nothing sent to it is kept."""

    status = 410


class SecretRefused(Problem):
    """The provider cannot have given such a secret; `errors` says what is right."""

    status = 422


class TooManySecrets(Problem):
    """Two secrets are valid already; remove the old one before adding a third."""

    status = 409


class LastSecret(Problem):
    """This is the only secret of the source; add the new one before removing it."""

    status = 409


class NotParked(Problem):
    """Only a parked delivery can be parsed again; `state` says how far this one has come."""

    status = 409


def digest_key(body_sha256: bytes) -> str:
    """Return the key of a delivery whose provider gives its events no id."""
    return f"sha256:{body_sha256.hex()}"


def sha256(body: bytes) -> bytes:
    """Return the digest by which the same bytes are known."""
    return hashlib.sha256(body).digest()


def kept_headers(headers: Mapping[str, str], signature_headers: tuple[str, ...]) -> dict[str, str]:
    """Return the headers worth keeping beside the body: what a dispute would need, no secrets."""
    names = (*_KEPT_ALWAYS, *signature_headers)
    return {name: _plain(headers[name]) for name in names if name in headers}


def _plain(text: str) -> str:
    return text.replace("\x00", "\ufffd")[:1000]
