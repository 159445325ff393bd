"""All settings: one frozen tree, read once from `MAKEGOOD_*`, passed to whoever needs it."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.kit.addresses import AllowList

MEGABYTE = 1024 * 1024


class Group(BaseModel):
    """A branch of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Http(Group):
    """Limits of the HTTP side. Times in seconds, sizes in bytes."""

    max_body_bytes: int = Field(2 * MEGABYTE, description="Largest JSON body or webhook.")
    header_deadline_s: float = Field(5, description="A request's headers must be in by then.")
    body_deadline_s: float = Field(20, description="A request's body must be in by then.")
    keep_alive_s: int = Field(75, description="Idle time of a connection; above your proxy's.")
    drain_s: int = Field(25, description="How long running requests may take at a stop.")
    max_connections: int = Field(2000, description="Connections beyond are answered 503.")
    docs: bool = Field(default=True, description="Serve /docs and /redoc.")


class Database(Group):
    """How the database is used."""

    pool_size: int = Field(10, description="Connections of one API process.")
    inbox_writers: int = Field(2, description="Connections that write deliveries, each in turn.")
    worker_pool_size: int = Field(8, description="Connections of one worker process.")
    pgbouncer: bool = Field(default=False, description="The API's URL is a PgBouncer.")
    command_timeout_s: float = Field(15, description="Longest statement of a request.")
    bulk_timeout_s: float = Field(300, description="Longest statement of a background job.")


class Inbox(Group):
    """How deliveries are taken in and worked off."""

    max_group: int = Field(128, description="Deliveries that share one commit, at the most.")
    batch: int = Field(200, description="Deliveries worked off in one transaction.")
    batch_bytes: int = Field(4 * MEGABYTE, description="And so many bytes of them, at the most.")
    poll_s: float = Field(0.25, description="How often an idle worker looks.")
    max_attempts: int = Field(5, description="Then a delivery that breaks is parked.")
    source_cache_s: float = Field(2, description="How long a change of a source may go unseen.")
    days_ahead: int = Field(7, description="Day partitions kept ready.")


class Keep(Group):
    """How long things are kept."""

    deliveries_days: int = Field(90, description="Raw deliveries without evidence.")
    evidence_days: int = Field(396, description="Raw deliveries that carry evidence (13 months).")
    tracking_days: int = Field(1096, description="Scans, readings and proofs (36 months).")
    idempotency_hours: int = Field(48, description="Stored answers to Idempotency-Keys.")
    imports_days: int = Field(90, description="Imports that have ended, with their faults.")
    job_log_days: int = Field(7, description="The job queue's own log.")
    hold: bool = Field(default=False, description="A legal hold: nothing is dropped.")


class Parcels(Group):
    """How carriers' words are matched to parcels."""

    recycled_after_days: int = Field(
        90, description="The same number, ship dates further apart: another parcel."
    )


class Imports(Group):
    """How files of an ERP's export are taken in. Times in seconds, sizes in bytes."""

    max_bytes: int = Field(4 * 1024 * MEGABYTE, description="Largest file.")
    upload_deadline_s: float = Field(3600, description="A file must be in by then.")
    max_record_bytes: int = Field(2 * MEGABYTE, description="Longest line, as of a PUT's body.")
    batch: int = Field(1000, description="Records of one step, at the most.")
    batch_bytes: int = Field(4 * MEGABYTE, description="And so many bytes of them, about.")
    poll_s: float = Field(1, description="How often an idle worker looks for a file.")
    max_attempts: int = Field(5, description="Then a file whose step breaks workers is failed.")


class Verdicts(Group):
    """What is held before any scale is asked: the probability that something is missing."""

    reported_prior: float = Field(0.5, gt=0, lt=1, description="A shortage was reported.")
    unreported_prior: float = Field(0.01, gt=0, lt=1, description="Nobody complained.")


class AtRisk(Group):
    """When a debt that is not due yet is at risk: the earlier of the two, where both are set."""

    share: float | None = Field(None, gt=0, lt=1, description="So much of its time is used.")
    left_hours: float | None = Field(None, gt=0, description="So much time is left.")


