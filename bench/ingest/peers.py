"""The baselines: a bare endpoint that verifies, with and without one INSERT for each request."""

import hashlib
import hmac
import os
import sys
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

from app.kit.ids import new_id
from bench.ingest.load import SECRET

KEY = unicodedata.normalize("NFKD", SECRET).encode()
SOURCE = UUID("01890000-0000-7000-8000-000000000001")
INSERT = """
WITH fresh AS (
  INSERT INTO inbox_keys (source_id, dedup_key, body_sha256, delivery_id)
  VALUES ($2, $3, $4, $1) ON CONFLICT DO NOTHING RETURNING delivery_id
)
INSERT INTO inbox (id, source_id, provider, dedup_key, body_sha256, headers, body, size_bytes,
                   received_at, state)
SELECT $1, $2, 'easypost', $3, $4, $5::jsonb, $6, octet_length($6::bytea), $7, 'pending' FROM fresh
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open a pool of the size that the service has."""
    size = int(os.environ["BENCH_POOL"])
    async with asyncpg.create_pool(os.environ["BENCH_DSN"], min_size=size, max_size=size) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


def is_signed(request: Request, body: bytes) -> bool:
    """Whether the signature is EasyPost's, as the service checks it."""
    expected = "hmac-sha256-hex=" + hmac.new(KEY, body, hashlib.sha256).hexdigest()
    given = request.headers.get("x-hmac-signature", "")
    return hmac.compare_digest(expected.encode(), given.encode())


@app.post("/verify")
async def verify(request: Request) -> Response:
    """Verify, and keep nothing."""
    body = await request.body()
    return Response(status_code=200 if is_signed(request, body) else 401)


@app.post("/insert")
async def insert(request: Request) -> Response:
    """Verify, then one INSERT, committed, for each request."""
    body = await request.body()
    if not is_signed(request, body):
        return Response(status_code=401)
    key = orjson.loads(body)["id"]
    await app.state.pool.execute(
        INSERT,
        new_id(),
        SOURCE,
        key,
        hashlib.sha256(body).digest(),
        "{}",
        body,
        datetime.now(UTC),  # noqa: TID251
    )
    return Response(status_code=200)


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
