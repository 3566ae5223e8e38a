"""Every waiting page says who is waited for, since when, what is usual, when it was looked at, what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brands import states
from brands.models import Brand
from brands.scoring import TIERS, score_of, tier_of
from brands.waiting import status_of
from portal import clock
from portal.audit.recording import REGISTRY, Actor
from portal.audit.sentences import timeline
from portal.carriers.contract import BrandReading, BrandState
from portal.lifecycle import accounts, gateway
from portal.lifecycle.handlers import Reading
from portal.lifecycle.models import CarrierAccount, Due, Submission, Watch, watch
from portal.lifecycle.states import make
from portal.lifecycle.waiting import LATE
from portal.notifications.models import Notification
from tests.brands.test_state_matrix import WAYS, brand_in
from tests.factories import ALONE
from tests.people import Person

pytestmark = pytest.mark.django_db

WAITED_FOR = {
    states.SUBMITTING: "the carrier",
    states.IN_REVIEW: "the registry",
    states.CONFIRM: "the contact person",
    states.PASSWORD: "you",
    states.DELETING: "the carrier",
    states.SUSPENDED: "the registry",
    states.MISSING: "the portal's operator",
}


def watched(person: Person, status: str) -> Brand:
    """A brand in this state that is read at the registry."""
    brand = brand_in(person, status)
    if status == states.SUBMITTING:
        return brand
    times = clock.read()
    with person.acting():
        row = watch(
            brand,
            account="telnyx",
            reference="ref",
            key=None,
            first_read_at=times.business + timedelta(hours=1),
            business_now=times.business,
        )
        Watch.objects.filter(pk=row.pk).update(last_read_at=times.business - timedelta(minutes=9))
    return brand


@pytest.mark.parametrize("status", WAITED_FOR)
def test_a_waiting_page_names_whom_since_when_what_is_usual_and_what_to_do(ada: Person, status: str) -> None:
    brand = watched(ada, status)
    text = " ".join(ada.get(f"/brands/{brand.pk}/").content.decode().split())
    with ada.acting():
        said = status_of(brand, clock.read())
    assert str(said.whom) == WAITED_FOR[status]
    assert said.since == brand.since
    assert f"waiting for {WAITED_FOR[status]}".replace("'", "&#x27;") in text
    for words in (said.headline, said.usual, said.to_do):
        assert str(words)
        assert str(words).replace("'", "&#x27;") in text
    if status != states.SUBMITTING:
        assert "Last checked" in text
        assert "next check" in text


def test_every_state_has_words_of_its_own(ada: Person) -> None:
    headlines = set()
    for status in WAYS:
        brand = brand_in(ada, status)
        with ada.acting():
            headlines.add(str(status_of(brand, clock.read()).headline))
    assert len(headlines) == len(WAYS)


def test_a_span_of_business_days_names_its_calendar(ada: Person) -> None:
    brand = watched(ada, states.IN_REVIEW)
    with ada.acting():
        assert "Monday to Friday" in str(status_of(brand, clock.read()).usual)


@pytest.mark.parametrize("status", [states.SUBMITTING, states.IN_REVIEW, states.CONFIRM])
def test_refused_credentials_are_said_wherever_they_hold_something_up(ada: Person, status: str) -> None:
    brand = watched(ada, status)
    account = gateway.default_account()
    CarrierAccount.objects.update_or_create(
        account=account,
        defaults={"refused_at": clock.read().machine, "refused_key": gateway.key_mark(account)},
    )
    text = ada.get(f"/brands/{brand.pk}/").content.decode()
    assert "portal&#x27;s credentials" in text
    assert "nothing is lost" in text


def test_a_persons_pause_is_said_with_its_reason_where_something_waits_to_be_sent(ada: Person) -> None:
    accounts.pause(gateway.default_account(), by=Actor("Olu"), reason="The registry is moving house.")
    waits = ada.get(f"/brands/{watched(ada, states.SUBMITTING).pk}/").content.decode()
    assert "The registry is moving house." in waits
    assert "Yours is kept" in waits
    # Readings go on, so nothing is held up here.
    assert "moving house" not in ada.get(f"/brands/{watched(ada, states.IN_REVIEW).pk}/").content.decode()


def test_a_check_that_is_late_is_said_and_not_called_the_next_one(ada: Person) -> None:
    brand = watched(ada, states.IN_REVIEW)
    with ada.acting():
        Watch.objects.update(next_read_at=clock.read().business - LATE * 2)
        said = status_of(brand, clock.read())
    assert said.next_check is None
    assert "late" in str(said.problem)


def test_a_submission_that_is_tried_again_says_when(ada: Person) -> None:
    brand = brand_in(ada, states.SUBMITTING)
    times = clock.read()
    with ada.acting():
        Submission.objects.update(failures=2, sent_at=times.machine)
        Due.objects.update(due_at=times.machine + timedelta(minutes=10))
        said = status_of(brand, times)
    assert "does not answer" in str(said.headline)
    assert said.next_check == times.business + timedelta(minutes=10)


def test_the_overview_sorts_what_needs_somebody_from_what_only_waits(ada: Person) -> None:
    brands = {status: brand_in(ada, status) for status in WAYS}
    for status, brand in brands.items():
        with ada.acting():
            Brand.objects.filter(pk=brand.pk).update(display_name=f"Named {status}")
    text = ada.get("/").content.decode()
    needs, waiting, ending = (text.index(f'id="{name}"') for name in ("needs-you", "waiting", "ending"))
    parts = {"needs": text[needs:waiting], "waiting": text[waiting:ending]}
    for status in WAYS:
        part = "needs" if status in states.NEEDS_YOU else "waiting"
        shown = status not in (states.VERIFIED, states.DELETED)
        assert (f"Named {status}<" in parts[part]) is shown, status
        assert f"Named {status}<" not in parts["needs" if part == "waiting" else "waiting"], status


# --- what a registry says in an order of its own


def say(person: Person, brand: Brand, state: BrandState, word: str = "", *, later: timedelta) -> None:
    """One reading of the registry, `later` than now."""
    from brands.lifecycle import BrandWatching, Seen

    times = clock.read()
    at = clock.Times(times.machine + later, times.business + later)
    seen = BrandReading("ref", state, word or str(state))
    with person.acting():
        BrandWatching().apply(Watch.objects.get(subject_id=brand.pk), Reading(seen.word, {}, Seen(seen)), at)


def sentences(person: Person, brand: Brand) -> list[tuple[str, str]]:
    with person.acting():
        return [(str(one.sentence), str(one.tone)) for one in reversed(timeline(brand))]


def rows(person: Person, brand: Brand) -> list[Notification]:
    with person.acting():
        found = Notification.objects.filter(user=person.user, object_id=brand.pk)
        return list(found.order_by("at", "pk"))


def test_a_step_backwards_is_kept_as_reported_and_stands_out(ada: Person) -> None:
    brand = watched(ada, states.VERIFIED)
    say(ada, brand, BrandState.PENDING, later=timedelta(hours=1))
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).status == states.IN_REVIEW
    last, tone = sentences(ada, brand)[-1]
    assert "took the verification back" in last
    assert tone == "late"


def test_a_word_that_nobody_knows_is_shown_as_it_is(ada: Person) -> None:
    brand = watched(ada, states.VERIFIED)
    say(ada, brand, BrandState.UNKNOWN, "PONDERING", later=timedelta(hours=1))
    text = ada.get(f"/brands/{brand.pk}/").content.decode()
    assert "Unknown: PONDERING" in text
    say(ada, brand, BrandState.UNKNOWN, "PONDERING", later=timedelta(hours=2))
    assert sum("word that we do not know" in one for one, _tone in sentences(ada, brand)) == 1


FLIPS = (
    BrandState.PENDING,
    BrandState.VERIFIED,
    BrandState.PENDING,
    BrandState.VERIFIED,
    BrandState.SUSPENDED,
)


def test_a_flip_flop_is_audited_in_full_and_told_once(ada: Person, mailoutbox: list[object]) -> None:
    from tests.notifications.posting import Clock, post

    brand = watched(ada, states.IN_REVIEW)
    before = len(sentences(ada, brand))
    for number, state in enumerate(FLIPS):
        say(ada, brand, state, later=timedelta(seconds=5 * number))
    # The first is what it was already; each of the other four is a change.
    assert len(sentences(ada, brand)) == before + 4
    assert [one.state for one in rows(ada, brand)] == [states.SUSPENDED]
    read = Clock()
    assert post(read) == 0
    read.pass_(seconds=90)
    assert post(read) == 1
    assert len(mailoutbox) == 1
    assert "suspended" in mailoutbox[0].subject  # type: ignore[attr-defined]


def test_a_decision_that_is_taken_back_at_once_is_not_mailed(ada: Person, mailoutbox: list[object]) -> None:
    from tests.notifications.posting import Clock, post

    read = Clock()
    brand = watched(ada, states.IN_REVIEW)
    say(ada, brand, BrandState.VERIFIED, later=timedelta(0))
    say(ada, brand, BrandState.PENDING, later=timedelta(seconds=10))
    read.pass_(minutes=5)
    assert post(read) == 0


def test_the_same_decision_twice_on_a_day_is_mailed_once(ada: Person, mailoutbox: list[object]) -> None:
    from tests.notifications.posting import Clock, post

    read = Clock()
    brand = watched(ada, states.IN_REVIEW)
    for hours in (0, 2, 4):
        say(ada, brand, BrandState.VERIFIED, later=timedelta(hours=hours))
        read.business = timedelta(hours=hours, minutes=5)
        post(read)
        say(ada, brand, BrandState.PENDING, later=timedelta(hours=hours + 1))
    assert len(rows(ada, brand)) == len(mailoutbox) == 1


def test_a_state_that_is_left_at_once_is_no_news_when_the_one_before_stands_again(ada: Person) -> None:
    from tests.notifications.posting import Clock, post

    read = Clock()
    brand = watched(ada, states.VERIFIED)
    say(ada, brand, BrandState.SUSPENDED, later=timedelta(hours=1))
    read.business = timedelta(hours=1, minutes=5)
    post(read)
    say(ada, brand, BrandState.VERIFIED, later=timedelta(hours=2))
    say(ada, brand, BrandState.SUSPENDED, later=timedelta(hours=2, seconds=20))
    told = [one for one in rows(ada, brand) if one.state == states.SUSPENDED]
    assert len(told) == 1
    with ada.acting():
        assert told[0].since == Brand.objects.get(pk=brand.pk).since
    read.business = timedelta(hours=3)
    assert post(read) == 0


def test_a_rejection_after_a_correction_is_told_again(ada: Person) -> None:
    brand = watched(ada, states.REJECTED)
    at = clock.read().business + timedelta(hours=1)
    with ada.acting():
        Notification.objects.update(sent_at=at)
        make(states.RESUBMIT, brand, by=ada.actor, at=at)
        make(states.ACCEPT, brand, by=REGISTRY, at=at)
        make(states.REJECT, brand, by=REGISTRY, at=at + timedelta(minutes=2))
    assert [one.state for one in rows(ada, brand)] == [states.REJECTED, states.REJECTED]


# --- the score


@pytest.mark.parametrize("points", range(101))
def test_every_score_has_one_tier(points: int) -> None:
    tier = tier_of(points)
    assert tier is not None
    assert sum(one.at_least <= points <= one.at_most for one in TIERS) == 1


def test_a_score_is_shown_with_its_tier_and_none_is_optional(ada: Person) -> None:
    brand = watched(ada, states.VERIFIED)
    assert "Not vetted; optional." in ada.get(f"/brands/{brand.pk}/").content.decode()
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(score=82, vetting_class="STANDARD")
    text = " ".join(ada.get(f"/brands/{brand.pk}/").content.decode().split())
    assert "82 of 100" in text
    assert "Top tier" in text
    assert "T-Mobile: 200,000 message parts a day" in text
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(entity_type=ALONE["entity_type"])
        assert score_of(Brand.objects.get(pk=brand.pk)) is None
        Brand.objects.filter(pk=brand.pk).update(status=states.REJECTED)
        assert score_of(Brand.objects.get(pk=brand.pk)) is None
