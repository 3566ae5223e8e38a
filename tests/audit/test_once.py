"""Every change of a state writes exactly one event, with who, when and from where; nothing else writes any."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from brands import states
from brands.models import Brand
from campaigns import states as campaign_states
from campaigns.models import Campaign
from phone_numbers.models import Number
from portal import clock
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE
from portal.lifecycle.models import Submission
from portal.lifecycle.states import StaleState, make
from portal.support.models import Message, Ticket
from portal.tenancy.models import Invitation, Membership, Organization
from tests.accounts.proving import with_app
from tests.brands.test_state_matrix import brand_in
from tests.campaigns.numbering import numbers_of
from tests.factories import (
    ADDRESS,
    ANSWERS,
    BUSINESS,
    CAMPAIGN,
    COMPANY,
    CONTACT,
    active_campaign,
    brand_draft,
    verified_brand,
)
from tests.operations.staff import Colleague, on_duty
from tests.people import Person, enrolled
from tests.tenancy.addresses import addresses
from tests.tenancy.matrix import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def events(person: Person) -> list[Event]:
    """All events of `person`'s organization, oldest first."""
    with person.acting():
        return list(Event.objects.order_by("id"))


@pytest.mark.parametrize("move", states.MOVES, ids=lambda move: move.name)
def test_every_move_writes_exactly_one_event_and_a_move_that_is_too_late_none(move: Any, ada: Person) -> None:
    brand = brand_draft(ada)
    at = clock.read().business
    for source in sorted(move.sources):
        with ada.acting():
            Brand.objects.filter(pk=brand.pk).update(status=source)
            brand.refresh_from_db()
        before = events(ada)
        with ada.acting():
            make(move, brand, by=ada.actor, at=at)
        (event,) = events(ada)[len(before) :]
        assert (event.action, event.object_kind, event.object_id) == (f"brand.{move.name}", "brand", brand.pk)
        assert (event.actor_id, event.actor_name, event.address) == (ada.user.pk, "Ada Osei", "127.0.0.1")
        assert event.at == at
    for status in set(states.LOOKS) - move.sources:
        with ada.acting():
            Brand.objects.filter(pk=brand.pk).update(status=status)
            before = list(Event.objects.all())
            with pytest.raises(StaleState):
                make(move, brand, by=ada.actor, at=at)
            assert list(Event.objects.all()) == before


# --- a walk through every page that changes something

# The addresses that take a POST and change no state of an organization, each with its reason.
NO_STATE = {
    "brands:tax-id": "shows a tax id in full, which is an event without a change",
    "brands:findings": "looks at answers, and saves none",
    "brands:discard": "an event of its own, and answers of a working copy: tests/brands/test_correcting.py",
    "brands:review": "only after a refusal: tests/brands/test_resubmitting.py",
    "brands:confirmation": "only when the registry waits for it: tests/brands/test_confirming.py",
    "brands:contact": "only when the registry waits for it: tests/brands/test_confirming.py",
    "brands:send-password": "only when the registry waits for it: tests/brands/test_passwords.py",
    "brands:check-password": "only after a sending: tests/brands/test_passwords.py",
    "numbers:selection": "what one person has ticked",
    "numbers:assignment": "one event for each of many numbers: tests/numbers/test_assigning.py",
    "numbers:again": "one event for each of many numbers: tests/numbers/test_assigning.py",
    "numbers:removal": "one event for each of many numbers: tests/numbers/test_unassigning.py",
    "numbers:undo": "one event for each of many numbers: tests/numbers/test_unassigning.py",
    "numbers:import": "files, with an event each: tests/numbers/test_import_pages.py",
    "numbers:sync": "asks for a reading, with an event: tests/numbers/test_syncing.py",
    "numbers:new": "one event for each of many numbers: tests/numbers/test_adding.py",
    "numbers:change": "what a number is called, with an event: tests/numbers/test_adding.py",
    "operations:pause": "an account of the house: tests/operations/test_carriers.py",
    "operations:resume": "an account of the house: tests/operations/test_carriers.py",
    "operations:compare": "makes a look due: tests/operations/test_carriers.py",
    "campaigns:step": "answers of a draft are saved as they are typed; what was filed is frozen by the submission",
    "campaigns:findings": "looks at answers, and saves none",
    "campaigns:calendar-address": "a person's own address, with an event: tests/campaigns/test_calendar.py",
    "campaigns:discard": "an event of its own, and answers of a working copy: tests/campaigns/test_correcting.py",
    "brands:step": "answers of a draft are saved as they are typed; what was filed is frozen by the submission",
    "tenancy:audit-export": "changes nothing; that it was done is an event all the same (test_export.py)",
    "tenancy:choose": "which organization this browser works for",
    "tenancy:join": "whoever comes has no account yet: tests/tenancy/test_joining.py",
    "notifications:": "what one person has read or wants to be told; a change of preferences is the house's event",
    "operations:notice": "notices of all organizations are the house's events",
    "operations:new": "its organization does not exist before: tests/operations/test_making.py",
    "operations:owner": "an invitation in another's name: tests/operations/test_making.py",
    "operations:visit": "an event without a change: tests/operations/test_visiting.py",
    "operations:settlement": "a write that waits for a person: tests/operations/test_settling.py",
    "operations:leave": "an event without a change: tests/operations/test_visiting.py",
    "accounts:": "a person and their own account: the house's events",
}


