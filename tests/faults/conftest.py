"""A way to take the database away: a relay between the service and the server."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest


class Relay:
    """Passes bytes on to PostgreSQL, until it is told to cut or to freeze."""

    def __init__(self, url):
        self._url = url
        self._server = None
        self._writers = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0

    @property
    def url(self):
        """The server's address by way of this relay."""
        through = self._url.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    async def open(self):
        """Pass on (again), at the same port."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self):
        """Take the server away: connections break, new ones are refused."""
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    def freeze(self):
        """Let nothing through, as a server whose machine stands still."""
        self._flows.clear()

    def thaw(self):
        self._flows.set()

    async def _connect(self):
        url = self._url
        host = url.query.get("host") or url.host or "localhost"
        port = url.query.get("port") or url.port or 5432
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _pass_on(self, reader, writer):
        server_reader, server_writer = await self._connect()
        self._writers |= {writer, server_writer}
        with suppress(OSError):
            await asyncio.gather(
                self._copy(reader, server_writer), self._copy(server_reader, writer)
            )
        self._writers -= {writer, server_writer}

    async def _copy(self, reader, writer):
        try:
            while data := await reader.read(65_536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def relayed(url):
    relay = Relay(url)
    await relay.open()
    try:
        yield relay
    finally:
        relay.thaw()
        await relay.cut()


@pytest.fixture
async def relay(database):
    async with relayed(database) as opened:
        yield opened
