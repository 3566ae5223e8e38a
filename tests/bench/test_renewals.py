"""Ten thousand campaigns end on one day, at two requests a second: all are confirmed, and people hardly wait.

The loop, its claims, the gate and everything that a reading or a write changes are the real ones; only time is
injected, and the carrier is a table in memory that asks the gate for each request that Telnyx' client would make.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from campaigns import reminding
from campaigns.models import Campaign, Registration
from campaigns.outlook import FLAG, State, outlook
from campaigns.renewing import switch
from portal.carriers import loading
from portal.carriers.campaigns import CampaignReading, CampaignState, Network, NetworkState
from portal.carriers.contract import Capabilities, Created
from portal.carriers.gate import Held, Passage
from portal.carriers.policy import Rate
from portal.clock import Times
from portal.lifecycle import claiming, gateway, loop
from portal.lifecycle.errand import current
from portal.lifecycle.gate import BUSY, PATIENCE, AccountGate
from portal.lifecycle.models import Due, Submission, Watch
from portal.notifications.models import Notification
from tests.bench.figures import percentile, spread
from tests.factories import active_campaign, verified_brand
from tests.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RATE = Rate(per_second=2.0, burst=4)
# One call of the registry.
CALL = timedelta(milliseconds=400)
# A reading of an active campaign asks for the campaign and for what each mobile carrier says.
READING = 2
NETWORKS = tuple(Network(code, code, NetworkState.APPROVED, "APPROVED") for code in ("10017", "10035"))


class Moving:
    """A clock that goes on only when the simulation says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> Times:
        return Times(self.now, self.now)


@dataclass
class InMemory:
    """A carrier with a flag for each campaign. Half of them show the wrong one."""

    moving: Moving
    gate: AccountGate
    ends_at: datetime
    flags: dict[str, bool] = field(default_factory=dict)
    requests: int = 0
    capabilities = Capabilities(search=True, renewal="flag", brand_updates=True, events=True)

    def read_campaign(self, reference: str) -> CampaignReading:
        for _ in range(READING):
            self._request()
        return CampaignReading(
            reference=reference,
            state=CampaignState.ACTIVE,
            word="MNO_PROVISIONED",
            networks=NETWORKS,
            renews=self.flags[reference],
            ends_at=self.ends_at,
        )

    def set_auto_renewal(self, reference: str, renews: bool) -> Created:
        self._request()
        self.flags[reference] = renews
        return Created(reference, {})

    def close(self) -> None:
        """Nothing is open."""

    def _request(self) -> None:
        """A permit as `AccountGate.enter` takes it, with the waiting done by the simulation's clock."""
        waited = 0.0
        while True:
            refusal, wait = self.gate.ask(current())
            if not refusal:
                break
            waited += wait.total_seconds()
            if refusal != BUSY or waited > PATIENCE:
                current().held_for = wait.total_seconds()
                raise Held(refusal, retry_after=wait)
            self.moving.now += wait
        self.requests += 1
        self.moving.now += CALL
        self.gate.left(Passage.ANSWERED)


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch, ada: Person) -> Iterator[InMemory]:
    """The portal's one account is the carrier in memory; it is two days before the end of every period."""
    campaign = active_campaign(ada, verified_brand(ada), auto_renewal=True)
    with ada.acting():
        row = Registration.objects.get(campaign=campaign)
    gate = AccountGate(row.account, key="key", rate=RATE, interactive_share=0.4)
    made = InMemory(Moving(row.ends_at - timedelta(days=2)), gate, row.ends_at)
    gateway.carrier.cache_clear()
    monkeypatch.setattr(loading, "load", lambda _config: made)
    yield made
    gateway.carrier.cache_clear()


def filled(person: Person, carrier: InMemory, many: int) -> None:
    """`many` campaigns like the first one, all read long ago and due now, as after days without a worker."""
    with person.acting():
        base, row = Campaign.objects.get(), Registration.objects.get()
        Registration.objects.update(ends_said=True)
        campaigns = [Campaign(**{**_values(base), "id": uuid4(), "name": f"No. {n}"}) for n in range(many)]
        Campaign.objects.bulk_create(campaigns, batch_size=1000)
        registrations = [
            Registration(
                **{
                    **_values(row),
                    "id": uuid4(),
                    "campaign_id": one.pk,
                    "key": uuid4(),
                    "reference": str(uuid4()),
                    "ends_said": True,
                    "renews": True,
                    "confirmed_at": None,
                    "look_at": carrier.moving.now,
                }
            )
            for one in campaigns
        ]
        Registration.objects.bulk_create(registrations, batch_size=1000)
        carrier.flags = {one.reference: n % 2 == 0 for n, one in enumerate(registrations)}
        carrier.flags[row.reference] = True
        watches = [
            Watch(
                organization_id=person.organization.pk,
                kind="campaign",
                subject_id=one.campaign_id,
                account=one.account,
                reference=one.reference,
                key=one.key,
                opened_at=row.activated_at,
                next_read_at=carrier.moving.now,
            )
            for one in registrations
        ]
        Watch.objects.bulk_create(watches, batch_size=1000)
        Due.objects.bulk_create(
            (
                Due(
                    item=one.pk,
                    organization_id=one.organization_id,
                    account=one.account,
                    kind=Due.WATCH,
                    due_at=carrier.moving.now,
                    key=one.key,
                )
                for one in watches
            ),
            batch_size=1000,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _values(row: Any) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.fields}


