"""What the house's audit log says of sign-ins: who, from where, by which means; never a password."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from portal.accounts.events import TOLD
from portal.audit.sentences import _TOLD
from tests.accounts.proving import code, grow_stale, pass_time, sign_in, with_app
from tests.conftest import superuser_url
from tests.people import PASSWORD, Person, enrolled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ADA = "ada@acme.example"


def log() -> list[dict[str, Any]]:
    """The house's own events, oldest first, as nobody at run time may read them."""
    with psycopg.connect(superuser_url(), row_factory=psycopg.rows.dict_row) as outside:
        return outside.execute(
            "SELECT action, actor_name, actor_id, host(address) AS address, object_kind, object_id, detail"
            " FROM audit_event WHERE organization_id IS NULL ORDER BY id"
        ).fetchall()


def said() -> list[str]:
    return [one["action"].removeprefix("person.") for one in log()]


@pytest.fixture
def ada_outside() -> Person:
    """Ada, not signed in."""
    return enrolled("ada", sign_in=False)


def test_every_event_is_told_in_a_sentence() -> None:
    assert set(TOLD) <= set(_TOLD)


def test_a_sign_in_and_a_sign_out(ada_outside: Person) -> None:
    client = Client()
    sign_in(client, ADA, address="198.51.100.4")
    client.post("/account/logout/")
    first, last = log()
    assert (first["action"], first["actor_id"], first["address"]) == (
        "person.signed-in",
        ada_outside.user.pk,
        "198.51.100.4",
    )
    assert first["detail"] == {"ways": ["password"]}
    assert (last["action"], last["object_id"]) == ("person.signed-out", ada_outside.user.pk)


def test_both_steps_of_a_sign_in_are_one_event(ada_outside: Person) -> None:
    with_app(ada_outside.user)
    client = Client()
    sign_in(client, ADA)
    client.post("/account/two-step/authenticate/", {"code": "000000"})
    client.post("/account/two-step/authenticate/", {"code": code()})
    assert said() == ["sign-in-failed", "signed-in"]
    assert log()[0]["detail"] == {"way": "totp", "known": True}
    assert log()[1]["detail"] == {"ways": ["password", "totp"]}


def test_a_wrong_password_is_recorded_without_the_password(ada_outside: Person) -> None:
    sign_in(Client(), ADA, "CANARY-PASSWORD", address="203.0.113.7")
    (one,) = log()
    assert (one["action"], one["actor_id"], one["object_id"]) == (
        "person.sign-in-failed",
        None,
        ada_outside.user.pk,
    )
    assert one["address"] == "203.0.113.7"
    assert "CANARY" not in str(one)


def test_an_unknown_address_is_masked_and_can_still_be_counted(ada_outside: Person) -> None:
    for typed in ("hunter2secret@typo.example", "HUNTER2secret@typo.example", "other@typo.example"):
        sign_in(Client(), typed, "wrong")
    first, again, other = log()
    assert first["actor_name"] == "h•••@typo.example"
    assert "unter2secret" not in str(log())
    assert first["object_id"] == again["object_id"] != other["object_id"]


def test_a_slow_down_is_recorded_once(ada_outside: Person) -> None:
    for _try in range(14):
        sign_in(Client(), ADA, "wrong", address="203.0.113.7")
    assert said() == ["sign-in-failed"] * 10 + ["sign-in-slowed"]


def test_second_factors_from_beginning_to_end(ada_outside: Person) -> None:
    client = ada_outside.client
    sign_in(client, ADA)
    page = client.get("/account/two-step/totp/activate/").content.decode()
    secret = re.search(r'copyable__text">([A-Z2-7]{32})<', page)
    assert secret
    made = client.post("/account/two-step/totp/activate/", {"code": code(secret[1])}, follow=True)
    recovery = re.findall(r'"mono">(\d{8})<', made.content.decode())
    client.post("/account/two-step/recovery-codes/generate/")
    client.post("/account/two-step/totp/deactivate/")
    assert said() == [
        "signed-in",
        "factor-added",
        "recovery-codes-made",
        "recovery-codes-made",
        "factor-removed",
        "factor-removed",
    ]
    assert secret[1] not in str(log())
    assert not any(one in str(log()) for one in recovery)


def test_a_used_recovery_code_says_how_many_are_left(ada_outside: Person) -> None:
    codes = with_app(ada_outside.user)
    client = Client()
    sign_in(client, ADA)
    client.post("/account/two-step/authenticate/", {"code": codes[0]})
    assert said() == ["recovery-code-used", "signed-in"]
    assert log()[0]["detail"] == {"left": 9}


def test_a_proof_and_a_failed_one(ada_outside: Person) -> None:
    sign_in(ada_outside.client, ADA)
    grow_stale(ada_outside.client)
    ada_outside.post("/account/reauthenticate/", {"password": "wrong"})
    ada_outside.post("/account/reauthenticate/", {"password": PASSWORD})
    assert said() == ["signed-in", "proof-failed", "proved-again"]


def test_password_e_mail_and_details(ada_outside: Person, mailoutbox: list[Any]) -> None:
    client, new = ada_outside.client, "quite another phrase"
    sign_in(client, ADA)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    client.post("/account/email/", {"email": "new@acme.example", "action_add": "yes"})
    key = re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", mailoutbox[-1].body)
    assert key
    client.post("/account/confirm-email/", {"code": key[1]})
    client.post("/account/profile/details/", {"name": "Ada O.", "time_zone": ""})
    client.post("/account/profile/details/", {"name": "Ada O.", "time_zone": ""})
    assert said() == ["signed-in", "password-changed", "email-changed", "details-changed"]
    assert log()[2]["detail"] == {"before": ADA, "after": "new@acme.example"}
    assert log()[3]["detail"] == {"fields": ["name"]}


def test_a_password_chosen_by_a_link(ada_outside: Person, mailoutbox: list[Any]) -> None:
    visitor = Client()
    visitor.post("/account/password/reset/", {"email": ADA})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mailoutbox[0].body)
    assert link
    page = visitor.get(link[1], follow=True)
    new = {"password1": "quite another phrase", "password2": "quite another phrase"}
    visitor.post(page.redirect_chain[-1][0], new)
    assert said() == ["password-reset"]


def test_ended_sessions(ada_outside: Person) -> None:
    sign_in(ada_outside.client, ADA)
    other = Client()
    sign_in(other, ADA)
    ada_outside.post("/account/sessions/end/")
    ada_outside.post("/account/sessions/end/")
    pass_time(ada_outside.client, idle="31 minutes")
    ada_outside.get("/")
    assert said() == ["signed-in", "signed-in", "session-ended", "session-expired"]
    assert log()[2]["detail"] == {"number": 1}
    assert log()[3]["detail"] == {"why": "idle"}


def test_the_portal_itself_cannot_read_these_events_back(ada_outside: Person) -> None:
    sign_in(Client(), ADA)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE organization_id IS NULL")
        assert cursor.fetchone() == (0,)
