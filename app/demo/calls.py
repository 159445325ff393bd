"""Calls of the API: JSON in, JSON out, and anything but success is an unmet expectation."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from app.demo.unmet import Unmet

_SHOWN = 600


class Answer(dict[str, Any]):
    """An object of an answer. A member that is not there is named, not a bare KeyError."""

    def __missing__(self, member: str) -> Any:
        """Say which member was looked for. Raises Unmet."""
        raise Unmet("a member of the answer", expected=f"{member!r}", got=f"only {', '.join(self)}")


class Calls:
    """The service, as one client with one key sees it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, **params: Any) -> Answer:
        """Read. Raises Unmet."""
        return _read("GET", path, await self._client.get(path, params=params))

    async def read(self, path: str, key: str) -> Answer:
        """Read a record under the ERP's own key. Raises Unmet."""
        return await self.get(_under(path, key))

    async def put(self, path: str, key: str, body: Mapping[str, Any]) -> Answer:
        """Tell a record under the ERP's own key. Raises Unmet."""
        where = _under(path, key)
        return _read("PUT", where, await self._client.put(where, json=body))

    async def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Do something. Raises Unmet."""
        return _read("POST", path, await self._client.post(path, json=body))

    async def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post bytes as they are, for a signature holds for these alone. Raises Unmet."""
        told = {"Content-Type": "application/json", **headers}
        return _read("POST", path, await self._client.post(path, content=body, headers=told))

    async def upload(self, path: str, name: str, content: bytes) -> Answer:
        """Keep a file. Raises Unmet."""
        return _read("POST", path, await self._client.post(path, files={"file": (name, content)}))

    async def fetch(self, path: str) -> bytes:
        """Read what is no JSON. Raises Unmet."""
        response = await self._client.get(path)
        if not response.is_success:
            raise Unmet(f"GET {path}", expected="success", got=str(response.status_code))
        return response.content


def _under(path: str, key: str) -> str:
    return f"{path}/{quote(key, safe='')}"


def _read(verb: str, path: str, response: httpx.Response) -> Answer:
    answer = _object(response.text)
    if not response.is_success or answer is None:
        got = f"{response.status_code}: {_refusal(answer, response.text)}"
        raise Unmet(f"{verb} {path}", expected="success, and a JSON object", got=got)
    return answer


def _object(text: str) -> Answer | None:
    try:
        read = json.loads(text, object_hook=Answer)
    except ValueError:
        return None
    return read if isinstance(read, Answer) else None


def _refusal(problem: Answer | None, text: str) -> str:
    if problem is None or "detail" not in problem:
        return text[:_SHOWN]
    faults = problem.get("errors") or ()
    pointed = [f"{fault.get('pointer')}: {fault.get('detail')}" for fault in faults]
    return " | ".join([str(problem.get("type")), str(problem["detail"]), *pointed])[:_SHOWN]
