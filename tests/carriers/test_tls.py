"""Certificates that must not be believed: the request never leaves us."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.carriers.contract import Unavailable
from portal.carriers.http import Http, Limits
from portal.carriers.wire import DeadlineTransport
from tests.carriers.registry_socket import Registry, reply

LIMITS = Limits(timedelta(seconds=3), 1024, timedelta(hours=1))


def _certificate(
    folder: Path, name: x509.GeneralName, *, expired: bool = False
) -> tuple[ssl.SSLContext, Path]:
    """A server context with a certificate for `name`, and the file that would make it believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "registry")])
    end = datetime.now(UTC) + timedelta(days=-1 if expired else 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(end - timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "registry.pem", folder / "registry.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem


def _http(registry: Registry, transport: httpx.BaseTransport | None) -> closing[Http]:
    return closing(Http(url=registry.url, key="k", limits=LIMITS, explain=lambda _: (), transport=transport))


def _here() -> x509.GeneralName:

    return x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


def test_a_believed_certificate_lets_a_call_through(tmp_path: Path) -> None:
    context, pem = _certificate(tmp_path, _here())
    believing = DeadlineTransport(ssl_context=ssl.create_default_context(cafile=str(pem)))
    with Registry(reply(200, b'{"a": 1}'), tls=context) as registry, _http(registry, believing) as http:
        assert http.write("POST", "/thing", {}) == {"a": 1}


@pytest.mark.parametrize("case", ["nobody vouches", "another name", "expired"])
def test_an_unbelievable_certificate_ends_the_call_before_anything_is_sent(tmp_path: Path, case: str) -> None:
    name = x509.DNSName("other.example") if case == "another name" else _here()
    context, pem = _certificate(tmp_path, name, expired=case == "expired")
    transport = (
        None
        if case == "nobody vouches"
        else DeadlineTransport(ssl_context=ssl.create_default_context(cafile=str(pem)))
    )
    with (
        Registry(reply(200, b"{}"), tls=context) as registry,
        _http(registry, transport) as http,
        pytest.raises(Unavailable, match=r"(?i)certificate"),
    ):
        http.write("POST", "/thing", {})
    assert registry.connections == 1
    assert registry.requests == []


@pytest.mark.parametrize("first", [b"", b"\x16\x03\x03\x40\x00"], ids=["silence", "dripping record"])
def test_a_handshake_that_does_not_end_ends_at_the_deadline(first: bytes) -> None:
    over = threading.Event()

    def greet() -> None:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError), connection:
            connection.sendall(first)
            while not over.wait(0.05):
                connection.sendall(first[:1])

    limits = Limits(timedelta(seconds=0.4), 1024, timedelta(hours=1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with closing(Http(url=url, key="k", limits=limits, explain=lambda _: ())) as http:
            begun = time.monotonic()
            with pytest.raises(Unavailable, match="handshake"):
                http.write("POST", "/thing", {})
            assert time.monotonic() - begun < 2.5
        over.set()
        thread.join(timeout=5)
