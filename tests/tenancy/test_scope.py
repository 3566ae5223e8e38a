"""The scope: without it a tenant's rows cannot be read, and it never outlives its block."""

from __future__ import annotations

import pytest
from django.db import connection

from brands.models import Brand
from portal.tenancy.scope import NoScope, acting_for, current
from tests.factories import brand_draft
from tests.people import Person


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.organization_id', true)")
        return cursor.fetchone()[0] or ""


@pytest.mark.django_db
def test_reading_without_a_scope_raises() -> None:
    with pytest.raises(NoScope):
        Brand.objects.count()


@pytest.mark.django_db
def test_a_scope_shows_its_own_rows_only(ada: Person, cy: Person) -> None:
    brand_draft(ada)
    with acting_for(ada.organization.pk, by=ada.actor):
        assert Brand.objects.count() == 1
    with acting_for(cy.organization.pk, by=cy.actor):
        assert Brand.objects.count() == 0


@pytest.mark.django_db
def test_an_inner_scope_gives_the_outer_one_back(ada: Person, cy: Person) -> None:
    with acting_for(ada.organization.pk, by=ada.actor):
        with acting_for(cy.organization.pk, by=cy.actor):
            assert setting() == str(cy.organization.pk)
        assert setting() == str(ada.organization.pk)
        assert current().organization_id == ada.organization.pk
    assert setting() == ""


@pytest.mark.django_db
def test_an_exception_takes_the_scope_with_it(ada: Person) -> None:
    with pytest.raises(ZeroDivisionError), acting_for(ada.organization.pk, by=ada.actor):
        _ = 1 / 0
    assert setting() == ""
    with pytest.raises(NoScope):
        current()


@pytest.mark.django_db(transaction=True)
def test_the_setting_does_not_stay_on_a_pooled_connection(ada: Person) -> None:
    with acting_for(ada.organization.pk, by=ada.actor):
        assert setting() == str(ada.organization.pk)
    assert setting() == ""
