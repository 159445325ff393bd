"""Who is meant: one of several kinds; all but ourselves go by a key."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from app.kit.fields import ErpKey, In
from app.kit.refusing import refuse

_US = "us"


class NamedIn(In):
    """Somebody of a kind, under a key; we need none."""

    kind: StrEnum
    key: ErpKey | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.key is None and self.kind.value != _US:
            refuse(("key", f"say in `key` which {self.kind.value}"))
        if self.key is not None and self.kind.value == _US:
            refuse(("key", "leave `key` out: we have none"))
        return self
