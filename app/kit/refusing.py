"""How a document refuses what its members say together: it points at the one to be mended."""

from collections.abc import Iterable
from typing import NoReturn, TypeAlias

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Where: TypeAlias = str | tuple[str | int, ...]
"""A member, or the path that leads to it."""
Fault: TypeAlias = tuple[bool, Where, str]
"""Whether it is one, which member is to be mended, and what would be right."""


def refuse(*faults: tuple[Where, str]) -> NoReturn:
    """Refuse the document that is being validated, for one or more of its members.

    For model validators: what they raise as a ValueError points at the document as a whole.
    """
    raise ValidationError.from_exception_data("document", [_entry(*fault) for fault in faults])


def refuse_any(faults: Iterable[Fault]) -> None:
    """Refuse the document for all that is wrong with it."""
    found = [(where, words) for is_fault, where, words in faults if is_fault]
    if found:
        refuse(*found)


def _entry(where: Where, words: str) -> InitErrorDetails:
    path = (where,) if isinstance(where, str) else where
    error = PydanticCustomError("value_error", "{words}", {"words": words})
    return InitErrorDetails(type=error, loc=path, input=None)
