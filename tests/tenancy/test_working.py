"""Workers have the same walls as pages: each claimed row opens the scope of its own organization."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection

from brands.models import Brand
from portal.carriers.contract import Capabilities, Carrier, Created, Reason
from portal.clock import Times, read
from portal.lifecycle import gateway, handlers, loop
from portal.lifecycle.models import Due, Submission, SubmissionState, accept
from portal.tenancy.scope import NoScope
from tests.factories import brand_draft
from tests.lifecycle.moments import claim
from tests.people import Person

pytestmark = pytest.mark.django_db(transaction=True)

PROBE = "probe"
# Each is claimed, sent and confirmed: three scopes of one organization after the other.
SUBMISSIONS = 150
LOOPS = 3


class Probe:
    """A purpose that looks around instead of filing anything; every seventh one breaks half-way."""

    def __init__(self) -> None:
        self.seen: list[tuple[UUID, set[str]]] = []
        self.outside: list[str] = []
        self.broken: Counter[UUID] = Counter()
        self.foreign: UUID | None = None

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Outside any transaction: nothing may be seen here."""
        self.outside += _organizations()
        try:
            Brand.objects.count()
        except NoScope:
            return Created(f"probe-{submission.pk}", {})
        raise AssertionError("a scope is open during the call to the carrier")

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Never unknown."""
        raise AssertionError

    def filed(self, submission: Submission, times: Times) -> None:
        """Inside the tenant's scope."""
        self.seen.append((submission.organization_id, set(_organizations())))
        Brand.objects.update(city=str(submission.pk)[:36])
        if submission.pk.int % 7 == 0 and not self.broken[submission.pk]:
            self.broken[submission.pk] += 1
            raise RuntimeError("half-way")
        if self.foreign is not None:
            Brand._base_manager.create(
                organization_id=self.foreign,
                since=times.business,
                created_at=times.business,
                saved_at=times.business,
            )

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """Never refused."""
        raise AssertionError


def _organizations() -> list[str]:
    """Whose rows the connection shows, without any filter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id FROM brands_brand UNION SELECT organization_id FROM lifecycle_submission"
            " UNION SELECT organization_id FROM lifecycle_due UNION SELECT organization_id FROM audit_event"
        )
        return [str(one) for (one,) in cursor.fetchall()]


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Probe:
    """A purpose of brands that only these tests file."""
    probe = Probe()
    monkeypatch.setitem(handlers._filings, ("brand", PROBE), probe)
    able = SimpleNamespace(capabilities=Capabilities(search=True, renewal="flag"))
    monkeypatch.setattr(gateway, "carrier", lambda account: able)
    return probe


def file(person: Person, brand: Brand) -> Submission:
    """One submission of `person`'s organization, due now."""
    with person.acting():
        # One may be open for each subject, so each has a subject of its own.
        subject = Brand(pk=uuid4(), organization_id=brand.organization_id)
        return accept(
            subject, purpose=PROBE, account=gateway.default_account(), payload={}, machine_now=read().machine
        )


@pytest.mark.slow
def test_two_tenants_work_in_turn_and_no_step_sees_the_other(ada: Person, cy: Person, probe: Probe) -> None:
    people = [(person, brand_draft(person)) for person in (ada, cy)]
    for number in range(SUBMISSIONS):
        file(*people[number % 2])
    threads = [threading.Thread(target=_loop) for _ in range(LOOPS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # What broke half-way rests first; its lease brings it back.
    loop.run(seconds=30, read=_later)
    assert probe.outside == []
    assert {(str(own), frozenset(seen)) for own, seen in probe.seen} == {
        (str(person.organization.pk), frozenset({str(person.organization.pk)})) for person in (ada, cy)
    }
    assert len(probe.seen) == SUBMISSIONS + sum(probe.broken.values())
    assert probe.broken
    for person in (ada, cy):
        with person.acting():
            assert set(Submission.objects.values_list("state", flat=True)) == {SubmissionState.CONFIRMED}
            assert not Due.objects.exists()


def _loop() -> None:
    loop.run(seconds=60)
    connection.close()


def _later() -> Times:
    times = read()
    return Times(times.machine + timedelta(hours=2), times.business)


def test_a_handler_that_touches_another_organizations_row_fails_and_leaves_nothing(
    ada: Person, cy: Person, probe: Probe
) -> None:
    probe.foreign = cy.organization.pk
    brand = brand_draft(ada)
    submission = file(ada, brand)
    loop.run(seconds=5)
    with ada.acting():
        submission.refresh_from_db()
        assert submission.state == SubmissionState.KNOWN
        assert Brand.objects.get().city == "Seattle"
        assert Due.objects.get().lease_until is None
    with cy.acting():
        assert not Brand.objects.exists()


def test_a_step_that_claims_the_wrong_organization_finds_nothing(
    ada: Person, cy: Person, probe: Probe
) -> None:
    """Were `due` to name somebody else, the scope would be theirs, and the item is not there."""
    file(ada, brand_draft(ada))
    one = claim(Due.SUBMISSION, read())[0]
    wrong: Any = type(one)(one.item, cy.organization.pk, one.account, one.kind, one.attempt)
    loop.step(wrong)
    assert probe.seen == []
    with ada.acting():
        assert Submission.objects.get().state == SubmissionState.ACCEPTED
        assert Due.objects.get().attempt == 1


def test_a_due_row_cannot_be_moved_to_another_organization(ada: Person, cy: Person, probe: Probe) -> None:
    file(ada, brand_draft(ada))
    with pytest.raises(ProgrammingError, match="row-level security"), ada.acting():
        Due.objects.update(organization_id=cy.organization.pk)


def test_the_claimer_sees_when_and_whose_and_nothing_else(ada: Person, probe: Probe) -> None:
    file(ada, brand_draft(ada))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        ada.acting(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute("SELECT count(*) FROM lifecycle_due")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT count(*) FROM lifecycle_submission")