def state(organization: Organization) -> dict[str, Any]:
    """The states that an audit log has to account for."""
    organization.refresh_from_db()
    brands = {str(one.pk): one.status for one in Brand.objects.all()}
    brands |= {str(one.pk): one.purpose for one in Submission.objects.all()}
    campaigns = {str(one.pk): one.status for one in Campaign.objects.all()}
    members = {str(one.user_id): one.role for one in Membership.objects.filter(organization=organization)}
    asked = {
        str(one.pk): (one.role, one.generation, one.accepted_at, one.withdrawn_at)
        for one in Invitation.objects.all()
    }
    itself = {
        name: getattr(organization, name) for name in ("name", "time_zone", "mfa_required", "suspended_at")
    }
    tickets = {str(one.pk): (one.status, one.since, one.promised_for) for one in Ticket.objects.all()}
    tickets |= {str(one.pk): one.act for one in Message.objects.all()}
    return brands | campaigns | members | asked | tickets | itself


class Walk:
    """Posts, one after the other, each held against the log."""

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.walked: set[str] = set()

    def look(self) -> tuple[dict[str, Any], list[Event]]:
        with self.owner.acting():
            return state(self.owner.organization), list(Event.objects.order_by("id"))

    def post(
        self,
        name: str,
        client: Client,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        by: str,
        changes: bool = True,
    ) -> None:
        """Post, and compare: one event by `by` from this address when the state changed, none otherwise."""
        self.walked.add(name)
        before, told = self.look()
        started = clock.read().business
        answer = client.post(path, data or {}, REMOTE_ADDR="198.51.100.7")
        after, now_told = self.look()
        new = now_told[len(told) :]
        what = f"{name}: {answer.status_code}, {[event.action for event in new]}"
        assert (after != before) is changes, what
        if not changes:
            assert new == [], what
            return
        assert len(new) == 1, what
        (event,) = new
        assert by in event.actor_name, what
        assert event.actor_id is not None, what
        assert event.address == "198.51.100.7", what
        assert timedelta(0) <= event.at - started < timedelta(seconds=30), what

    def last(self) -> Event:
        return self.look()[1][-1]


def brands_walk(walk: Walk, ada: Person) -> None:
    """Two drafts: one is filed, twice; one is deleted, twice."""
    for ending in ("submission", "deletion"):
        walk.post("brands:new", ada.client, "/brands/new/", {"accept": "on"}, by="Ada")
        draft = f"/brands/drafts/{walk.last().object_id}"
        walk.post("brands:new", ada.client, "/brands/new/", {}, by="Ada", changes=False)
        for slug, answers in (
            ("company", COMPANY),
            ("address", ADDRESS),
            ("business", BUSINESS),
            ("contact", CONTACT),
        ):
            walk.post("brands:step", ada.client, f"{draft}/{slug}/", answers, by="Ada", changes=False)
        name = {"submission": "brands:submission", "deletion": "brands:delete-draft"}[ending]
        walk.post(name, ada.client, f"{draft}/{ending}/", by="Ada")
        walk.post(name, ada.client, f"{draft}/{ending}/", by="Ada", changes=False)


def filed_walk(walk: Walk, ada: Person) -> None:
    """A brand that was filed is deleted, and deleted in vain."""
    path = f"/brands/{brand_in(ada, states.VERIFIED).pk}/deletion/"
    name = {"name": ANSWERS["display_name"]}
    walk.post("brands:deletion", ada.client, path, name, by="Ada")
    walk.post("brands:deletion", ada.client, path, name, by="Ada", changes=False)


