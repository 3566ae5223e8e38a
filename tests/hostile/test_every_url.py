"""Hostile requests to every address and every form: an answer with words, never an error of ours.

Each request happens in a transaction that is rolled back, so that one that signs out, or deletes, leaves the
next one everything.
"""

from __future__ import annotations

import html
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client

from brands.wizard import WIZARD
from portal.tenancy.models import Organization, StaffRole
from tests.hostile.corpus import TYPED, Attacker, Sent, path_of
from tests.people import Person, enrolled
from tests.tenancy.addresses import Address, addresses
from tests.tenancy.matrix import fresh, of_the_staff
from tests.tenancy.rows import Row, Word, filling

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SEED = 20261122
# Shares of an ordinary run; the nightly one is five times as long.
ON_FORMS, ON_ADDRESSES = 900, 1100
# Seconds. The slowest of a hundred, on a machine that does other things too.
P99 = 1.0
STEPS = {step.slug: step.form for step in WIZARD.steps if step.form is not None}
# Nothing of our insides may stand in an answer.
INSIDES = re.compile(r"Traceback|site-packages|psycopg|django\.(db|core|http)|SECRET_KEY|File &quot;/")


@dataclass
class Seen:
    """What a run has seen."""

    failures: list[str]
    seconds: list[float]
    statuses: dict[int, int]


def people() -> dict[str, Client]:
    """A browser of everybody who may come: owner, viewer, outsider, operator, stranger."""
    roles = {name: enrolled(name).client for name in ("ada", "bo")}
    fresh(roles["ada"])
    roles["operator"] = of_the_staff(StaffRole.OPERATOR).client
    roles["stranger"] = Client()
    for client in roles.values():
        client.raise_request_exception = False
    return roles


def known(address: Address, person: Person) -> dict[str, list[object]]:
    """What the holes of an address can be filled with."""
    found: dict[str, list[object]] = {}
    for hole in address.holes:
        how = filling(address.name, hole)
        if isinstance(how, Word):
            found[hole] = [how.value]
        else:
            found[hole] = how.make(person, "Hostile") if isinstance(how, Row) else []
    if address.name == "brands:step":
        found["slug"] = list(STEPS)
    if address.name == "webhooks:event":
        found |= {"carrier": ["telnyx"], "key": ["5f0c2c6e-1e7f-4d5c-9a39-2f1d9c1f7b11"]}
    return found


def send(client: Client, sent: Sent, seen: Seen, who: str) -> None:
    """Send one request, look at its answer, and undo what it did."""
    path, _mark, query = sent.path.partition("?")
    cookies = client.cookies.copy()
    with transaction.atomic():
        began = time.perf_counter()
        answer: Any = client.generic(
            sent.method, path, sent.body, sent.content_type, QUERY_STRING=query, **dict(sent.headers)
        )
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen.seconds.append(time.perf_counter() - began)
        transaction.set_rollback(True)
    client.cookies = cookies
    seen.statuses[answer.status_code] = seen.statuses.get(answer.status_code, 0) + 1
    wrong = "; ".join(complaints(sent, answer, body.decode("utf-8", "replace")))
    if wrong:
        told = f"{who} {sent.method} {sent.path[:200]} {dict(sent.headers)} {sent.said}"
        seen.failures.append(f"{wrong}\n    {told}"[:1500])


def complaints(sent: Sent, answer: Any, page: str) -> Iterator[str]:
    """What is wrong with an answer."""
    if answer.status_code >= 500:
        yield f"{answer.status_code}: {str(getattr(answer, 'exc_info', ''))[:400]}"
        return
    if found := INSIDES.search(page):
        yield f"{found[0]} stands in the answer"
    a_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if answer.status_code >= 400 and wants_words(sent, answer) and ("<h1" not in page or not a_page):
        yield f"{answer.status_code} without a page"
    if answer.status_code == 422 and sent.typed and html.escape(TYPED) not in page:
        yield "what was typed is not in the answer"


def wants_words(sent: Sent, answer: Any) -> bool:
    """Is there a person who would read a page? Not behind a script, a machine, or a question without an answer."""
    odd_accept = sent.headers.get("HTTP_ACCEPT") not in {None, "*/*;q=x"}
    a_script = sent.headers.get("HTTP_HX_REQUEST") == "true" or odd_accept
    a_script = a_script or sent.content_type == "application/json"
    machine = sent.path.startswith(
        ("/webhooks/", "/health/", "/account/session/", "/account/two-step/webauthn/")
    )
    return not (a_script or machine or sent.method == "HEAD")


def run(seed: int, on_forms: int, on_addresses: int) -> Seen:
    """That many requests to the forms of brands, and to every address in turn."""
    ada = enrolled("ada")
    clients, attacker = people(), Attacker(seed)
    chance = random.Random(seed + 1)
    seen = Seen([], [], {})
    everywhere = list(addresses())
    fills = {address.name: known(address, ada) for address in everywhere}
    forms_at: dict[str, type[forms.BaseForm]] = {"brands:new": STEPS["terms"]}
    (step,) = (one for one in everywhere if one.name == "brands:step")
    # Of the two kinds of brand that the matrix makes the first is the draft.
    draft = str(fills[step.name]["brand_id"][0])
    for number in range(on_forms):
        slug = list(STEPS)[number % len(STEPS)]
        sent = attacker.request(f"/brands/drafts/{draft}/{slug}/", STEPS[slug])
        send(clients["ada"], sent, seen, "ada")
    for number in range(on_addresses):
        address = everywhere[number % len(everywhere)]
        who = chance.choice(list(clients))
        values = {hole: attacker.hole(some) for hole, some in fills[address.name].items()}
        sent = attacker.request(path_of(address.route, values), forms_at.get(address.name))
        send(clients[who], sent, seen, who)
    assert Organization.objects.exists()
    return seen


def expect_answers(seen: Seen) -> None:
    """No failure, and quick; a summary otherwise."""
    slowest = sorted(seen.seconds)[int(len(seen.seconds) * 0.99)]
    summary = f"{len(seen.seconds)} requests, p99 {slowest:.3f} s, {json.dumps(dict(sorted(seen.statuses.items())))}"
    print(summary)
    assert not seen.failures, f"{summary}\n{len(seen.failures)} failures:\n" + "\n".join(seen.failures[:20])
    assert slowest < P99, summary
    # Otherwise it would be one guard that turns all away, and nothing behind it was tried.
    assert {200, 302, 400, 403, 404, 405, 422} <= seen.statuses.keys(), summary


def test_two_thousand_hostile_requests_get_answers() -> None:
    expect_answers(run(SEED, ON_FORMS, ON_ADDRESSES))


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 6))
def test_ten_thousand_hostile_requests_get_answers(seed: int) -> None:
    expect_answers(run(SEED + seed, ON_FORMS, ON_ADDRESSES))
