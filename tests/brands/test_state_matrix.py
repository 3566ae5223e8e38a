"""Every act × every state of a brand: allowed, or refused with a reason and without a trace. Nothing in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.audit.recording import REGISTRY
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.states import Move, StaleState, make
from tests.factories import ANSWERS, COMPANY, brand_draft
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
    """An act: method and address below /brands/, and the answer to each state; `otherwise` to every other one.

    `leaves`: the status afterwards, where it is another one. "" is gone. `says`: what the page must say where
    the act is refused or there is nothing to do.
    """

    method: str
    path: str
    otherwise: int
    answers: dict[str, int]
    leaves: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)


ALREADY = {
    **dict.fromkeys(FILED, "already been submitted"),
    states.REJECTED: "came back",
    states.DELETING: "is being deleted",
    states.DELETED: "was deleted",
}
NOT_EDITABLE = {status: words for status, words in ALREADY.items() if status not in states.EDITABLE}
GOING = {states.DELETING: "is being deleted", states.DELETED: "is deleted"}
NAME = ANSWERS["display_name"]
ACTS = {
    "open a step": Does("get", "drafts/{}/company/", 200, {}, says=NOT_EDITABLE),
    "save a step": Does(
        *("post", "drafts/{}/company/", 409, dict.fromkeys(states.EDITABLE, 302)),
        data=COMPANY,
        says=NOT_EDITABLE,
    ),
    "check answers": Does(
        *("get", "drafts/{}/check/", 200, {}), says={**NOT_EDITABLE, states.REJECTED: "no changes yet"}
    ),
    "submit": Does(
        *("post", "drafts/{}/submission/", 409, {states.DRAFT: 302, states.REJECTED: 422}),
        leaves={states.DRAFT: states.SUBMITTING},
        says={**NOT_EDITABLE, states.REJECTED: "nothing has been changed"},
    ),
    "ask for the review": Does("post", "drafts/{}/review/", 409, {states.DRAFT: 302}, says=ALREADY),
    "ask to discard": Does("get", "drafts/{}/discarding/", 302, {}),
    "discard": Does("post", "drafts/{}/discarding/", 302, {}),
    "ask to delete the draft": Does("get", "drafts/{}/deletion/", 200, {}, says=ALREADY),
    "delete the draft": Does(
        *("post", "drafts/{}/deletion/", 409, {states.DRAFT: 302}), leaves={states.DRAFT: ""}, says=ALREADY
    ),
    "ask to delete the brand": Does(
        *("get", "{}/deletion/", 200, {states.DRAFT: 302}),
        says={**GOING, states.SUBMITTING: "stands in the way"},
    ),
    "delete the brand": Does(
        *("post", "{}/deletion/", 409, {states.DRAFT: 302, **dict.fromkeys(states.LIVE, 302)}),
        leaves=dict.fromkeys(states.LIVE, states.DELETING),
        data={"name": NAME},
        says={**GOING, states.SUBMITTING: "stands in the way"},
    ),
    "look": Does("get", "{}/", 200, {states.DRAFT: 302}),
    "refresh": Does("get", "{}/status/", 200, {states.DRAFT: 302}),
    "look at the versions": Does("get", "{}/versions/", 200, {}),
    "look at a version": Does("get", "{}/versions/1/", 200, {states.DRAFT: 404}),
    "export it": Does("get", "{}/export/", 200, {}),
}


def brand_in(person: Person, status: str) -> Brand:
    """A brand of `person` in this state."""
    brand = brand_draft(person)
    with person.acting():
        for move in WAYS[status]:
            if move is states.SUBMIT:
                brand.submit(by=person.actor, times=clock.read())
            else:
                make(move, brand, by=REGISTRY, at=clock.read().business)
        if status != states.SUBMITTING:
            # What was sent has been answered.
            Submission.objects.filter(subject_id=brand.pk).update(state=SubmissionState.CONFIRMED)
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
    before, written = _row(ada, brand), _written(ada)
    answer = getattr(ada.client, does.method)(f"/brands/{does.path.format(brand.pk)}", does.data)
    after = _row(ada, brand)
    assert answer.status_code == does.answers.get(status, does.otherwise)
    if status in does.says:
        assert does.says[status] in answer.content.decode().lower()
    if status in does.leaves:
        # One move or one removal, and one event that tells of it.
        assert (after["status"] if after else "") == does.leaves[status]
        assert _written(ada) == written + 1
        return
    for row in (before, after):
        # A step that is saved says when, also where its answers are the same.
        assert row is not None
        row.pop("saved_at")
    assert after == before
    assert _written(ada) == written


def _row(person: Person, brand: Brand) -> dict[str, Any] | None:
    with person.acting():
        row: dict[str, Any] | None = Brand.objects.filter(pk=brand.pk).values().first()
    return row


def _written(person: Person) -> int:
    """Events of brands in the log."""
    with person.acting():
        return int(Event.objects.filter(object_kind="brand").count())


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
