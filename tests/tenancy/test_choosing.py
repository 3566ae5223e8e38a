"""Working for one of several organizations."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from portal.tenancy.models import Membership, Organization
from portal.tenancy.scope import acting_for
from tests.people import Person


def also_in(person: Person, other: Person, role: str) -> None:
    """Make `person` a member of the other's organization too."""
    with other.acting():
        Membership.objects.create(organization=other.organization, user=person.user, role=role)


def choose(person: Person, organization: Organization | None) -> int:
    pk = organization.pk if organization else uuid4()
    status: int = person.post(f"/organization/choice/{pk}/").status_code
    return status


@pytest.mark.django_db
def test_the_menu_switches_and_the_role_goes_with_the_organization(bo: Person, cy: Person) -> None:
    also_in(bo, cy, "admin")
    assert bo.get("/brands/new/").status_code == 403
    assert f"/organization/choice/{cy.organization.pk}/" in bo.get("/").content.decode()
    assert choose(bo, cy.organization) == 302
    html = bo.get("/").content.decode()
    assert "You now work for Rival." in html
    assert f"/organization/choice/{bo.organization.pk}/" in html
    assert bo.get("/brands/new/").status_code == 200


@pytest.mark.django_db
def test_who_has_one_organization_is_offered_no_other(bo: Person, cy: Person) -> None:
    assert "/organization/choice/" not in bo.get("/").content.decode()


@pytest.mark.django_db
def test_another_organization_cannot_be_chosen_and_answers_like_none(bo: Person, cy: Person) -> None:
    assert choose(bo, cy.organization) == choose(bo, None) == 404
    assert "Rival" not in bo.get("/").content.decode()


@pytest.mark.django_db
def test_the_list_of_ones_organizations_names_those_and_the_one_in_use(bo: Person, cy: Person) -> None:
    Organization.objects.create(name="Hidden")
    also_in(bo, cy, "admin")
    html = bo.get("/organization/").content.decode()
    assert html.index("Acme") < html.index("In use") < html.index("Rival")
    assert "Hidden" not in html


@pytest.mark.django_db
def test_a_stranger_signs_in_first(cy: Person) -> None:
    for answer in (
        Client().get("/organization/"),
        Client().post(f"/organization/choice/{cy.organization.pk}/"),
    ):
        assert answer["Location"].startswith("/account/login/?next=")


@pytest.mark.django_db
def test_one_can_switch_away_from_an_organization_that_asks_for_a_second_step(bo: Person, cy: Person) -> None:
    also_in(bo, cy, "admin")
    bo.settle(mfa_required=True)
    answer = bo.get("/")
    assert answer.status_code == 403
    assert f"/organization/choice/{cy.organization.pk}/" in answer.content.decode()
    assert choose(bo, cy.organization) == 302
    assert bo.get("/").status_code == 200


@pytest.mark.django_db
def test_many_organizations_do_not_push_the_rest_of_the_menu_away(bo: Person) -> None:
    for number in range(6):
        one = Organization.objects.create(name=f"Company {number}")
        with acting_for(one.pk, by=bo.actor):
            Membership.objects.create(organization=one, user=bo.user, role="viewer")
    html = bo.get("/").content.decode()
    # The menu stands twice in a page: in the rail and, on small screens, in the bar.
    assert html.count("/organization/choice/") == 2 * 4
    assert html.count('href="/organization/"') == 2
    assert bo.get("/organization/").content.decode().count("/organization/choice/") == 6
