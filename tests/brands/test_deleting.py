"""Deleting a submitted brand: asked for once, by those who may, and never undone by a reading that lags behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from brands import states
from brands.deleting import BrandDeletion, ask_deletion
from brands.models import Brand
from portal import clock
from portal.carriers.contract import Created
from portal.lifecycle import blocking, reading
from portal.lifecycle.blocking import Blocked, Blocker, blockers_of
from portal.lifecycle.claiming import Claim
from portal.lifecycle.models import Due, Submission, SubmissionState, Watch
from portal.lifecycle.states import StaleState, make
from tests.brands.rejecting import again, rejected_brand, send
from tests.factories import brand_draft, submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry
from tests.tenancy.matrix import events, fresh

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def path(brand: Brand) -> str:
    return f"/brands/{brand.pk}/deletion/"


def verified(person: Person, registry: PracticeRegistry, **answers: Any) -> Brand:
    brand = send(person, **{"legal_name": unique_name(), **answers})
    registry.approve(brand.reference)
    later = Later()
    later.pass_(minutes=1)
    work(later)
    brand = again(brand, person)
    assert brand.status == states.VERIFIED
    return brand


def delete(person: Person, brand: Brand, **data: str) -> Any:
    fresh(person.client)
    return person.post(path(brand), {"name": brand.name, **data})


def later_still(minutes: float = 2) -> Later:
    later = Later()
    later.pass_(minutes=minutes)
    return later


def asked(brand: Brand, person: Person) -> Submission:
    with person.acting():
        found: Submission = Submission.objects.get(subject_id=brand.pk, purpose="delete")
    return found


def test_it_is_deleted_at_the_registry_and_leaves_the_usual_list(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = verified(ada, registry)
    answer = delete(ada, brand)
    assert (answer.status_code, answer["Location"]) == (302, f"/brands/{brand.pk}/")
    assert again(brand, ada).status == states.DELETING
    work(later_still())
    assert again(brand, ada).status == states.DELETED
    assert registry.brand(brand.reference)["deleted_at"]
    listed = ada.get("/sms-campaigns/").content.decode()
    assert f"/brands/{brand.pk}/" not in listed
    assert "1 deleted brand is not shown" in listed
    assert f"/brands/{brand.pk}/" in ada.get("/sms-campaigns/?status=deleted").content.decode()
    assert "deleted at the registry" in ada.get(f"/brands/{brand.pk}/").content.decode()


def test_a_reading_that_still_sees_it_does_not_bring_it_back(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = verified(ada, registry)
    delete(ada, brand)
    with ada.acting():
        wait = Watch.objects.get(subject_id=brand.pk)
    claim = Claim(wait.pk, ada.organization.pk, wait.account, "watch", wait.attempt + 1)
    before = wait.last_read_at
    reading.step(claim, later_still())
    assert again(brand, ada).status == states.DELETING
    with ada.acting():
        # Taken note of, without an error: it is simply not believed.
        assert Watch.objects.get(pk=wait.pk).last_read_at > before
    later = later_still()
    work(later)
    assert again(brand, ada).status == states.DELETED
    # Gone is gone: nothing is read any more, whatever a list that lags behind may say.
    for _ in range(4):
        later.pass_(days=8)
        work(later)
    assert again(brand, ada).status == states.DELETED
    with ada.acting():
        assert not Due.objects.filter(item=wait.pk).exists()
        assert Watch.objects.get(pk=wait.pk).closed_at is not None


def test_an_answer_that_got_lost_is_found_out_by_looking(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = verified(ada, registry)
    registry.fault("reset", phase="P3", account=settings.TELNYX_KEY, verb="delete")
    delete(ada, brand)
    later = later_still()
    work(later)
    assert asked(brand, ada).state == SubmissionState.UNKNOWN
    assert again(brand, ada).status == states.DELETING
    later.pass_(minutes=3)
    work(later)
    assert again(brand, ada).status == states.DELETED
    assert len(registry.ledger(account=settings.TELNYX_KEY, method="DELETE")) == 1


def test_a_refusal_keeps_the_carriers_words_and_reads_at_once(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = verified(ada, registry, legal_name=unique_name("Not deletable"))
    delete(ada, brand)
    work(later_still())
    brand = again(brand, ada)
    assert brand.status == states.VERIFIED
    assert asked(brand, ada).state == SubmissionState.REFUSED
    assert "active campaigns" in ada.get(f"/brands/{brand.pk}/").content.decode()
    fresh(ada.client)
    page = ada.get(path(brand)).content.decode()
    assert "refused this before" in page
    assert "active campaigns" in page


def test_what_never_reached_the_registry_is_deleted_without_asking_it(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    refusal = {"errors": [{"code": "10015", "title": "Bad Request", "detail": "No."}]}
    registry.fault("status", account=settings.TELNYX_KEY, verb="create", status=400, body=refusal)
    brand = send(ada, legal_name=unique_name())
    assert (brand.status, brand.reference) == (states.REJECTED, "")
    delete(ada, brand)
    work(later_still())
    assert again(brand, ada).status == states.DELETED
    assert registry.ledger(account=settings.TELNYX_KEY, method="DELETE") == []


def test_a_deletion_that_was_cut_off_asks_nothing_about_what_never_reached_the_registry(ada: Person) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        Submission.objects.update(state=SubmissionState.REFUSED)
        make(states.REFUSE, brand, by=ada.actor, at=clock.read().business)
        submission = ask_deletion(brand, by=ada.actor, times=clock.read())
    nobody: Any = None
    assert BrandDeletion().search(nobody, submission) == Created("")


def test_a_rejected_brand_can_be_deleted_too(ada: Person, registry: PracticeRegistry) -> None:
    brand = rejected_brand(ada, registry)
    delete(ada, brand)
    work(later_still())
    assert again(brand, ada).status == states.DELETED


def test_campaigns_stand_in_the_way_and_are_listed(ada: Person, registry: PracticeRegistry) -> None:
    brand = verified(ada, registry)
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(campaigns_there=3)
    answer = delete(ada, brand)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "counts 3 campaigns" in page
    assert "End them first" in page
    assert again(brand, ada).status == states.VERIFIED
    assert "delete-brand" not in ada.get(f"/brands/{brand.pk}/").content.decode()
    with pytest.raises(Blocked), ada.acting():
        ask_deletion(brand, by=ada.actor, times=clock.read())


def test_what_is_on_its_way_stands_in_the_way(ada: Person) -> None:
    brand = submitted_brand(ada)
    answer = delete(ada, brand)
    assert answer.status_code == 409
    assert "on its way" in answer.content.decode()
    with pytest.raises(StaleState), ada.acting():
        ask_deletion(brand, by=ada.actor, times=clock.read())


@pytest.fixture
def finders() -> Iterator[None]:
    before = list(blocking._finders["brand"])
    yield
    blocking._finders["brand"][:] = before


@pytest.mark.usefixtures("finders")
def test_upper_apps_say_what_of_theirs_stands_in_the_way(ada: Person, registry: PracticeRegistry) -> None:
    brand = verified(ada, registry)
    blocking.blocks("brand", lambda one: [Blocker("Two campaigns are being written.", "Delete them.")])
    with ada.acting():
        assert [str(one.what) for one in blockers_of(brand)] == ["Two campaigns are being written."]
    assert "Two campaigns are being written." in delete(ada, brand).content.decode()


@pytest.mark.parametrize("typed", ["", "Acme", "delete"])
def test_another_name_deletes_nothing(ada: Person, registry: PracticeRegistry, typed: str) -> None:
    brand = verified(ada, registry)
    answer = delete(ada, brand, name=typed)
    assert answer.status_code == 422
    assert "as it stands here" in answer.content.decode()
    assert again(brand, ada).status == states.VERIFIED


def test_case_and_blanks_of_the_name_do_not_matter(ada: Person, registry: PracticeRegistry) -> None:
    brand = verified(ada, registry)
    assert delete(ada, brand, name=f"  {brand.name.upper()} ").status_code == 302


def test_twice_asks_once(ada: Person, registry: PracticeRegistry) -> None:
    brand = verified(ada, registry)
    assert delete(ada, brand).status_code == 302
    second = delete(ada, brand)
    assert second.status_code == 409
    assert "is being deleted" in second.content.decode()
    assert events(ada, "brand.deletion-asked") == 1
    work(later_still())
    assert "is deleted" in delete(ada, brand).content.decode()


def test_a_sign_in_of_yesterday_is_asked_again(ada: Person, registry: PracticeRegistry) -> None:
    brand = verified(ada, registry)
    answer = ada.post(path(brand), {"name": brand.name})
    assert "/reauthenticate/" in answer["Location"]
    assert again(brand, ada).status == states.VERIFIED


def test_a_submitter_may_not_and_is_shown_no_button(ada: Person, registry: PracticeRegistry) -> None:
    from tests.people import enrolled

    brand, ed = verified(ada, registry), enrolled("ed")
    fresh(ed.client)
    assert ed.post(path(brand), {"name": brand.name}).status_code == 403
    assert path(brand) not in ed.get(f"/brands/{brand.pk}/").content.decode()
    assert path(brand) in ada.get(f"/brands/{brand.pk}/").content.decode()


def test_an_outsider_cannot_tell_that_it_exists(ada: Person, cy: Person, registry: PracticeRegistry) -> None:
    brand = verified(ada, registry)
    fresh(cy.client)
    assert cy.get(path(brand)).status_code == cy.get(f"/brands/{uuid4()}/deletion/").status_code == 404


def test_a_draft_is_deleted_on_its_own_page(ada: Person) -> None:
    fresh(ada.client)
    brand = brand_draft(ada)
    assert ada.get(path(brand))["Location"] == f"/brands/drafts/{brand.pk}/deletion/"
