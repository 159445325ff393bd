"""Named templates: what vendors and carriers commonly ask, with where that was read.

None of it is anybody's present terms. Nothing applies by itself: a person applies a template to
one vendor or carrier, and every term it sets says so.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.kit.problems import NotFound
from app.vendors.terms.carrier_templates import CARRIERS
from app.vendors.terms.notice_templates import NOTICES
from app.vendors.terms.price_templates import PRICES
from app.vendors.terms.remedy_templates import REMEDIES
from app.vendors.terms.template import Target, Template

__all__ = ["TEMPLATES", "Target", "Template", "marked", "named"]

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {template.name: template for template in (*NOTICES, *REMEDIES, *PRICES, *CARRIERS)}
)


def named(name: str) -> Template:
    """Return the template of that name. Raises NotFound."""
    if name not in TEMPLATES:
        raise NotFound(f"There is no template {name!r}; GET /v1/term-templates lists them.")
    return TEMPLATES[name]


def marked(template: Template) -> dict[str, Any]:
    """Return what a template sets, as JSON, with the template as the source of each term."""
    content = template.vendor_terms or template.tariff
    if content is None:
        return {}
    told = content.model_dump(mode="json", include=set(content.told()), exclude_none=True)
    return {**told, "sources": dict.fromkeys(told, template.label())}
