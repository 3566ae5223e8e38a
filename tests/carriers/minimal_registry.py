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
MOST_THINGS = 1000
PAGE = 2
TERM = timedelta(days=90)
LEAST_TEXTS = 2
MOST_LINES = 3
PURPOSES = ["LOW_VOLUME", "MIXED", "CUSTOMER_CARE"]


class MinimalRegistry:
    """Senders, their programmes and the account's lines, by number. `asked` is the ledger: each method and path.

    `hang_up` is how many writes are carried out and then not answered, `busy` how many are turned away, `no_money`
    how many extensions are refused for want of money. `today` is its calendar: a programme that was not extended
    up to its last day runs out with it.
    """

    key = "minimal-key"

    def __init__(self) -> None:
        self.senders: dict[int, dict[str, Any]] = {}
        self.programmes: dict[int, dict[str, Any]] = {}
        self.lines: dict[int, dict[str, Any]] = {}
        self.today = date(2026, 11, 22)
        self.asked: list[tuple[str, str]] = []
        self.hang_up = 0
        self.no_money = 0
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

    def decide_programme(self, number: int, condition: str, *remarks: dict[str, str]) -> None:
        """Say what a programme's condition is from now on, and why."""
        self.programmes[number] |= {"condition": condition, "remarks": list(remarks)}

    def add_line(self, digits: str, **changes: Any) -> None:
        """Give the account a phone number."""
        number = len(self.lines) + 1
        line = {"nr": number, "digits": digits, "owner": "", "nation": "US", "texts": True, "free": False}
        self.lines[number] = {**line, "programme": None, "condition": "", **changes}

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> dict[str, Any] | None:
        """What is answered; None: nothing, although it was done."""
        match method, path.strip("/").split("/"):
            case "GET", ["api", ("senders" | "programmes" | "lines") as many]:
                after = int(query.get("after", ["0"])[0])
                things = sorted(self._things(many).items())
                return {"ok": True, many: [thing for number, thing in things if number > after][:PAGE]}
            case "GET", ["api", ("senders" | "programmes") as many, number] if int(number) in self._things(
                many
            ):
                return {"ok": True, many.removesuffix("s"): self._things(many)[int(number)]}
            case "GET", ["api", "lines", digits] if (line := self._line(digits)) is not None:
                return {"ok": True, "line": line}
            case "POST", ["api", *place]:
                if self.busy:
                    self.busy -= 1
                    return {"ok": False, "fault": "BUSY"}
                told = self._write(place, body)
                if self.hang_up and told["ok"]:
                    self.hang_up -= 1
                    return None
                return told
        return {"ok": False, "fault": "UNKNOWN"}

    def _things(self, many: str) -> dict[int, dict[str, Any]]:
        for programme in self.programmes.values():
            if programme["condition"] == "OPEN" and date.fromisoformat(programme["open_until"]) <= self.today:
                programme["condition"] = "RUN OUT"
        return {"senders": self.senders, "programmes": self.programmes, "lines": self.lines}[many]

    def _line(self, digits: str) -> dict[str, Any] | None:
        return next((line for line in self.lines.values() if line["digits"] == digits), None)

    def _join(self, number: int, digits: str) -> dict[str, Any]:
        line = self._line(digits)
        if line is None:
            return _rejected("line", "There is no such line.")
        if line["programme"] == number:
            return {"ok": True}
        if line["programme"]:
            return _rejected("taken", "The line is in another programme.")
        if self.programmes[number]["condition"] != "OPEN":
            return _rejected("programme", "The programme is not open.")
        if sum(other["programme"] == number for other in self.lines.values()) >= MOST_LINES:
            return _rejected("full", "The programme is full.")
        line |= {"programme": number, "condition": "ON"}
        return {"ok": True}

    def _write(self, place: list[str], body: Any) -> dict[str, Any]:
        match place:
            case ["senders"]:
                if not body["company"]:
                    return _rejected("company", "A sender needs a name.")
                return self._enter(self.senders, {**body, "purposes": PURPOSES})
            case ["programmes"]:
                if body["sender"] not in self.senders:
                    return _rejected("sender", "There is no such sender.")
                if len(body["texts"]) < LEAST_TEXTS:
                    return _rejected("texts", f"A programme shows {LEAST_TEXTS} texts at least.")
                days = {"since": self.today.isoformat(), "open_until": (self.today + TERM).isoformat()}
                return self._enter(self.programmes, {**body, **days})
            case ["programmes", number, "join"] if int(number) in self.programmes:
                return self._join(int(number), body["digits"])
            case ["lines", digits, "leave"] if (line := self._line(digits)) is not None:
                line |= {"programme": None, "condition": ""}
                return {"ok": True}
            case ["programmes", number, act] if int(number) in self._things("programmes"):
                programme = self.programmes[int(number)]
                if act == "extend" and self.no_money:
                    self.no_money -= 1
                    return _rejected("", "The account holds too little money.")
                if act == "extend" and programme["condition"] == "OPEN":
                    until = date.fromisoformat(programme["open_until"]) + TERM
                    programme["open_until"] = until.isoformat()
                    return {"ok": True, "open_until": programme["open_until"]}
                if act == "close":
                    programme["condition"] = "CLOSED"
                    return {"ok": True}
                return _rejected("", "Only an open programme is extended.")
        return {"ok": False, "fault": "UNKNOWN"}

    def _enter(self, things: dict[int, dict[str, Any]], thing: dict[str, Any]) -> dict[str, Any]:
        if len(things) >= MOST_THINGS:
            return {"ok": False, "fault": "BUSY"}
        number = len(things) + 1
        things[number] = {**thing, "nr": number, "condition": "CHECKING"}
        return {"ok": True, "nr": number}


def _rejected(about: str, text: str) -> dict[str, Any]:
    return {"ok": False, "fault": "REJECTED", "remarks": [{"about": about, "text": text}]}


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
