"""The registry behind the minimal carrier: a few rules over HTTP on loopback, in a thread, bounded.

with MinimalRegistry() as registry:
    ... registry.url, registry.key ..., registry.decide(1, "LISTED")
"""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONGEST_BODY = 65_536
MOST_SENDERS = 1000
PAGE = 2
TERM = timedelta(days=90)


class MinimalRegistry:
    """Senders by number. `asked` is the ledger: every request that came, with its method and path.

    `hang_up` is how many writes are carried out and then not answered, `busy` how many are turned away.
    """

    key = "minimal-key"

    def __init__(self) -> None:
        self.senders: dict[int, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.hang_up = 0
        self.busy = 0
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"

    def __enter__(self) -> MinimalRegistry:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def decide(self, number: int, condition: str, *remarks: dict[str, str]) -> None:
        """Say what a sender's condition is from now on, and why."""
        self.senders[number] |= {"condition": condition, "remarks": list(remarks)}

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> dict[str, Any] | None:
        """What is answered; None: nothing, although it was done."""
        match method, path.strip("/").split("/"):
            case "POST", ["api", "senders"]:
                return self._enlist(body)
            case "GET", ["api", "senders"]:
                after = int(query.get("after", ["0"])[0])
                rows = [sender for number, sender in sorted(self.senders.items()) if number > after]
                return {"ok": True, "senders": rows[:PAGE]}
            case "GET", ["api", "senders", number] if int(number) in self.senders:
                return {"ok": True, "sender": self.senders[int(number)]}
            case "POST", ["api", "senders", number, "extend"] if int(number) in self.senders:
                return self._extend(self.senders[int(number)])
        return {"ok": False, "fault": "UNKNOWN"}

    def _enlist(self, body: Any) -> dict[str, Any] | None:
        if self.busy or len(self.senders) >= MOST_SENDERS:
            self.busy = max(0, self.busy - 1)
            return {"ok": False, "fault": "BUSY"}
        if not body["company"]:
            remark = {"about": "company", "text": "A sender needs a name."}
            return {"ok": False, "fault": "REJECTED", "remarks": [remark]}
        number = len(self.senders) + 1
        until = (date(2026, 11, 22) + TERM).isoformat()
        self.senders[number] = {**body, "nr": number, "condition": "CHECKING", "listed_until": until}
        if self.hang_up:
            self.hang_up -= 1
            return None
        return {"ok": True, "nr": number}

    def _extend(self, sender: dict[str, Any]) -> dict[str, Any]:
        if sender["condition"] != "LISTED":
            return {
                "ok": False,
                "fault": "REJECTED",
                "remarks": [{"text": "Only a listed sender is extended."}],
            }
        sender["listed_until"] = (date.fromisoformat(sender["listed_until"]) + TERM).isoformat()
        return {"ok": True, "listed_until": sender["listed_until"]}


def _handler(registry: MinimalRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # A peer that sends nothing is not waited for.
        timeout = 5

        def log_message(self, *_: Any) -> None:
            """Quiet: the ledger is `asked`."""

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LONGEST_BODY:
                self.send_error(413)
                return
            raw = self.rfile.read(length)
            if self.headers.get("Authorization") != f"Bearer {registry.key}":
                self.send_error(401)
                return
            address = urlsplit(self.path)
            with registry.lock:
                registry.asked.append((self.command, address.path))
                told = registry.answer(
                    self.command, address.path, parse_qs(address.query), json.loads(raw) if raw else None
                )
            if told is None:
                self.close_connection = True
                return
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
