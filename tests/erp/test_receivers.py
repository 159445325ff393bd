"""Receivers that behave badly: each attempt ends in time, and says why."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.settings import Webhooks
from tests.erp.receivers import Receiver, listening, ring


@pytest.fixture
def tried(endpoints, runtime, run_jobs):
    """Tell one event to a URL; returns the one attempt at it."""

    async def tried(url):
        endpoint = await endpoints.register(url)
        await ring(runtime, "a1")
        await run_jobs()
        (delivery,) = await endpoints.deliveries(endpoint_id=endpoint["id"])
        story = await endpoints.story(delivery)
        (attempt,) = story["tries"]
        return {**attempt, "state": story["state"]}

    return tried


async def test_one_that_hangs(tried):
    class Hangs(Receiver):
        async def answer(self, told, writer):
            await asyncio.Event().wait()

    async with listening(Hangs()) as receiver:
        attempt = await tried(receiver.url)
    assert (attempt["status"], attempt["error"]) == (None, "no answer within 0.4 s")
    assert 300 < attempt["ms"] < 3000


async def test_one_that_trickles_its_headers(tried):
    class Trickles(Receiver):
        async def answer(self, told, writer):
            writer.write(b"HTTP/1.1 200 OK\r\n")
            for n in range(1000):
                writer.write(f"X-{n}: x\r\n".encode())
                await writer.drain()
                await asyncio.sleep(0.02)

    async with listening(Trickles()) as receiver:
        attempt = await tried(receiver.url)
    assert (attempt["status"], attempt["error"]) == (None, "no answer within 0.4 s")


async def test_one_that_trickles_its_body_has_taken_it(tried, monkeypatch):
    class Trickles(Receiver):
        async def answer(self, told, writer):
            writer.write(b"HTTP/1.1 202 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in range(100_000):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)

    monkeypatch.setattr("app.kit.outbound._BODY_S", 0.1)
    async with listening(Trickles()) as receiver:
        attempt = await tried(receiver.url)
    assert (attempt["status"], attempt["state"]) == (202, "delivered")
    assert set(attempt["answer"]) == {"x"}


async def test_one_that_answers_ten_megabytes_of_which_two_kilobytes_are_kept(tried):
    sent = 0

    class Floods(Receiver):
        async def answer(self, told, writer):
            nonlocal sent
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
            for _ in range(1000):
                writer.write(b"a\x00\xff" * 3334)
                await writer.drain()
                sent += 10_002

    async with listening(Floods()) as receiver:
        attempt = await tried(receiver.url)
    assert (attempt["status"], attempt["state"]) == (200, "delivered")
    assert attempt["answer"] == ("a\ufffd\ufffd" * 1000)[:2048]
    assert sent < 9_000_000


async def test_one_that_redirects_to_a_clouds_metadata_is_not_followed(tried):
    async with listening(Receiver()) as receiver:
        receiver.status = 302
        receiver.headers = "Location: http://169.254.169.254/latest/meta-data\r\n"
        attempt = await tried(receiver.url)
        assert len(receiver.told) == 1
    assert attempt["status"] == 302
    assert "not followed" in attempt["error"]
    assert attempt["state"] == "pending"


async def test_one_that_hangs_up(tried):
    class HangsUp(Receiver):
        async def answer(self, told, writer):
            writer.transport.abort()

    async with listening(HangsUp()) as receiver:
        attempt = await tried(receiver.url)
    assert attempt["status"] is None
    assert attempt["error"]


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
        b"\x00\xff",
    ],
)
async def test_one_that_speaks_no_http(tried, said):
    class Babbles(Receiver):
        async def answer(self, told, writer):
            writer.write(said)
            writer.close()

    async with listening(Babbles()) as receiver:
        attempt = await tried(receiver.url)
    assert (attempt["status"], attempt["state"]) == (None, "pending")
    assert attempt["error"]


async def test_one_that_is_not_there(tried, receiver):
    async with listening(Receiver()) as gone:
        url = gone.url
    attempt = await tried(url)
    assert (attempt["status"], attempt["error"]) == (None, "Connection refused")


async def test_a_name_that_leads_into_the_house_is_refused_when_it_is_told(tried, monkeypatch):
    async def resolve(_host, _port):
        return ["10.0.0.8"]

    monkeypatch.setattr("app.kit.outbound.resolve", resolve)
    attempt = await tried("https://erp.example.com/hooks")
    assert attempt["status"] is None
    assert attempt["error"] == "10.0.0.8 is private, and not on the list of what is allowed"


async def test_a_name_that_leads_nowhere(tried, monkeypatch):
    async def resolve(_host, _port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("app.kit.outbound.resolve", resolve)
    attempt = await tried("https://erp.example.invalid/hooks")
    assert attempt["error"] == "the name erp.example.invalid leads to no address"


class Certificates:
    """A CA of the test's own, and what it, or nobody, signed."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test CA")])
        own = self._sign(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))
        self.file = folder / "ca.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def _sign(self, subject, key, *extensions, days=30):
        moment = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(moment - timedelta(days=30))
            .not_valid_after(moment + timedelta(days=days))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def server(self, host, **more):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        leaf = self._sign(
            subject, key, names, x509.BasicConstraints(ca=False, path_length=None), **more
        )
        file = self.folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("ca"))


class TestTls:
    @pytest.fixture
    def settings(self, settings, certificates, request):
        trusted = certificates.file if "trusted" in request.node.name else None
        lan = Webhooks(allow=("127.0.0.0/8",), timeout_s=2, poll_s=0.02, ca_file=trusted)
        return settings.model_copy(update={"webhooks": lan})

    @pytest.fixture(autouse=True)
    def names(self, monkeypatch):
        async def resolve(_host, _port):
            return ["127.0.0.1"]

        monkeypatch.setattr("app.kit.outbound.resolve", resolve)

    async def _tried(self, tried, context, host="erp.lan"):
        async with listening(Receiver(scheme="https"), ssl=context) as receiver:
            attempt = await tried(receiver.url.replace("127.0.0.1", host))
            return attempt, receiver

    async def test_a_certificate_of_a_trusted_authority_is_taken(self, tried, certificates):
        attempt, receiver = await self._tried(tried, certificates.server("erp.lan"))
        assert (attempt["status"], attempt["error"]) == (200, None)
        assert receiver.rings == ["a1"]

    async def test_a_certificate_nobody_vouches_for_is_refused(self, tried, certificates):
        attempt, receiver = await self._tried(tried, certificates.server("erp.lan"))
        assert attempt["status"] is None
        assert "certificate is refused" in attempt["error"]
        assert receiver.told == []

    async def test_a_trusted_certificate_of_another_host_is_refused(self, tried, certificates):
        attempt, _ = await self._tried(tried, certificates.server("other.lan"))
        assert "certificate is refused: Hostname mismatch" in attempt["error"]

    async def test_a_trusted_certificate_that_has_ended_is_refused(self, tried, certificates):
        attempt, _ = await self._tried(tried, certificates.server("erp.lan", days=-1))
        assert "certificate is refused: certificate has expired" in attempt["error"]

    async def test_one_that_speaks_no_tls(self, tried):
        async with listening(Receiver()) as receiver:
            attempt = await tried(receiver.url.replace("http:", "https:"))
        assert attempt["status"] is None
        assert "TLS" in attempt["error"]
