"""Where a page of units goes on: after an order line and the first of some of its units."""

from uuid import UUID

from app.kit.pages import decode_cursor, encode_cursor, refused

_PARTS = 2
Place = tuple[UUID, int]


def cursor_of(line_id: UUID, first_unit: int) -> str:
    """Return the cursor of the page that follows some units."""
    return encode_cursor(f"{line_id} {first_unit}")


def place_of(cursor: str | None) -> Place | None:
    """Return the line and unit a page starts after. Raises BadCursor."""
    if cursor is None:
        return None
    parts = decode_cursor(cursor).split(" ")
    try:
        if len(parts) == _PARTS and 0 < (unit := int(parts[1])) < 2**31:
            return UUID(parts[0]), unit
    except ValueError as error:
        raise refused() from error
    raise refused()
