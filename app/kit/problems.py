"""What can go wrong, as RFC 9457 problem details: one class for each, beside its rule."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Problem(Exception):
    """A refusal with a reason. Subclasses' names and docstrings are part of the API.

    `fields` are put beside the standard members of the answer; `headers` onto the answer.
    """

    status: ClassVar[int] = 409

    def __init__(
        self, detail: str, *, headers: Mapping[str, str] | None = None, **fields: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.fields = fields

    @classmethod
    def slug(cls) -> str:
        """Return the stable name in the problem's `type`."""
        return _CAMEL.sub("-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """Return the name for people."""
        return cls.slug().replace("-", " ").capitalize()

    def body(self, instance: str) -> dict[str, Any]:
        """Return the problem document for a request to `instance`."""
        return {
            "type": f"/problems/{self.slug()}",
            "title": self.title(),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.fields,
        }


def every_problem(root: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Yield every problem class that is loaded, in the order of their slugs."""
    for cls in sorted(root.__subclasses__(), key=lambda c: c.slug()):
        yield cls
        yield from every_problem(cls)


def pointer_of(path: Iterable[object]) -> str:
    """Return the JSON pointer that leads along a path."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)


def said(fault: Mapping[str, Any]) -> str:
    """Return what pydantic says of a fault, for whoever sent it."""
    return str(fault["msg"]).removeprefix("Value error, ")


class NotFound(Problem):
    """There is nothing under this id or key that this API key may see."""

    status = 404


class Malformed(Problem):
    """The request does not parse; `errors` lists a JSON pointer and a reason for each fault."""

    status = 422


class BadRequest(Problem):
    """The request is no HTTP or JSON that can be read at all."""

    status = 400


class BadCursor(Problem):
    """The cursor was not given out by this list. Start again without one."""

    status = 400


class Unauthenticated(Problem):
    """No API key was sent, or it is unknown, expired or revoked."""

    status = 401


class Forbidden(Problem):
    """The API key lacks the scope that this operation names."""

    status = 403


class MethodNotAllowed(Problem):
    """The address exists, but not with this method; `Allow` names those it has."""

    status = 405


class PayloadTooLarge(Problem):
    """The body is larger than this operation takes; `limit_bytes` says how large it may be."""

    status = 413


class UnsupportedMediaType(Problem):
    """The body is of another content type than this operation reads."""

    status = 415


class VersionMismatch(Problem):
    """The record is no longer at the version named in `If-Match`. Read it again, then decide."""

    status = 412


class Unavailable(Problem):
    """The database is away for the moment. Nothing was stored; try again after `Retry-After`."""

    status = 503


class InternalError(Problem):
    """Something broke on our side. It was logged under the request id."""

    status = 500
