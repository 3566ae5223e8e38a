"""A small HTTP server on loopback that takes webhooks and keeps them, as the portal's address would.

with Receiver() as portal:
    file(vendor, webhookURL=portal.address("key"))
    first = portal.wait(1)[0]
"""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook as it came in."""

    at: float
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def data(self) -> dict[str, Any]:
        """The event."""
        found: dict[str, Any] = json.loads(self.raw)["data"]
        return found

    @property
    def kind(self) -> str:
        """The registry's event type, or the vendor's type."""
        payload = self.data["payload"]
        return str(payload.get("eventType") or payload["type"])

    def is_signed_with(self, public_key: str) -> bool:
        """Is the signature that of the timestamp and the body as they came?"""
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        try:
            signature = base64.b64decode(self.headers["telnyx-signature-ed25519"], validate=True)
            key.verify(signature, self.headers["telnyx-timestamp"].encode() + b"|" + self.raw)
        except (InvalidSignature, ValueError, KeyError):
            return False
        return True


@dataclass
class Receiver:
    """Answers `status` to everything, after `pause` seconds."""

    status: int = 200
    pause: float = 0
    hooks: list[Hook] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.hooks.append(Hook(time.time(), self.path, headers, raw))
                time.sleep(receiver.pause)
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def address(self, key: str) -> str:
        """Where webhooks of `key` go."""
        return f"http://127.0.0.1:{self._server.server_port}/webhooks/telnyx/{key}/"

    def wait(self, count: int, *, seconds: float = 10) -> list[Hook]:
        """The webhooks, once there are `count` of them. Raises AssertionError when they do not come."""
        until = time.monotonic() + seconds
        while len(self.hooks) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.hooks) >= count, [hook.raw for hook in self.hooks]
        return self.hooks

    def quiet(self, count: int, *, seconds: float = 0.6) -> list[Hook]:
        """The webhooks, when there are `count` and no more come for more than two looks of the sender."""
        self.wait(count)
        time.sleep(seconds)
        assert len(self.hooks) == count, [hook.raw for hook in self.hooks]
        return self.hooks
