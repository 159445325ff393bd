"""Versions as ETags: who edits says which version was read."""

from app.kit.problems import VersionMismatch


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def check_version(current: int | None, *, if_match: str | None, if_none_match: str | None) -> None:
    """Refuse an edit of another version than the one named. `current` is None for no record.

    Raises VersionMismatch (412).
    """
    if if_none_match is not None and if_none_match.strip() == "*" and current is not None:
        raise VersionMismatch("The record exists already.", current_etag=etag(current))
    if if_match is None:
        return
    wanted = {part.strip().removeprefix("W/") for part in if_match.split(",")}
    if current is not None and ("*" in wanted or etag(current) in wanted):
        return
    raise VersionMismatch(
        "The record is not at the version named in If-Match; read it again, then decide.",
        current_etag=None if current is None else etag(current),
    )