class AtRiskByKind(Group):
    """When debts are at risk, by kind; a kind that is not set here goes by `default`."""

    default: AtRisk = AtRisk(share=0.75)
    deliver_goods: AtRisk | None = None
    return_goods: AtRisk | None = None
    repair_goods: AtRisk | None = None
    pay_money: AtRisk | None = None
    answer: AtRisk | None = None
    authorize: AtRisk | None = None
    file_claim: AtRisk | None = None
    provide_document: AtRisk | None = None
    visit: AtRisk | None = None
    other: AtRisk | None = None


class Ledger(Group):
    """How the ledger's clocks are watched. A threshold counts for what is opened from then on."""

    poll_s: float = Field(0.5, description="How often a worker looks for what has become due.")
    batch: int = Field(5000, ge=1, description="Debts told of in one transaction.")
    at_risk: AtRiskByKind = AtRiskByKind()


Percent = Annotated[Decimal, Field(ge=0, le=100)]


class PriceProtection(Group):
    """What customers get of credits for prices that fell, where their contract does not say."""

    pass_through_percent: Percent | None = Field(
        None, description="Their share; unset, a person decides."
    )
    pass_on_within_days: int = Field(30, ge=0, description="From the credit to theirs.")


class Claims(Group):
    """How claims against vendors are watched."""

    rma_warn_days: int = Field(7, ge=0, description="So long before an RMA ends it is shown.")
    confirm_receipt_days: int = Field(
        5, ge=1, description="Business days in which a vendor says that a return arrived."
    )
    poll_s: float = Field(5, description="How often a worker looks for what has ended.")
    batch: int = Field(100, ge=1, description="Claims worked off in one look.")


class Replacements(Group):
    """How advance replacements are watched."""

    remind_days: Annotated[tuple[int, ...], NoDecode] = Field(
        (5, 2, 0), description="Working days before the return is due at which it is reminded of."
    )
    poll_s: float = Field(5, description="How often a worker looks for what has become due.")
    batch: int = Field(100, ge=1, description="Replacements worked off in one look.")

    @field_validator("remind_days", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value)


class Webhooks(Group):
    """How the ERP is told of events."""

    allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts, addresses and networks of your LAN that may be told, by commas."
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the public ones.")
    timeout_s: float = Field(15, gt=0, description="How long a receiver may take to answer.")
    concurrency: int = Field(64, ge=1, description="Deliveries under way in one worker.")
    per_endpoint: int = Field(16, ge=1, description="And so many of them to one endpoint.")
    poll_s: float = Field(0.25, description="How often an idle worker looks.")
    keep_days: int = Field(90, description="What was delivered, and every attempt.")

    @field_validator("allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value)

    @field_validator("allow")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        AllowList.parse(value)
        return value


def _parts(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class Settings(BaseSettings):
    """Makegood's settings. Nested ones are written MAKEGOOD_HTTP__MAX_BODY_BYTES."""

    model_config = SettingsConfigDict(
        env_prefix="MAKEGOOD_", env_nested_delimiter="__", frozen=True, extra="ignore"
    )

    database_url: SecretStr | None = Field(
        None, description="A PostgreSQL 15 or later: postgresql://user:password@host/name."
    )
    worker_database_url: SecretStr | None = Field(
        None, description="The worker's own address where DATABASE_URL is a PgBouncer."
    )
    secrets_key: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Fernet keys, newest first, separated by commas."
    )
    data_dir: Path | None = Field(None, description="Where the embedded database and files live.")
    files_url: str | None = Field(
        None, description="Object storage for files (s3://, gs://, az://); else the data folder."
    )
    company_name: str | None = Field(
        None, max_length=200, description="Who you are, as your letters and statements say it."
    )
    public_url: str | None = Field(None, description="How carriers reach this service.")
    log_format: Literal["auto", "json", "pretty"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    http: Http = Http()
    database: Database = Database()
    inbox: Inbox = Inbox()
    keep: Keep = Keep()
    parcels: Parcels = Parcels()
    imports: Imports = Imports()
    verdicts: Verdicts = Verdicts()
    webhooks: Webhooks = Webhooks()
    ledger: Ledger = Ledger()
    price_protection: PriceProtection = PriceProtection()
    claims: Claims = Claims()
    replacements: Replacements = Replacements()

    @field_validator("secrets_key", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value)

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else None
