"""Every act × every state of a campaign: allowed, or refused with a reason and without a trace. Nothing in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns import states
from campaigns.models import Campaign
from portal import clock
from portal.audit.models import Event
from portal.audit.recording import REGISTRY
from portal.lifecycle.models import Submission
from portal.lifecycle.states import Move, StaleState, make
from tests.factories import active_campaign, campaign_draft, submitted_campaign
from tests.people import Person
from tests.tenancy.matrix import events, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# How a campaign comes from "active" into each state, by the moves themselves.
WAYS: dict[str, tuple[Move, ...]] = {
    states.ACTIVE: (),
    states.REGISTRY: (states.AT_REGISTRY,),
    states.PROVIDER: (states.AT_PROVIDER,),
    states.CARRIERS: (states.AT_CARRIERS,),
    states.REJECTED: (states.REJECT,),
    states.APPEALED: (states.REJECT, states.APPEAL),
    states.SUSPENDED: (states.SUSPEND,),
    states.DORMANT: (states.SLEEP,),
    states.EXPIRED: (states.EXPIRE,),
    states.MISSING: (states.LOSE,),
    states.DELETING: (states.DELETE,),
    states.DELETED: (states.DELETE, states.DELETION_DONE),
}
EVERY = [states.DRAFT, states.SUBMITTING, *WAYS]
FILED = frozenset(EVERY) - {states.DRAFT}
MOVES = (*states.MOVES, *states.UNDO.values(), *states.DELETION_REFUSED.values())


@dataclass(frozen=True)
class Does:
    """An act: method and address below /campaigns/, and the answer to each state; `otherwise` to every other one.

    `leaves`: the status afterwards, where it is another one. `says`: what the page must say where the act is
    refused or there is nothing to do.
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
    states.EXPIRED: "has expired",
    states.DELETING: "is being deleted",
    states.DELETED: "was deleted",
}
NOT_EDITABLE = {status: words for status, words in ALREADY.items() if status not in states.EDITABLE}
REASON = {"reason": "The privacy policy says now that numbers are never shared."}
ACTS = {
    "open a step": Does("get", "drafts/{}/details/", 200, {}, says=NOT_EDITABLE),
    "check answers": Does(
        *("get", "drafts/{}/check/", 200, {}),
        says={**NOT_EDITABLE, states.REJECTED: "no changes yet", states.EXPIRED: "no changes yet"},
    ),
    "submit": Does(
        *("post", "drafts/{}/submission/", 409),
        {states.DRAFT: 302, states.REJECTED: 422, states.EXPIRED: 302},
        leaves=dict.fromkeys((states.DRAFT, states.EXPIRED), states.SUBMITTING),
        says={**NOT_EDITABLE, states.REJECTED: "nothing has been changed"},
    ),
    "ask to resubmit": Does(
        *("get", "{}/resubmission/", 200, {states.DRAFT: 302}),
        says={**ALREADY, states.EXPIRED: "submit this campaign again"},
    ),
    "resubmit": Does(
        *("post", "{}/resubmission/", 409, {states.DRAFT: 302, states.EXPIRED: 302}),
        leaves={states.EXPIRED: states.SUBMITTING},
        says={status: words for status, words in ALREADY.items() if status != states.EXPIRED},
    ),
    "change something first": Does(
        *("post", "{}/resubmission/", 409, {states.DRAFT: 302, states.EXPIRED: 302}), data={"change": "1"}
    ),
    "ask to appeal": Does(
        *("get", "{}/appeal/", 200, {states.DRAFT: 302}),
        says={**ALREADY, states.REJECTED: "appeal the rejection"},
    ),
    "appeal": Does(
        *("post", "{}/appeal/", 409, {states.DRAFT: 302, states.REJECTED: 302}),
        leaves={states.REJECTED: states.APPEALED},
        data=REASON,
        says={status: words for status, words in ALREADY.items() if status != states.REJECTED},
    ),
    "ask to discard": Does("get", "drafts/{}/discarding/", 302, {}),
    "discard": Does("post", "drafts/{}/discarding/", 302, {}),
    "look": Does("get", "{}/", 200, {states.DRAFT: 302}),
    "refresh": Does("get", "{}/status/", 200, {states.DRAFT: 302}),
    "look at the versions": Does("get", "{}/versions/", 200, {}),
    "look at a version": Does("get", "{}/versions/1/", 200, {states.DRAFT: 404}),
}


