"""What nobody types and somebody sends: values, bodies, headers and addresses, all from one seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_from_bytes, quote_plus
from uuid import UUID

from django import forms

from portal.ui.forms import PortalForm

# A plain word that a form has to give back when it refuses the rest.
TYPED = "Typed & kept 7531"

VALUES: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"a\x00b",
    b"\xed\xa0\x80",  # half a surrogate pair, as some programs write it
    b"\xff\xfe\xfd",  # no UTF-8 at all
    b"\xc0\xaf",  # a slash, too long
    b"\xf8\x88\x80\x80\x80",
    "\u202egnp.exe".encode(),
    "\u200b\u2060\ufeff".encode(),
    "\u0085\u2028\u2029".encode(),
    "\ufdd0\ufffe".encode(),
    ("e" + "\u0301" * 500).encode(),
    "🦷".encode() * 101,
    b"\r\nSet-Cookie: a=b",
    b"%00%0d%0a",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"9" * 400,
    b"1e400",
    b"NaN",
    b"-Infinity",
    "٣٤٥".encode(),
    b"0000-00-00",
    b"0000-01-01",
    b"10000-01-01",
    b"2026-02-30",
    b"9999-12-31T23:59:60Z",
    b"not-a-uuid",
    b"00000000-0000-0000-0000-000000000000",
    b"{00000000-0000-0000-0000-000000000000}",
    b"../../../../etc/passwd",
    b"<script>alert(1)</script>",
    b"'\"><svg onload=alert(1)>",
    b"{{ 7|add:7 }}{% load %}",
    b"%(name)s %s %n",
    b"{0.__class__}",
    b"' OR 1=1 --",
    b"=HYPERLINK(1)",
    b"https://[::1",
    b"http://" + b"a" * 300,
    b"//evil.example/",
    b"javascript:alert(1)",
    b"xn--" + b"a" * 70 + b".example",
    b"a@" + b"b." * 120 + b"example",
    b'"a b"@[IPv6:::1]',
    b"+1" + b"5" * 60,
    b"+12065550142;ext=5",
    "１２３４５６７８９".encode(),
    b"12-3456789\x00",
    b"on",
    b"true",
    b"null",
    b"[]",
    b"x" * 5_000,
    b"x" * 200_000,
    b"tax-id:00000000-0000-0000-0000-000000000000",
    b"city:0123456789abcdef",
    b"gAAAAABnonsense",
)
EXTRA_NAMES = (
    "opened-from", "decision", "marked-city", "sealed-tax_id", "leave", "answers-left-out", "answers-kept",
    "page-of", "terms-version", "csrfmiddlewaretoken", "next", "return", "answers", "seen", "mark", "page",
    "q", "status", "sort", "from", "to", "before", "after", "who", "action", "kind", "format", "theme",
    "credential", "code", "password", "id", "",
)  # fmt: skip
# Mostly what the addresses take.
METHODS = (
    *["GET"] * 10, *["POST"] * 16, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=rot13",
    "application/x-www-form-urlencoded; charset=" + "x" * 300,
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\xff",
    "multipart/form-data; boundary=" + "b" * 300,
    "application/json",
    "application/octet-stream",
    "text/plain; charset=undefined",
    "nonsense",
    "",
)  # fmt: skip
HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("HTTP_HX_REQUEST", ("true", "false", "\x00", "1")),
    ("HTTP_HX_CURRENT_URL", ("http://[::1", "//", "javascript:alert(1)", "http://testserver/" + "x" * 5000, "\xff")),
    ("HTTP_HX_HISTORY_RESTORE_REQUEST", ("true", "maybe")),
    ("HTTP_HX_TARGET", ("x" * 9000, "%ZZ")),
    ("HTTP_HX_TRIGGER_NAME", ("\xed\xa0\x80",)),
    ("HTTP_X_UNATTENDED", ("1", "yes", "\x00")),
    ("HTTP_X_AUTOSAVE", ("1", "2")),
    ("HTTP_X_REQUEST_ID", ("a b\r\nc", "x" * 999)),
    ("HTTP_X_FORWARDED_FOR", ("nonsense", "1.2.3.4, " * 500, "[::1")),
    ("HTTP_X_FORWARDED_PROTO", ("gopher",)),
    ("HTTP_ACCEPT", ("*/*;q=x", ";;;,,,", "a/" + "b" * 5000, "text/html;q=0", "")),
    ("HTTP_ACCEPT_LANGUAGE", ("xx-" * 200, "*;q=2", "\xff", "en;q=" + "9" * 400)),
    ("HTTP_REFERER", ("http://[::1", "\x00", "http://testserver/" + "%" * 500)),
    ("HTTP_ORIGIN", ("null", "http://[::1", "https://evil.example")),
    ("HTTP_USER_AGENT", ("", "\xff" * 2000, "\x01")),
    ("HTTP_HOST", ("evil.example", "testserver:99999999", "[::1", "a b", "")),
    ("HTTP_IF_MODIFIED_SINCE", ("yesterday", "Thu, 01 Jan 0000 00:00:00 GMT")),
    ("HTTP_RANGE", ("bytes=9-1", "bytes=" + "0-1," * 500)),
    ("REMOTE_ADDR", ("", "nonsense", "::ffff:1.2.3.4%eth0")),
    ("HTTP_WEBHOOK_ID", ("\x00",)),
    ("HTTP_TELNYX_SIGNATURE_ED25519", ("nonsense", "AAAA", "\xff" * 64)),
    ("HTTP_TELNYX_TIMESTAMP", ("9" * 400, "-1", "NaN", "")),
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One request. `said`: what it carries, for the report of a failure. `typed`: it holds the plain word."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: Mapping[str, str] = field(default_factory=dict)
    typed: bool = False
    said: str = ""


def all_forms() -> dict[str, type[forms.BaseForm]]:
    """Every form of ours by its name, so that a new one is attacked without being listed."""

    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {one.__name__: one for one in below(PortalForm)}


class Attacker:
    """Makes requests from a seed; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        names = {name for form in all_forms().values() for name in form.base_fields}
        self.names = sorted(names) + list(EXTRA_NAMES)

    def value(self) -> bytes:
        """A hostile value; now and then two in one."""
        one = self.random.choice(VALUES)
        return one + self.random.choice(VALUES)[:100] if self.random.random() < 0.1 else one

    def fields(self, form: type[forms.BaseForm] | None) -> tuple[list[tuple[str, bytes]], bool]:
        """Answers to `form`, some of them hostile, some repeated; and whether the plain word is among them."""
        pairs: list[tuple[str, bytes]] = []
        typed = False
        names = list(form.base_fields) if form else self.random.sample(self.names, 6)
        for name in names:
            control = form.base_fields[name] if form else None
            plain = type(control) is forms.CharField and type(control.widget) is forms.TextInput
            if plain and not typed:
                pairs.append((name, TYPED.encode()))
                typed = True
            else:
                pairs.append((name, self.value()))
        more = self.random.choice((0, 0, 1, 4))
        pairs += [(self.random.choice(self.names), self.value()) for _one in range(more)]
        # Only the last of repeated answers counts, so the word may be covered by another.
        names_sent = [name for name, _value in pairs]
        alone = typed and all(names_sent.count(name) == 1 for name, value in pairs if value == TYPED.encode())
        return pairs, alone

    def urlencoded(self, pairs: list[tuple[str, bytes]]) -> bytes:
        """As a browser would, but for what is in it."""
        return "&".join(f"{quote_plus(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()

    def multipart(self, pairs: list[tuple[str, bytes]]) -> tuple[bytes, str]:
        """With nonsense in names and files; half of them break off."""
        lines = []
        for name, value in pairs:
            file = self.random.choice(
                ("", "", '; filename="\x00../x.exe"', '; filename=""', "; filename*=UTF-8''%ff")
            )
            odd = self.random.choice(("", "Content-Transfer-Encoding: base64\r\n", "Content-Length: -1\r\n"))
            head = f'--b7\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{odd}\r\n'
            lines.append(head.encode("latin-1", "replace") + value + b"\r\n")
        body = b"".join(lines) + b"--b7--\r\n"
        return (
            body if self.random.random() < 0.5 else body[: len(body) // 2]
        ), "multipart/form-data; boundary=b7"

    def headers(self) -> dict[str, str]:
        """A few odd headers, or a huge cookie."""
        few = self.random.sample(HEADERS, self.random.choice((0, 0, 1, 1, 3)))
        found = {name: self.random.choice(values) for name, values in few}
        if self.random.random() < 0.03:
            found["HTTP_COOKIE"] = "; ".join(f"c{number}={'y' * 4000}" for number in range(20))
        return found

    def query(self) -> str:
        """Sometimes a question mark and nonsense."""
        if self.random.random() < 0.6:
            return ""
        pairs = [
            (self.random.choice(self.names), self.value()[:2000])
            for _one in range(self.random.choice((1, 3)))
        ]
        return "?" + self.urlencoded(pairs).decode()

    def hole(self, known: list[object]) -> str:
        """What stands in an address: mostly a real id, sometimes not."""
        if known and self.random.random() < 0.75:
            return str(self.random.choice(known))
        odd = [
            quote_from_bytes(self.value()[:300], safe=""),
            "0",
            "9" * 40,
            str(UUID(int=self.random.getrandbits(128))),
        ]
        return self.random.choice(odd)

    def request(self, path: str, form: type[forms.BaseForm] | None) -> Sent:
        """One request to `path`, whose form is `form` if it is known."""
        method = self.random.choice(METHODS)
        headers = self.headers()
        if method in {"GET", "HEAD", "OPTIONS", "TRACE", "DELETE"}:
            return Sent(method, path + self.query(), headers=headers)
        pairs, typed = self.fields(form)
        roll = self.random.random()
        if roll < 0.66:
            typed = typed and method == "POST"
            return Sent(
                method, path, self.urlencoded(pairs), headers=headers, typed=typed, said=str(pairs)[:600]
            )
        if roll < 0.78:
            body, kind = self.multipart(pairs)
            return Sent(method, path, body, kind, headers, said="multipart")
        if roll < 0.82:
            return Sent(
                method, path, self.urlencoded([(f"f{n}", b"1") for n in range(10_000)]), said="10,000 fields"
            )
        if roll < 0.86:
            return Sent(
                method,
                path,
                self.urlencoded([(name, b"x" * 1_000_000) for name, _ in pairs[:1]]),
                said="1 MB",
            )
        if roll < 0.90:
            deep = b"[" * 10_000 + b"]" * 10_000
            body = self.random.choice(
                (deep, b"{", json.dumps({name: name for name, _ in pairs}).encode(), b"NaN")
            )
            return Sent(method, path, body, "application/json", headers, said="JSON")
        return Sent(
            method, path, self.urlencoded(pairs), self.random.choice(TYPES), headers, said="odd content type"
        )


def path_of(route: str, values: Mapping[str, str]) -> str:
    """`route` of the URL conf with its holes filled; a regular expression gets its two holes."""
    if "(?P<" in route:
        return "/account/password/reset/key/" + quote(values.get("uidb36", "a"), safe="%") + "-" + "x-y/"
    for name, value in values.items():
        for converter in ("uuid:", "slug:", "int:", "str:", ""):
            route = route.replace(f"<{converter}{name}>", value)
    return "/" + route
