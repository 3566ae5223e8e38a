"""The URL conf as a list: every address with what it is filled with and which permission its view asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.tenancy.roles import Act, Duty

HOLE = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Address:
    """One URL pattern. `can` is asked of members, `duty` of the operator's staff; None: of nobody."""

    name: str
    route: str
    view: Callable[..., Any]

    @property
    def can(self) -> Act | None:
        """The permission that `member` asks for."""
        return getattr(self.view, "can", None)

    @property
    def duty(self) -> Duty | None:
        """The permission that `staff` asks for."""
        return getattr(self.view, "duty", None)

    @property
    def holes(self) -> tuple[str, ...]:
        """The names in the route that are filled with something."""
        return tuple(hole["name"] for hole in HOLE.finditer(self.route))

    def never(self, hole: str) -> str:
        """A value for `hole` behind which there never was anything."""
        converter = next(one["converter"] for one in HOLE.finditer(self.route) if one["name"] == hole)
        return {"uuid": str(uuid4()), "int": "2147483629"}.get(converter or "str", uuid4().hex)

    def path(self, values: dict[str, object]) -> str:
        """The address with every hole filled."""
        return "/" + HOLE.sub(lambda hole: str(values[hole["name"]]), self.route)


def addresses(urlconf: str | None = None) -> Iterator[Address]:
    """All of a URL conf (the portal's by default), flattened."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Address]:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
                yield from walk(one.url_patterns, route, inner)
            else:
                yield Address(f"{namespace}{one.name}", route, one.callback)

    yield from walk(get_resolver(urlconf).url_patterns, "", "")


@dataclass(frozen=True)
class Answer:
    """What came back, also where the view raised."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def let_in(self) -> bool:
        """Was this a real answer: a page, a part of one, or a redirect to anywhere but the sign-in?"""
        asked = any(word in self.headers.get("Location", "") for word in ("/login/", "/reauthenticate/"))
        return self.status < 400 and not asked

    def like(self, *ids: str) -> tuple[int, str, dict[str, str]]:
        """The answer without what differs between any two answers: `ids`, random references, form tokens."""
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce-\S+', "", self.text)
        # The length is that of the text, with ids of another length.
        random = {"X-Request-ID", "Content-Length"}
        kept = {name: value for name, value in self.headers.items() if name not in random}
        return self.status, _without(text, ids), {name: _without(value, ids) for name, value in kept.items()}


def _without(text: str, ids: tuple[str, ...]) -> str:
    for one in ids:
        text = re.sub(rf"(?<![\w-]){re.escape(one)}(?![\w-])", "·", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b", "·", text)


def ask(client: Client, method: str, path: str, data: dict[str, Any] | None = None, **headers: str) -> Answer:
    """One request; an exception in the view is the 500 that a browser would see."""
    client.raise_request_exception = False
    if method in {"get", "head"} or data is None:
        answer = getattr(client, method)(path, **headers)
    elif method == "post":
        answer = client.post(path, data, **headers)
    else:
        answer = getattr(client, method)(path, data, content_type="application/json", **headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Answer(answer.status_code, content.decode(errors="replace"), dict(answer.headers))
