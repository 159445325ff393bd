"""Who connects and then says nothing, or says it too slowly, is not waited for."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.kit.http import deadline_protocol

HEADER_S, BODY_S, STREAM_S = 0.4, 0.9, 3.0


async def _echo(scope, receive, send):
    body, more = b"", scope["query_string"] != b"refused"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        more = message.get("more_body", False)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def connect():
    config = uvicorn.Config(
        _echo,
        http=deadline_protocol(HEADER_S, BODY_S, streams={b"/files": STREAM_S}),
        lifespan="off",
        timeout_keep_alive=5,
    )
    config.load()
    state = ServerState()

    def protocol():
        return config.http_protocol_class(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    writers = []

    async def opened():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return reader, writer

    yield opened
    for writer in writers:
        writer.close()
    server.close()
    await asyncio.gather(*state.tasks, return_exceptions=True)


async def _is_closed(reader):
    async with asyncio.timeout(10):
        return await reader.read() == b""


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"POST /x HTTP/1.1\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nX-Long",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
        b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
async def test_who_falls_silent_is_closed(connect, said):
    reader, writer = await connect()
    writer.write(said)
    assert await _is_closed(reader)


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /x HTTP/1.1\r\nHost: x\r\nX-Long: ",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n",
    ],
)
async def test_who_trickles_gains_no_time_by_it(connect, begun):
    reader, writer = await connect()
    writer.write(begun)

    async def trickle():
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.05)

    trickling = asyncio.create_task(trickle())
    try:
        assert await _is_closed(reader)
    finally:
        trickling.cancel()


async def test_who_is_slow_within_the_deadlines_is_served(connect):
    reader, writer = await connect()
    await asyncio.sleep(HEADER_S * 0.5)
    writer.write(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n")
    await asyncio.sleep(HEADER_S * 0.5)
    writer.write(b"\r\nab")
    await asyncio.sleep(BODY_S * 0.5)
    writer.write(b"cd")
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")


async def test_between_two_requests_a_connection_may_rest(connect):
    reader, writer = await connect()
    for _ in range(2):
        writer.write(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        await reader.readuntil(b"ok")
        await asyncio.sleep(HEADER_S * 1.5)  # longer than a sender may keep silent


async def test_a_request_with_two_lengths_is_refused(connect):
    reader, writer = await connect()
    writer.write(
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 400")


async def test_headers_that_would_only_fill_our_memory_are_refused(connect):
    reader, writer = await connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"x" * 70_000 + b"\r\n\r\n")
    async with asyncio.timeout(5):
        said = await reader.read()
    assert said.startswith(b"HTTP/1.1 400")
    assert b"200 OK" not in said


async def _trickle(writer, *, pause_s, times, kind=b"x"):
    writer.write(b"POST /files?%b HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" % kind)
    try:
        for _ in range(times):
            writer.write(b"x" * (100 // times))
            await writer.drain()
            await asyncio.sleep(pause_s)
    except ConnectionError:
        return


async def test_a_file_may_take_longer_than_a_body_as_long_as_it_goes_on(connect):
    reader, writer = await connect()
    sending = asyncio.create_task(_trickle(writer, pause_s=BODY_S / 2, times=5))
    async with asyncio.timeout(10):
        assert b"200 OK" in await reader.read(1000)
    await sending


async def test_a_file_that_falls_silent_is_not_waited_for(connect):
    reader, writer = await connect()
    sending = asyncio.create_task(_trickle(writer, pause_s=BODY_S * 4, times=2))
    assert await _is_closed(reader)
    sending.cancel()


async def test_a_file_that_never_ends_is_not_waited_for_either(connect):
    reader, writer = await connect()
    sending = asyncio.create_task(_trickle(writer, pause_s=STREAM_S / 20, times=50))
    started = asyncio.get_running_loop().time()
    assert await _is_closed(reader)
    assert asyncio.get_running_loop().time() - started > STREAM_S * 0.8
    sending.cancel()


async def test_a_file_that_was_refused_is_not_waited_for(connect):
    reader, writer = await connect()
    started = asyncio.get_running_loop().time()
    sending = asyncio.create_task(_trickle(writer, pause_s=0.1, times=50, kind=b"refused"))
    async with asyncio.timeout(5):
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        assert await reader.read() == b""
    assert asyncio.get_running_loop().time() - started < STREAM_S
    sending.cancel()
