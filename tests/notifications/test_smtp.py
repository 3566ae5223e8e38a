"""A real SMTP conversation, and one with a server that says nothing."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from portal.notifications import delivering
from portal.tenancy.outgoing import LEASE
from tests.notifications.posting import decided, told
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Server(socketserver.ThreadingTCPServer):
    """A mail server of few words (RFC 5321); addresses in `refused` get a 550."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refused: set[str] = set()
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    """One client."""

    server: Server

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.mails.append(body)
                self.say("250 taken")
            elif verb == b"RCPT" and any(one.encode() in line for one in self.server.refused):
                self.say("550 no such user here")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """Running, and chosen in the settings."""
    with Server() as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = one.server_address[:2]
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield one
        one.shutdown()


def test_a_mail_arrives_whole(ada: Person, server: Server) -> None:
    decided(ada, display_name="Zoë’s Café")
    assert delivering.run(seconds=10) == 1
    mail: Any = message_from_bytes(server.mails[0], policy=policy.default)
    assert mail["Subject"] == "Zoë’s Café is verified"
    assert mail["To"] == ada.user.email
    assert "Zoë’s Café" in mail.get_body(("plain",)).get_content()
    assert "Zoë’s Café" in mail.get_body(("html",)).get_content()


def test_an_address_that_is_refused_is_kept_with_the_servers_words(
    ada: Person, bo: Person, server: Server
) -> None:
    server.refused = {bo.user.email}
    decided(ada)
    assert delivering.run(seconds=10) == 1
    assert told(bo)[0].last_error == "The mail server refused it: 550 no such user here"
    assert told(ada)[0].sent_at is not None


def test_a_server_that_hangs_ends_the_look_after_the_timeout(ada: Person, bo: Person, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert settings.EMAIL_TIMEOUT == 5
    settings.EMAIL_TIMEOUT = 1
    decided(ada)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        started = time.monotonic()
        assert delivering.run(seconds=30) == 0
        assert time.monotonic() - started < 2.5
    errors = [row.last_error for row in told(ada) + told(bo)]
    assert sorted(error.partition("(")[0] for error in errors) == [
        "",
        "The mail server could not be reached ",
    ]


def test_a_claim_outlives_the_slowest_conversation(settings: Any) -> None:
    """Connect, greeting, EHLO, STARTTLS, EHLO, two of AUTH, MAIL, RCPT, DATA, the text, QUIT."""
    assert LEASE.total_seconds() > 12 * settings.EMAIL_TIMEOUT
