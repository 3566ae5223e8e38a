"""Hold a real adapter to a vendor's own OpenAPI text, inside pytest.

No network and no second process: the adapter gets a transport that checks each request against the
vendor's description, asks a scripted vendor for the answer, and checks that answer too, so that our
fakes cannot drift.

    gate = Gate(folder, "telnyx", vendor)       # vendor: Callable[[httpx.Request], httpx.Response]
    carrier = TelnyxCarrier(config, transport=gate)

With `closed=True` (the default) a body field that the description does not name is refused as well:
vendors leave their request schemas open, so a misspelt optional field would otherwise pass here and
be dropped in silence over there.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

VERBS = ("get", "put", "post", "delete", "patch")


class ContractBroken(AssertionError):
    """The exchange is not one that the vendor's description allows."""


@functools.cache
def document(folder: Path, vendor: str) -> dict[str, Any]:
    """The vendor's description as it stands."""
    found: dict[str, Any] = json.loads((folder / f"{vendor}.json").read_text())
    return found


@functools.cache
def load(folder: Path, vendor: str, closed: bool = True) -> OpenAPI:
    """The vendor's description, ready to validate with."""
    found = copy.deepcopy(document(folder, vendor))
    return OpenAPI.from_dict(_close(found) if closed else found)


def _flat_error(exc: BaseException) -> str:
    parts: list[str] = []
    seen: BaseException | None = exc
    while seen is not None:
        inner = getattr(seen, "schema_errors", None)
        if inner:
            parts += [f"{'/'.join(map(str, e.absolute_path)) or '(body)'}: {e.message[:200]}" for e in inner]
            break
        seen = seen.__cause__
    return "; ".join(parts) or f"{type(exc).__name__}: {exc}"[:300]


def _close(found: dict[str, Any]) -> dict[str, Any]:
    """Give every request body its own copy of its schema, closed to unknown fields."""

    def walk(node: Any, trail: tuple[str, ...] = ()) -> Any:
        if isinstance(node, list):
            return [walk(item, trail) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target = node["$ref"]
            if target in trail:
                return node
            here: Any = found
            for part in target[2:].split("/"):
                here = here[part.replace("~1", "/").replace("~0", "~")]
            return walk(here, (*trail, target))
        out = {key: walk(value, trail) for key, value in node.items()}
        if "properties" in out and "additionalProperties" not in out and "allOf" not in out:
            out["additionalProperties"] = False
        return out

    for item in found["paths"].values():
        for verb in VERBS:
            body = item.get(verb, {}).get("requestBody")
            if body:
                for media in body.get("content", {}).values():
                    media["schema"] = walk(media["schema"])
    return found


class _Request:
    def __init__(self, raw: httpx.Request) -> None:
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(raw.url.params.multi_items()),
            header=Headers(list(raw.headers.multi_items())),
            cookie=ImmutableMultiDict(),
        )
        self.host_url = f"{raw.url.scheme}://{raw.url.netloc.decode()}"
        self.path = raw.url.path
        self.method = raw.method.lower()
        self.content_type = raw.headers.get("content-type", "").lower()
        self.body = raw.content or None


class _Response:
    def __init__(self, raw: httpx.Response) -> None:
        self.status_code = raw.status_code
        self.headers = Headers(list(raw.headers.multi_items()))
        self.content_type = raw.headers.get("content-type", "").lower()
        self.data = raw.content or None


class Gate(httpx.BaseTransport):
    """A transport that lets through only what the vendor's description allows, in both directions.

    `seen` holds every request in order, for the test to read.
    """

    def __init__(
        self,
        folder: Path,
        vendor: str,
        script: Callable[[httpx.Request], httpx.Response],
        *,
        closed: bool = True,
    ) -> None:
        self.spec = load(folder, vendor, closed)
        self.script = script
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.seen.append(request)
        asked = _Request(request)
        try:
            self.spec.validate_request(asked)
        except Exception as exc:  # the library's errors share no useful parent
            raise ContractBroken(f"{request.method} {request.url.path}: {_flat_error(exc)}") from exc
        answer = self.script(request)
        answer.request = request
        answer.read()
        try:
            self.spec.validate_response(asked, _Response(answer))
        except Exception as exc:
            raise ContractBroken(
                f"answer {answer.status_code} to {request.method} {request.url.path}: {_flat_error(exc)}"
            ) from exc
        return answer