def campaigns_walk(walk: Walk, ada: Person) -> None:
    """A draft is filed and another deleted; what came back is appealed, and what expired submitted again."""
    brand = verified_brand(ada)
    needed = {"collects_opt_ins": "on", "processes_opt_outs": "on", "answers_help": "on"}
    for ending in ("submission", "deletion"):
        walk.post("campaigns:new", ada.client, "/campaigns/new/", needed, by="Ada")
        walk.post("campaigns:new", ada.client, "/campaigns/new/", {}, by="Ada", changes=False)
        with ada.acting():
            draft = Campaign.objects.get(pk=walk.last().object_id)
            draft.save_answers(CAMPAIGN, times=clock.read())
        name = {"submission": "campaigns:submission", "deletion": "campaigns:delete-draft"}[ending]
        walk.post(name, ada.client, f"/campaigns/drafts/{draft.pk}/{ending}/", by="Ada")
        walk.post(name, ada.client, f"/campaigns/drafts/{draft.pk}/{ending}/", by="Ada", changes=False)
    campaign = active_campaign(ada, brand)
    page = f"/campaigns/{campaign.pk}"
    walk.post("campaigns:clone", ada.client, f"{page}/clone/", by="Ada")
    why = {"reason": "The privacy policy says now that numbers are never shared."}
    with ada.acting():
        make(campaign_states.REJECT, campaign, by=CLEARLINE, at=clock.read().business)
    walk.post("campaigns:appeal", ada.client, f"{page}/appeal/", why, by="Ada")
    walk.post("campaigns:appeal", ada.client, f"{page}/appeal/", why, by="Ada", changes=False)
    with ada.acting():
        # What was sent has been answered.
        Submission.objects.filter(subject_id=campaign.pk).update(state="confirmed")
        make(campaign_states.EXPIRE, campaign, by=CLEARLINE, at=clock.read().business)
    walk.post("campaigns:resubmission", ada.client, f"{page}/resubmission/", by="Ada")
    walk.post("campaigns:resubmission", ada.client, f"{page}/resubmission/", by="Ada", changes=False)
    page = f"/campaigns/{active_campaign(ada, brand).pk}"
    walk.post("campaigns:renewal", ada.client, f"{page}/renewal/", {"renews": "on"}, by="Ada")
    walk.post("campaigns:renewal", ada.client, f"{page}/renewal/", {"renews": "on"}, by="Ada", changes=False)
    page = f"/campaigns/{active_campaign(ada, brand).pk}"
    walk.post("campaigns:deletion", ada.client, f"{page}/deletion/", {"sure": "on"}, by="Ada")
    walk.post("campaigns:deletion", ada.client, f"{page}/deletion/", {"sure": "on"}, by="Ada", changes=False)
    walk.post("campaigns:undo", ada.client, f"{page}/undo/", by="Ada")
    walk.post("campaigns:undo", ada.client, f"{page}/undo/", by="Ada", changes=False)


def people_walk(walk: Walk, ada: Person, bo: Person) -> None:
    """Somebody is asked in and not; roles change; somebody goes."""
    base = "/organization"
    asked = {"email": "new@acme.example", "role": "viewer"}
    walk.post("tenancy:invite", ada.client, f"{base}/invitations/new/", asked, by="Ada")
    invitation = f"{base}/invitations/{walk.last().object_id}"
    walk.post("tenancy:invite", ada.client, f"{base}/invitations/new/", asked, by="Ada", changes=False)
    walk.post("tenancy:mail", ada.client, f"{invitation}/mail/", by="Ada", changes=False)
    with ada.acting():
        Invitation.objects.update(due_at=clock.read().business - timedelta(hours=1))
    walk.post("tenancy:mail", ada.client, f"{invitation}/mail/", by="Ada")
    walk.post("tenancy:withdraw", ada.client, f"{invitation}/withdrawal/", by="Ada")
    walk.post("tenancy:withdraw", ada.client, f"{invitation}/withdrawal/", by="Ada", changes=False)
    member = f"{base}/members/{bo.user.pk}"
    walk.post("tenancy:role", ada.client, f"{member}/role/", {"role": "submitter"}, by="Ada")
    walk.post("tenancy:role", ada.client, f"{member}/role/", {"role": "submitter"}, by="Ada", changes=False)
    walk.post("tenancy:leave", bo.client, f"{base}/leave/", by="Bo")
    di = enrolled("di")
    walk.post("tenancy:removal", ada.client, f"{base}/members/{di.user.pk}/removal/", by="Ada")
    walk.post("tenancy:removal", ada.client, f"{base}/members/{di.user.pk}/removal/", by="Ada", changes=False)
    walk.post("tenancy:leave", ada.client, f"{base}/leave/", by="Ada", changes=False)


