"""How endpoints are configured, and how deliveries and events are shown."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, field_validator

from app.erp import catalogue, rules
from app.erp.rules import DeliveryState, Disabled
from app.kit.fields import Flag, In, Instant, NoNul, Out, ShortText

_EXAMPLE_URL = "https://erp.example.com/hooks/makegood"


def _known_pattern(pattern: str) -> str:
    return rules.check_pattern(pattern, catalogue.type_names())


Pattern = Annotated[str, Field(min_length=1, max_length=100), NoNul, AfterValidator(_known_pattern)]
Patterns = Annotated[
    list[Pattern],
    Field(
        min_length=1,
        max_length=100,
        description="Types of events: `*`, all of a room (`cases.*`), or one (`cases.opened`).",
        examples=[["cases.*", "obligations.*"]],
    ),
]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        description="Absolute, https. Plain http, private addresses and names of your LAN only "
        "where MAKEGOOD_WEBHOOKS__ALLOW names them.",
        examples=[_EXAMPLE_URL],
    ),
    NoNul,
]
Headers = Annotated[
    dict[str, str],
    AfterValidator(rules.check_headers),
    Field(
        max_length=20,
        description="Sent with every event, such as your gateway's own key. Sealed, never shown.",
        examples=[{"X-Gateway-Key": "b7f2"}],
    ),
]
IncludeOwn = Annotated[
    Flag, Field(description="Also tell what the key that registered this endpoint causes.")
]


class EndpointIn(In):
    """Where events are to be told to."""

    url: Url
    types: Patterns = [rules.EVERYTHING]  # noqa: RUF012 (pydantic copies it)
    description: ShortText | None = Field(None, description="For people.", examples=["The ERP"])
    headers: Headers = {}  # noqa: RUF012
    include_own: IncludeOwn = Field(default=False, examples=[False])


class EndpointPatch(In):
    """What may change of an endpoint; what is left out stays."""

    url: Url | None = None
    types: Patterns | None = None
    description: ShortText | None = Field(None, description="For people.", examples=["The ERP"])
    headers: Headers | None = None
    include_own: IncludeOwn | None = Field(None, examples=[False])
    is_disabled: Flag | None = Field(
        None,
        description="A disabled endpoint is told nothing; once enabled, all that happened since.",
        examples=[True],
    )

    @field_validator("url", "types", "headers", "include_own", "is_disabled", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        if value is None:
            msg = "must not be null; leave it out to keep it"
            raise ValueError(msg)
        return value


class SecretIn(In):
    """How the secret is to be changed."""

    overlap_hours: int = Field(
        24,
        ge=0,
        le=24,
        strict=True,
        description="How long what is told is signed with the old one too. 0 ends all others now.",
        examples=[24],
    )


class SecretOut(Out):
    """A secret that signs. Itself it is shown once, when it is made."""

    id: UUID
    hint: str = Field(description="Its last characters.")
    created_at: datetime
    valid_until: datetime | None


class NewSecret(SecretOut):
    """A new secret, shown this once."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class EndpointOut(Out):
    """Where events are told to."""

    id: UUID
    url: str
    types: list[str]
    description: str | None
    header_names: list[str] = Field(description="Of the extra headers; their values are sealed.")
    include_own: bool
    secrets: list[SecretOut]
    version: int
    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: Disabled | None = Field(
        description="`gone`: it answered 410. `failing`: nothing arrived for 120 hours."
    )
    failing_since: datetime | None = Field(description="Nothing has arrived since; null if it did.")


class NewEndpoint(EndpointOut):
    """A new endpoint, with the secret its events are signed with, shown this once."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class DeliveryOut(Out):
    """An event told to an endpoint."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID = Field(description="Sent as `webhook-id`, the same at every attempt.")
    type: str
    subject: str
    sequence: int = Field(description="1, 2, 3...: of this subject's events to this endpoint.")
    state: DeliveryState = Field(
        description="`pending`: in its line. `parked`: failed four times and stands beside the "
        "line, tried all the same. `failed`: tried as often as the schedule has it."
    )
    attempts: int
    due_at: datetime | None = Field(
        description="When it is tried next; null while it waits for an earlier one, or is done."
    )
    created_at: datetime
    delivered_at: datetime | None


class AttemptOut(Out):
    """One attempt, and what came of it."""

    id: UUID
    at: datetime
    ms: int
    status: int | None
    answer: str | None = Field(description="The first 2 kB of it.")
    error: str | None = Field(description="Why there was none, or what was wrong with it.")


class DeliveryStory(DeliveryOut):
    """A delivery with every attempt at it, the first first."""

    tries: list[AttemptOut]


class ResendFailed(In):
    """What to tell again."""

    since: Instant = Field(
        description="All that was to be told since then and did not arrive.",
        examples=["2026-03-02T09:00:00Z"],
    )


class Resending(Out):
    """How many deliveries are told again."""

    count: int


class TestOut(Out):
    """The test that was asked for."""

    test_id: UUID = Field(description="In the `data` of the `erp.test_requested` that is told.")


class EventTypeOut(Out):
    """A type of event, and what its `data` holds."""

    type: str
    version: int
    description: str
    data_schema: dict[str, Any] = Field(description="JSON Schema 2020-12 of `data`.")


class EventTypes(Out):
    """All types of events."""

    items: list[EventTypeOut]


class Told(Out):
    """An event as it is told: as in the feed, and its place among those of its subject."""

    id: UUID = Field(description="Also the `webhook-id`: what came twice has the same.")
    type: str
    version: int
    subject: str
    occurred_at: datetime
    caller: str
    request_id: str | None
    data: dict[str, Any]
    sequence: int = Field(
        description="1, 2, 3... without a gap: of this subject's events told to this endpoint."
    )
