"""All tables of all rooms, for migrations: importing this loads every model."""

from app import auth, events, health, idempotency, periodic
from app.kit.db import Base
from app.vendors import models as vendors

__all__ = ["auth", "events", "health", "idempotency", "metadata", "periodic", "vendors"]

metadata = Base.metadata
