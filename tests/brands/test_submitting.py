"""Submitting: once, whatever the browser does."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from brands import states
from brands.models import Brand
from portal.audit.models import Event
from portal.lifecycle.models import Due, Submission
from portal.tenancy.scope import acting_for
from tests.clocks import moved
from tests.factories import brand_draft, submitted_brand
from tests.people import Person, enrolled


def submit_path(brand: Brand) -> str:
    return f"/brands/drafts/{brand.pk}/submission/"


@pytest.mark.django_db
def test_submitting_locks_the_brand_and_leaves_work_to_do(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ada.post(submit_path(brand))
    assert answer.status_code == 302
    assert answer["Location"] == f"/brands/{brand.pk}/"
    with acting_for(ada.organization.pk, by=ada.actor):
        assert Brand.objects.get(pk=brand.pk).status == states.SUBMITTING
        submission = Submission.objects.get(subject_id=brand.pk)
        assert Due.objects.filter(item=submission.pk, kind=Due.SUBMISSION).count() == 1


@pytest.mark.django_db
def test_a_second_post_is_told_the_reference(ada: Person) -> None:
    brand = submitted_brand(ada)
    answer = ada.post(submit_path(brand))
    assert answer.status_code == 409
    with acting_for(ada.organization.pk, by=ada.actor):
        submission = Submission.objects.get(subject_id=brand.pk)
    assert submission.short_key in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["check", "company", "terms"])
def test_back_after_the_submit_says_already_submitted(ada: Person, page: str) -> None:
    brand = submitted_brand(ada)
    answer = ada.get(f"/brands/drafts/{brand.pk}/{page}/")
    assert answer.status_code == 200
    assert "already been submitted" in answer.content.decode()


@pytest.mark.django_db
def test_the_day_on_which_it_was_submitted_is_business_time(ada: Person) -> None:
    moved(days=-40)
    brand = submitted_brand(ada)
    page = ada.get(f"/brands/drafts/{brand.pk}/check/").content.decode()
    (shown,) = re.findall(r'Submitted</dt>.*?<time datetime="([^"]+)"', page, re.DOTALL)
    assert datetime.fromisoformat(shown) == brand.since.replace(microsecond=0)


@pytest.mark.django_db
def test_answers_that_come_after_the_submit_change_nothing(ada: Person) -> None:
    brand = submitted_brand(ada)
    answer = ada.post(f"/brands/drafts/{brand.pk}/address/", {"street": "Elsewhere 1", "city": "X"})
    assert answer.status_code == 409
    with acting_for(ada.organization.pk, by=ada.actor):
        assert Brand.objects.get(pk=brand.pk).city == "Seattle"


@pytest.mark.django_db
def test_an_incomplete_draft_is_not_sent_and_says_what_is_missing(ada: Person) -> None:
    brand = brand_draft(ada, phone="")
    answer = ada.post(submit_path(brand))
    assert answer.status_code == 422
    assert "Something is missing" in answer.content.decode()
    with acting_for(ada.organization.pk, by=ada.actor):
        assert Brand.objects.get(pk=brand.pk).is_draft
        assert not Due.objects.exists()


@pytest.mark.django_db
def test_bo_may_look_but_not_submit(ada: Person, bo: Person) -> None:
    brand = brand_draft(ada)
    assert bo.post(submit_path(brand)).status_code == 403
    with ada.acting():
        assert not Due.objects.exists()


@pytest.mark.django_db
def test_cy_cannot_tell_that_the_brand_exists(ada: Person, cy: Person) -> None:
    brand = brand_draft(ada)
    theirs, nobodys = cy.post(submit_path(brand)), cy.post(f"/brands/drafts/{uuid4()}/submission/")
    assert theirs.status_code == nobodys.status_code == 404


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_make_one_submission() -> None:
    ada = enrolled("ada")
    brand = brand_draft(ada)
    answers: list[int] = []
    gate = threading.Barrier(20)
    clients = [Client() for _ in range(20)]
    for client in clients:
        client.force_login(ada.user)

    def post(client: Client) -> None:
        try:
            # No connection is held here: there are fewer of them than threads.
            gate.wait(timeout=30)
            answers.append(client.post(submit_path(brand)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[client], daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == [302] + [409] * 19
    with acting_for(ada.organization.pk, by=ada.actor):
        assert Submission.objects.filter(subject_id=brand.pk).count() == 1
        assert Event.objects.filter(object_id=brand.pk, action="brand.submitted").count() == 1