def campaign_in(person: Person, status: str) -> Campaign:
    """A campaign of `person` in this state."""
    if status == states.DRAFT:
        return campaign_draft(person)
    if status == states.SUBMITTING:
        return submitted_campaign(person)
    campaign = active_campaign(person)
    with person.acting():
        for move in WAYS[status]:
            make(move, campaign, by=REGISTRY, at=clock.read().business)
    return campaign


def test_every_status_is_reached_by_moves_and_by_nothing_else() -> None:
    assert set(EVERY) == set(states.LOOKS)
    reached = {states.DRAFT} | {move.target for move in MOVES}
    assert reached == set(states.LOOKS)
    assert all(move.sources <= set(states.LOOKS) for move in MOVES)


@pytest.mark.parametrize(("act", "status"), list(product(ACTS, EVERY)))
def test_each_act_in_each_state(ada: Person, act: str, status: str) -> None:
    fresh(ada.client)
    campaign, does = campaign_in(ada, status), ACTS[act]
    before, written = _row(ada, campaign), _written(ada)
    answer = getattr(ada.client, does.method)(f"/campaigns/{does.path.format(campaign.pk)}", does.data)
    after = _row(ada, campaign)
    assert answer.status_code == does.answers.get(status, does.otherwise)
    if status in does.says:
        assert does.says[status] in answer.content.decode().lower()
    if status in does.leaves:
        # One move, and one event that tells of it.
        assert after["status"] == does.leaves[status]
        assert _written(ada) == written + 1
        return
    assert after == before
    assert _written(ada) == written


def _row(person: Person, campaign: Campaign) -> dict[str, Any]:
    with person.acting():
        row: dict[str, Any] = Campaign.objects.filter(pk=campaign.pk).values().get()
    return row


def _written(person: Person) -> int:
    """Events of campaigns in the log."""
    with person.acting():
        return int(Event.objects.filter(object_kind="campaign").count())


@pytest.mark.parametrize("move", MOVES, ids=lambda one: f"{one.name}-{one.target}")
def test_each_move_is_taken_from_its_sources_and_from_no_other_state(ada: Person, move: Move) -> None:
    campaign = campaign_draft(ada)
    action, at = f"campaign.{move.name}", clock.read().business
    with ada.acting():
        for status in EVERY:
            # What stands behind a state is no matter to a move.
            Campaign.objects.filter(pk=campaign.pk).update(status=status, terms_accepted_at=at)
            campaign.refresh_from_db()
            before = events(ada, action)
            if status in move.sources:
                make(move, campaign, by=REGISTRY, at=at)
                assert (campaign.status, events(ada, action)) == (move.target, before + 1)
                continue
            with pytest.raises(StaleState):
                make(move, campaign, by=REGISTRY, at=at)
            assert Campaign.objects.get(pk=campaign.pk).status == status
            assert events(ada, action) == before


def test_the_database_itself_knows_no_other_state(ada: Person) -> None:
    campaign = campaign_draft(ada)
    with pytest.raises(IntegrityError, match="campaign_status_known"), ada.acting(), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(status="approved")


@pytest.mark.parametrize("missing", ["terms_accepted_at", "brand_id"])
def test_a_campaign_without_terms_or_brand_cannot_have_been_filed(ada: Person, missing: str) -> None:
    campaign = submitted_campaign(ada)
    with pytest.raises(IntegrityError, match="campaign_terms_accepted"), ada.acting():
        Campaign.objects.filter(pk=campaign.pk).update(**{missing: None})


def test_nothing_is_sent_twice_by_any_act(ada: Person) -> None:
    campaign = campaign_in(ada, states.EXPIRED)
    for _press in range(3):
        ada.post(f"/campaigns/{campaign.pk}/resubmission/")
        ada.post(f"/campaigns/drafts/{campaign.pk}/submission/")
    with ada.acting():
        rows = Submission.objects.filter(subject_id=campaign.pk)
        assert list(rows.order_by("accepted_at").values_list("purpose", flat=True)) == [
            "register",
            "register",
        ]
