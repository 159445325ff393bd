"""All tables of all rooms, for migrations: importing this loads every model."""

from app import auth, events, health, idempotency, periodic
from app.accounts import models as accounts
from app.carriers import models as carriers
from app.cases import models as cases
from app.claims import denial_models as claim_denials
from app.claims import models as claims
from app.coverage import models as coverage
from app.discrepancies import models as discrepancies
from app.erp import models as erp
from app.files import models as files
from app.imports import models as imports
from app.kit.db import Base
from app.obligations import models as obligations
from app.obligations.clocks import models as clocks
from app.obligations.losses import models as losses
from app.orders import models as orders
from app.orders.units import models as units
from app.parcels import models as parcels
from app.price_protection import models as price_protection
from app.price_protection.claims import models as price_claims
from app.price_protection.detection import models as detected_falls
from app.products import models as products
from app.products import price_models as prices
from app.replacements import models as replacements
from app.vendors import models as vendors

__all__ = [
    "accounts",
    "auth",
    "carriers",
    "cases",
    "claim_denials",
    "claims",
    "clocks",
    "coverage",
    "detected_falls",
    "discrepancies",
    "erp",
    "events",
    "files",
    "health",
    "idempotency",
    "imports",
    "losses",
    "metadata",
    "obligations",
    "orders",
    "parcels",
    "periodic",
    "price_claims",
    "price_protection",
    "prices",
    "products",
    "replacements",
    "units",
    "vendors",
]

metadata = Base.metadata
