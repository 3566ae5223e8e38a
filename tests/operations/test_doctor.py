"""`manage.py doctor ID` finds anything by any of its ids and says in words why it does not move."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from brands.models import Brand
from campaigns.deleting import ask_deletion
from portal import clock
from portal.audit.recording import Actor
from portal.lifecycle import accounts
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Due, Stranger, Submission, SubmissionState
from portal.notifications.models import Notification
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, brand_draft, submitted_brand
from tests.lifecycle.moments import Later, work
from tests.people import Person, enrolled
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.django_db


def doctor(wanted: str) -> str:
    out = io.StringIO()
    call_command("doctor", wanted, stdout=out)
    return out.getvalue()


def why(wanted: str) -> str:
    """The last sentence about the first thing found."""
    return next(line for line in doctor(wanted).splitlines() if line.startswith("Why"))[12:]


def alive(seconds_ago: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lifecycle_heartbeat (name, at) VALUES ('worker', now() - make_interval(secs => %s))"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [seconds_ago],
        )


def submission_of(brand: Brand, person: Person) -> Submission:
    with person.acting():
        found = brand.latest_submission()
    assert found is not None
    return found


def test_a_brand_is_found_by_its_id_and_by_our_reference(ada: Person) -> None:
    brand = submitted_brand(ada)
    submission = submission_of(brand, ada)
    for wanted in (
        str(brand.pk),
        str(brand.pk)[:8],
        str(submission.pk),
        str(submission.key),
        submission.short_key,
    ):
        said = doctor(wanted)
        assert "Submitting" in said
        assert str(submission.key) in said
        assert "brand.submitted" in said
        assert ada.organization.name in said


@pytest.mark.slow
def test_a_filed_brand_is_found_by_the_carriers_and_the_registrys_ids(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada)
    work()
    with ada.acting():
        brand = Brand.objects.get(pk=brand.pk)
    assert "waits for the registry" in why(brand.reference)
    registry.approve(brand.reference)
    later = Later()
    later.pass_(minutes=1)
    work(later)
    with ada.acting():
        brand = Brand.objects.get(pk=brand.pk)
        told = Notification.objects.filter(object_id=brand.pk).values_list("pk", flat=True).first()
    assert f"Brand       {brand.name}" in doctor(brand.registry_id)
    assert told is not None
    assert "verified" in doctor(str(told))


@pytest.mark.parametrize("wanted", ["junk", "00000000-0000-4000-8000-000000000000", "", "%", "\\", "'; --"])
def test_it_says_when_there_is_no_such_thing(ada: Person, wanted: str) -> None:
    submitted_brand(ada)
    with pytest.raises(CommandError, match="Nothing has the id"):
        doctor(wanted)


def test_a_draft_waits_for_a_person(ada: Person) -> None:
    assert "somebody has to submit it" in why(str(brand_draft(ada).pk))


def test_a_dead_worker_is_named_as_the_reason(ada: Person) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        Due.objects.update(due_at=clock.read().machine - timedelta(minutes=5))
    alive(seconds_ago=600)
    assert "no worker is alive" in why(str(brand.pk))
    alive()
    assert "others are before it" in why(str(brand.pk))


def test_a_pause_a_silent_carrier_and_a_wish_to_wait_are_named_as_the_reason(ada: Person) -> None:
    brand = submitted_brand(ada)
    now = clock.read().machine
    account = submission_of(brand, ada).account
    accounts.pause(account, by=Actor("Olu"), reason="moving house")
    assert "paused since" in why(str(brand.pk))
    assert "Olu: moving house" in why(account)
    accounts.resume(account, by=Actor("Olu"))
    CarrierAccount.objects.update(opened_at=now, open_until=now + timedelta(seconds=20))
    assert "does not answer" in why(str(brand.pk))
    CarrierAccount.objects.update(opened_at=None, open_until=None, wait_until=now + timedelta(seconds=90))
    assert "asked us to wait" in why(str(brand.pk))
    CarrierAccount.objects.update(wait_until=None)
    assert "may be asked" in why(account)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SubmissionState.UNKNOWN, "Nobody knows whether it arrived"),
        (SubmissionState.PARKED, "cannot be searched"),
        (SubmissionState.REFUSED, "a person has to change something"),
        (SubmissionState.CONFIRMED, "It has arrived"),
        (SubmissionState.ACCEPTED, "on its way"),
    ],
)
def test_each_recovery_point_has_its_sentence(ada: Person, state: str, words: str) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        Submission.objects.update(state=state)
    assert words in why(str(brand.pk))


def test_a_held_row_and_a_lost_one_are_told_apart(ada: Person) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        Due.objects.update(lease_until=clock.read().machine + timedelta(seconds=30))
    assert "A worker is at it now" in why(str(brand.pk))
    with ada.acting():
        Due.objects.all().delete()
    assert "should not be possible" in why(str(brand.pk))


def test_people_organizations_events_and_strangers_are_found_too(ada: Person) -> None:
    assert why(ada.user.email) == f"Last signed in {ada.user.last_login:%Y-%m-%d %H:%M:%S} UTC."
    assert why(enrolled("ed", sign_in=False).user.email) == "Has never signed in."
    assert f"Member of   {ada.organization.name}" in doctor(ada.user.email.upper())
    assert ada.user.email in doctor(ada.organization.name)
    CarrierEvent.objects.create(account="telnyx", event_id="evt-0001-odd", type="10dlc.brand.update")
    Stranger.objects.create(account="telnyx", reference="their-brand-1", kind="brand")
    assert "Nothing here has its key" in why("evt-0001-odd")
    assert "nobody here made it" in why("their-brand-1")


def test_no_tax_id_and_no_payload_is_told(ada: Person) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        assert brand.tax_identity is not None
        tax_id = Brand.objects.get(pk=brand.pk).tax_identity.open()
    said = doctor(str(brand.pk))
    assert tax_id not in said.replace("-", "")
    assert "tax-id:" not in said


def test_a_campaign_is_found_by_its_ids_and_says_where_each_carrier_stands(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers_on(ada, campaign, 2)
    with ada.acting():
        one = campaign.registration()
    assert one is not None
    for wanted in (str(campaign.pk), str(campaign.pk)[:8], one.reference, str(one.key)):
        said = doctor(wanted)
        assert "Campaign    Acme Plumbing visits" in said
        assert "Status      Active, version 1" in said
        assert "Numbers     2, awake" in said
        assert f"registration 1: {one.reference}" in said


def test_a_deletion_that_can_be_taken_back_is_told(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        ask_deletion(campaign, by=ada.actor, times=clock.read())
    said = doctor(str(campaign.pk))
    assert "can be taken back until" in said
    assert "delete v1 · accepted" in said


def test_a_number_says_why_it_cannot_send(ada: Person) -> None:
    campaign = active_campaign(ada, days=-1)
    (one,) = numbers_on(ada, campaign, 1)
    with ada.acting():
        e164 = one.number.e164
    dashed = f"{e164[2:5]}-{e164[5:8]}-{e164[8:]}"
    for wanted in (e164, e164.removeprefix("+1"), dashed, str(one.number_id)):
        said = doctor(wanted)
        assert f"Number      {e164}" in said
        assert "It cannot send: it is assigned, and its campaign is Expired." in said