def settings_walk(walk: Walk, ada: Person) -> None:
    page = "/organization/settings/"
    zone = ada.organization.time_zone
    walk.post("tenancy:settings", ada.client, page, {"name": "Acme Two", "time_zone": zone}, by="Ada")
    walk.post(
        "tenancy:settings", ada.client, page, {"name": "Acme Two", "time_zone": zone}, by="Ada", changes=False
    )
    walk.post("tenancy:settings", ada.client, page, {"name": "Acme Two", "time_zone": "UTC"}, by="Ada")
    two_step = f"{page}two-step/"
    walk.post("tenancy:two-step", ada.client, two_step, {"required": "yes"}, by="Ada", changes=False)
    ada.settle(mfa_required=True)
    walk.look()
    with_app(ada.user)
    walk.post("tenancy:two-step", ada.client, two_step, {"required": "no"}, by="Ada")
    walk.post("tenancy:two-step", ada.client, two_step, {"required": "yes"}, by="Ada")
    walk.post("tenancy:two-step", ada.client, two_step, {"required": "no"}, by="Ada")


def tickets_walk(walk: Walk, ada: Person, pia: Colleague) -> None:
    """A question goes to and fro and is closed; of three requests one is granted, one rejected, one withdrawn."""

    def twice(name: str, client: Client, path: str, data: dict[str, Any], *, by: str) -> None:
        """The same form a second time changes nothing."""
        data = {**data, "token": str(uuid4())}
        walk.post(name, client, path, data, by=by)
        walk.post(name, client, path, data, by=by, changes=False)

    twice("support:new", ada.client, "/support/new/", {"subject": "Porting", "text": "How long?"}, by="Ada")
    page, case = f"/support/{walk.last().object_id}", f"/operations/desk/{walk.last().object_id}"
    twice("support:reply", ada.client, f"{page}/reply/", {"text": "Hello?"}, by="Ada")
    asked = {"text": "Which number?", "act": "ask"}
    twice("operations:desk-message", pia.client, f"{case}/message/", asked, by="Pia")
    noted = {"note": "Asked the carrier."}
    walk.post("operations:desk-note", pia.client, f"{case}/note/", noted, by="Pia", changes=False)
    twice("operations:desk-closing", pia.client, f"{case}/closing/", {"text": "Done."}, by="Pia")
    numbers_of(ada, 2)
    for ending, data in (("approval", {"granted": "60"}), ("rejection", {"text": "Not this one."}), ("", {})):
        campaign = active_campaign(ada, verified_brand(ada))
        with ada.acting():
            kept = [str(one.pk) for one in Number.objects.all()]
        given = {"planned": "60", "reason": "agents", "text": "Every dentist has one.", "numbers": kept}
        twice("numbers:pool", ada.client, f"/numbers/pool/{campaign.pk}/", given, by="Ada")
        page, case = f"/support/{walk.last().object_id}", f"/operations/desk/{walk.last().object_id}"
        if ending:
            twice(f"operations:desk-{ending}", pia.client, f"{case}/{ending}/", data, by="Pia")
        else:
            twice("support:end", ada.client, f"{page}/end/", data, by="Ada")


def operators_walk(walk: Walk, olu: Colleague) -> None:
    page = f"/operations/organizations/{walk.owner.organization.pk}"
    reason = {"reason": "They asked for it on the telephone"}
    walk.post("operations:suspension", olu.client, f"{page}/suspension/", reason, by="Olu")
    walk.post("operations:suspension", olu.client, f"{page}/suspension/", reason, by="Olu", changes=False)
    walk.post("operations:resumption", olu.client, f"{page}/suspension/end/", by="Olu")
    walk.post("operations:resumption", olu.client, f"{page}/suspension/end/", by="Olu", changes=False)


def test_every_page_that_changes_a_state_writes_exactly_one_event(ada: Person, bo: Person) -> None:
    walk = Walk(ada)
    fresh(ada.client)
    fresh(bo.client)
    brands_walk(walk, ada)
    filed_walk(walk, ada)
    campaigns_walk(walk, ada)
    people_walk(walk, ada, bo)
    settings_walk(walk, ada)
    operators_walk(walk, on_duty("olu"))
    tickets_walk(walk, ada, on_duty("pia"))
    stranger = Client()
    posts = {
        one.name
        for one in addresses()
        if one.name.split(":")[0] in {"brands", "campaigns", "support", "tenancy", "operations"}
        and stranger.post(one.path({hole: one.never(hole) for hole in one.holes})).status_code != 405
    }
    left = {name for name in posts - walk.walked if not name.startswith(tuple(NO_STATE))}
    assert left == set(), "a new page that takes a POST is walked here, or changes no state, with a reason"