@pytest.mark.parametrize("many", [100, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_all_that_end_on_one_day_are_confirmed_in_time_while_people_hardly_wait(
    ada: Person, carrier: InMemory, many: int
) -> None:
    filled(ada, carrier, many)
    moving, began = carrier.moving, carrier.moving.now
    wrong = {reference for reference, renews in carrier.flags.items() if not renews}
    started = time.monotonic()
    people = _People(ada, moving, every=timedelta(seconds=max(15, many // 60)))
    # The sweep goes first, as after an outage: nothing is confirmed, and people are told so once.
    reminding.run(seconds=600, read=moving)
    steps = 0
    shut: dict[claiming.Queue, datetime] = {}
    while moving.now < carrier.ends_at:
        people.come()
        queues = [one for one in claiming.queues(moving()) if shut.get(one, began) <= moving.now]
        taken = _take(queues, moving, steps)
        if taken is None:
            if not _open(ada, carrier):
                break
            moving.now += timedelta(milliseconds=200)
            continue
        queue, claim = taken
        held = loop.step(claim, moving)
        if held:
            shut[queue] = moving.now + timedelta(seconds=held)
        steps += 1
        people.seen()
    took = moving.now - began
    rate = carrier.requests / took.total_seconds()
    print(
        f"\n{many} campaigns that end on one day, half of them with the wrong flag, at {RATE.per_second:g}/s:"
        f" all confirmed after {took.total_seconds() / 3600:.2f} h, {carrier.ends_at - moving.now} before their end;"
        f" {carrier.requests} requests, {rate:.2f}/s; {len(people.waits)} people waited"
        f" {spread(people.waits, 's', 1.0)}; {steps} steps in {time.monotonic() - started:.0f} s of ours",
        end="",
    )
    with ada.acting():
        late = Registration.objects.filter(confirmed_at__gte=carrier.ends_at).count()
        lacking = Registration.objects.filter(confirmed_at=None).exclude(reference__in=people.references)
        assert (late, lacking.count()) == (0, 0)
        assert all(carrier.flags.values())
        told = Notification.objects.filter(user=ada.user, state__startswith="renewal-").values_list("state")
        assert set(told) == {("renewal-3",)}
        # Each wrong flag was set once.
        set_again = Submission.objects.filter(purpose=FLAG).exclude(subject_id__in=people.subjects)
        assert set_again.count() == len(wrong - set(people.references))
        one = Campaign.objects.exclude(pk__in=people.subjects).first()
        assert one is not None
        seen = outlook(one, one.registration(), moving.now)
        assert seen is not None
        assert seen.state == State.CONFIRMED
    assert rate <= RATE.per_second * 1.02
    assert len(people.waits) >= 2
    assert max(people.waits) < 10
    assert percentile(people.waits, 0.5) < 5


def _take(
    queues: list[claiming.Queue], moving: Moving, number: int
) -> tuple[claiming.Queue, claiming.Claim] | None:
    for queue in loop.in_order(queues, number):
        claims = claiming.take(queue, moving())
        if claims:
            return queue, claims[0]
    return None


def _open(person: Person, carrier: InMemory) -> bool:
    """Is anything not confirmed yet, or on its way?"""
    with person.acting():
        writes = Submission.objects.filter(
            purpose=FLAG, state__in=["accepted", "sending", "known", "unknown"]
        )
        return (
            writes.exists()
            or Registration.objects.filter(confirmed_at=None, reference__in=list(carrier.flags)).exists()
        )


class _People:
    """Somebody switches the renewal of a campaign of theirs now and then, and waits for it."""

    def __init__(self, person: Person, moving: Moving, *, every: timedelta) -> None:
        self.person, self.moving, self.every = person, moving, every
        self.next_at = moving.now + timedelta(seconds=20)
        self.open: dict[Any, datetime] = {}
        self.waits: list[float] = []
        self.subjects: list[Any] = []
        self.references: list[str] = []

    def come(self) -> None:
        """Ask, when it is time to."""
        if self.moving.now < self.next_at:
            return
        self.next_at = self.moving.now + self.every
        with self.person.acting():
            rows = Registration.objects.filter(confirmed_at=None).exclude(campaign__in=self.subjects)
            row = rows.select_related("campaign").order_by("-pk").first()
            if row is None:
                return
            # Off and on again: the last choice is what is sent.
            switch(row.campaign, renews=False, by=self.person.actor, times=self.moving())
            switch(row.campaign, renews=True, by=self.person.actor, times=self.moving())
            asked = Submission.objects.get(purpose=FLAG, subject_id=row.campaign_id, state="accepted")
        self.subjects.append(row.campaign_id)
        self.references.append(row.reference)
        self.open[asked.pk] = self.moving.now

    def seen(self) -> None:
        """How long those waited whose wish has been done."""
        if not self.open:
            return
        with self.person.acting():
            done = Submission.objects.filter(pk__in=self.open, state="confirmed").values_list("pk", flat=True)
            for pk in list(done):
                self.waits.append((self.moving.now - self.open.pop(pk)).total_seconds())
