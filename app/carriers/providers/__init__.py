"""The providers of tracking webhooks Makegood understands. A new one: a file, and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from app.carriers.providers.base import Provider, SignatureRefused, Unreadable
from app.carriers.providers.easypost import EasyPost
from app.carriers.providers.standard_webhooks import StandardWebhooks

__all__ = ["PROVIDERS", "Provider", "SignatureRefused", "Unreadable", "get"]

_ALL: tuple[Provider, ...] = (
    EasyPost(),
    StandardWebhooks(),
)

PROVIDERS: Mapping[str, Provider] = MappingProxyType({each.name: each for each in _ALL})
"""By the name a source is configured with."""


def get(name: str) -> Provider:
    """Give the provider of that name; KeyError if there is none."""
    return PROVIDERS[name]
