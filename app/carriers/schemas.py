"""How sources are configured and deliveries are shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.carriers import providers
from app.carriers.rules import DeliveryState
from app.kit.fields import Flag, In, NoNul, Out, ShortText


def _known(name: str) -> str:
    if name not in providers.PROVIDERS:
        msg = f"{name!r} is no provider; known are {', '.join(sorted(providers.PROVIDERS))}"
        raise ValueError(msg)
    return name


ProviderName = Annotated[
    str,
    Field(max_length=50, json_schema_extra={"enum": sorted(providers.PROVIDERS)}),
    AfterValidator(_known),
]
Secret = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        description="As the provider shows it, or as you chose it there. Never shown again.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ),
    NoNul,
]


class ProviderOut(Out):
    """A provider whose webhooks are understood."""

    name: str
    title: str
    signature_headers: list[str]


class Providers(Out):
    """All providers."""

    items: list[ProviderOut]


class SourceIn(In):
    """A sender of carrier webhooks."""

    provider: ProviderName = Field(examples=["standard_webhooks"])
    name: ShortText = Field(description="For people.", examples=["Dock scales, Reno"])
    secret: Secret


class SourcePatch(In):
    """What may change of a source; what is left out stays."""

    name: ShortText | None = Field(None, examples=["Dock scales, Reno"])
    is_disabled: Flag | None = Field(
        None, description="A disabled source answers 410.", examples=[True]
    )


class SecretIn(In):
    """A further secret; both are valid until the old one is removed."""

    secret: Secret


class SecretOut(Out):
    """A secret that is valid. Itself it is never shown."""

    id: UUID
    hint: str = Field(description="Its last characters.")
    created_at: datetime


class SourceOut(Out):
    """A configured source."""

    id: UUID
    provider: str
    name: str
    url: str = Field(description="Give this address to the carrier; whoever knows it may post.")
    secrets: list[SecretOut]
    version: int
    created_at: datetime
    disabled_at: datetime | None


class DeliveryOut(Out):
    """A webhook that was taken in. Its bytes: GET .../body."""

    id: UUID
    source_id: UUID
    provider: str
    dedup_key: str = Field(description="The provider's event id, else a digest of the body.")
    body_sha256: str
    size_bytes: int
    headers: dict[str, str] = Field(description="Those a disputed signature needs.")
    received_at: datetime
    state: DeliveryState
    processed_at: datetime | None
    reason: str | None = Field(description="Why it is parked.")
    pointer: str | None = Field(description="JSON pointer to what could not be read.")
    conflicts_with: list[UUID] = Field(
        description="Deliveries under the same key with other bytes. All are kept."
    )


class Receipt(Out):
    """The answer to a webhook: it is on disk."""

    received: bool
    duplicate: bool


class Reparsing(Out):
    """How many parked deliveries will be read again."""

    count: int
