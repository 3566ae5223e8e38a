"""Every act × every state of a brand: allowed, or refused with a reason and without a trace. Nothing in between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.recording import REGISTRY
from portal.lifecycle.states import Move, StaleState, make
from tests.factories import COMPANY, brand_draft
from tests.people import Person
from tests.tenancy.matrix import events, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# How a brand comes into each state, by the moves themselves.
WAYS: dict[str, tuple[Move, ...]] = {
    states.DRAFT: (),
    states.SUBMITTING: (states.SUBMIT,),
    states.IN_REVIEW: (states.SUBMIT, states.ACCEPT),
    states.VERIFIED: (states.SUBMIT, states.ACCEPT, states.VERIFY),
    states.REJECTED: (states.SUBMIT, states.ACCEPT, states.REJECT),
    states.CONFIRM: (states.SUBMIT, states.ACCEPT, states.ASK_CONFIRM),
    states.PASSWORD: (states.SUBMIT, states.ACCEPT, states.ASK_PASSWORD),
    states.SUSPENDED: (states.SUBMIT, states.ACCEPT, states.VERIFY, states.SUSPEND),
    states.MISSING: (states.SUBMIT, states.ACCEPT, states.VERIFY, states.LOSE),
    states.DELETING: (states.SUBMIT, states.ACCEPT, states.VERIFY, states.DELETE),
    states.DELETED: (states.SUBMIT, states.ACCEPT, states.VERIFY, states.DELETE, states.DELETION_DONE),
}
FILED = frozenset(WAYS) - {states.DRAFT}


@dataclass(frozen=True)
class Does:
    """An act: method and address below /brands/, and what a draft answers. `leaves`: the status afterwards."""

    method: str
    path: str
    draft: int
    leaves: str | None
    data: dict[str, str] | None = None


ACTS = {
    "open a step": Does("get", "drafts/{}/company/", 200, states.DRAFT),
    "save a step": Does("post", "drafts/{}/company/", 302, states.DRAFT, COMPANY),
    "check answers": Does("get", "drafts/{}/check/", 200, states.DRAFT),
    "submit": Does("post", "drafts/{}/submission/", 302, states.SUBMITTING),
    "ask to delete": Does("get", "drafts/{}/deletion/", 200, states.DRAFT),
    "delete": Does("post", "drafts/{}/deletion/", 302, None),
    "look": Does("get", "{}/", 302, states.DRAFT),
    "refresh": Does("get", "{}/status/", 302, states.DRAFT),
}
REASON = "already submitted"


def brand_in(person: Person, status: str) -> Brand:
    """A brand of `person` in this state."""
    brand = brand_draft(person)
    with person.acting():
        for move in WAYS[status]:
            if move is states.SUBMIT:
                brand.submit(by=person.actor, times=clock.read())
            else:
                make(move, brand, by=REGISTRY, at=clock.read().business)
    return brand


def test_every_status_is_reached_by_moves_and_by_nothing_else() -> None:
    assert set(WAYS) == set(states.LOOKS)
    reached = {states.DRAFT} | {move.target for move in states.MOVES}
    assert reached == set(states.LOOKS)
    assert all(move.sources <= set(states.LOOKS) for move in states.MOVES)


@pytest.mark.parametrize(("act", "status"), list(product(ACTS, WAYS)))
def test_each_act_in_each_state(ada: Person, act: str, status: str) -> None:
    fresh(ada.client)
    brand, does = brand_in(ada, status), ACTS[act]
    with ada.acting():
        before = Brand.objects.filter(pk=brand.pk).values().get()
    written = _written(ada)
    answer = getattr(ada.client, does.method)(f"/brands/{does.path.format(brand.pk)}", does.data or {})
    with ada.acting():
        after = Brand.objects.filter(pk=brand.pk).values().first()
    if status == states.DRAFT:
        assert answer.status_code == does.draft
        assert (after["status"] if after else None) == does.leaves
        return
    # Not a draft any more: it can be looked at, and whoever would change it is told why not.
    assert answer.status_code == (409 if does.method == "post" else 200)
    if act not in {"look", "refresh"}:
        assert REASON in answer.content.decode().lower()
    assert after == before
    assert _written(ada) == written


def _written(person: Person) -> int:
    """Events of brands in the log."""
    return sum(events(person, f"brand.{name}") for name in ("submitted", "draft-deleted", "created"))


@pytest.mark.parametrize(
    ("move", "status"), list(product(states.MOVES, WAYS)), ids=lambda one: getattr(one, "name", one)
)
def test_each_move_in_each_state(ada: Person, move: Move, status: str) -> None:
    brand = brand_in(ada, status)
    action, at = f"brand.{move.name}", clock.read().business
    before = events(ada, action)
    if status in move.sources:
        with ada.acting():
            make(move, brand, by=REGISTRY, at=at)
        assert (brand.status, events(ada, action)) == (move.target, before + 1)
        return
    with pytest.raises(StaleState), ada.acting():
        make(move, brand, by=REGISTRY, at=at)
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).status == status
    assert events(ada, action) == before


def test_the_database_itself_knows_no_other_state(ada: Person) -> None:
    brand = brand_draft(ada)
    with pytest.raises(IntegrityError, match="brand_status_known"), ada.acting(), transaction.atomic():
        Brand.objects.filter(pk=brand.pk).update(status="approved")


@pytest.mark.parametrize("status", sorted(FILED))
def test_a_brand_without_accepted_terms_cannot_have_been_filed(ada: Person, status: str) -> None:
    brand = brand_draft(ada)
    with pytest.raises(IntegrityError, match="brand_terms_accepted"), ada.acting():
        Brand.objects.filter(pk=brand.pk).update(status=status, terms_accepted_at=None)
