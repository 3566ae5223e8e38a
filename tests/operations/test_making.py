"""Creating an organization and asking in its first owner; and what the operator sees of one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from portal import clock
from portal.audit.models import Event
from portal.operations.making import HasOwner, NameTaken, create_organization, invite_owner
from portal.tenancy.inviting import invitation_link
from portal.tenancy.models import Invitation, Membership, Organization
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft
from tests.operations import many
from tests.operations.staff import Colleague
from tests.people import PASSWORD, Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/operations/organizations/"
ANSWERS = {"name": "Larkspur", "time_zone": "America/Los_Angeles", "owner": "Lena@Larkspur.example"}


def invitations(one: Organization, olu: Colleague) -> list[Invitation]:
    with acting_for(one.pk, by=olu.actor):
        return list(Invitation.objects.order_by("created_at", "pk"))


def actions(one: Organization, olu: Colleague) -> list[str]:
    with acting_for(one.pk, by=olu.actor):
        return list(Event.objects.filter(organization=one).order_by("pk").values_list("action", flat=True))


def create(olu: Colleague, name: str = "Larkspur") -> Organization:
    return create_organization(name, "UTC", "lena@larkspur.example", by=olu.actor, at=clock.read().business)


def test_an_organization_is_created_with_an_invitation_of_its_owner(olu: Colleague) -> None:
    answer = olu.post(f"{PATH}new/", ANSWERS)
    one = Organization.objects.get(name="Larkspur")
    assert answer["Location"] == f"{PATH}{one.pk}/"
    assert one.time_zone == "America/Los_Angeles"
    (asked,) = invitations(one, olu)
    assert (asked.email, asked.role, asked.sent_at) == ("lena@larkspur.example", "owner", None)
    assert asked.due_at is not None
    assert asked.invited_by_name == "Olu Brandt (operator)"
    assert actions(one, olu) == ["organization.created", "member.invited"]
    assert not Membership.objects.exists()


def test_the_first_owner_comes_in_by_the_link(olu: Colleague) -> None:
    one = create(olu)
    with acting_for(one.pk, by=olu.actor):
        link = invitation_link(Invitation.objects.get())
    browser = Client()
    path = re.sub(r"^https?://[^/]+", "", link)
    browser.get(path)
    answer = browser.post(
        path, {"name": "Lena Fox", "password": PASSWORD, "password1": PASSWORD}, follow=True
    )
    assert answer.status_code == 200
    assert "Larkspur" in browser.get("/").content.decode()
    assert browser.get("/brands/new/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Fill in"),
        ("name", "x" * 101, "at most 100"),
        ("time_zone", "Mars/Olympus", "Choose one"),
        ("owner", "nobody", "e-mail address"),
        ("owner", "", "e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    olu: Colleague, field: str, value: str, says: str
) -> None:
    answer = olu.post(f"{PATH}new/", {**ANSWERS, field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text
    assert all(kept in text for name, kept in ANSWERS.items() if name != field)
    assert not Organization.objects.exists()


@pytest.mark.parametrize("name", ["Larkspur", "LARKSPUR", "  larkspur "])
def test_two_organizations_of_one_name_could_not_be_told_apart(olu: Colleague, name: str) -> None:
    create(olu)
    answer = olu.post(f"{PATH}new/", {**ANSWERS, "name": name})
    assert answer.status_code == 422
    assert "of this name already" in answer.content.decode()
    with pytest.raises(NameTaken):
        create(olu, "larkSpur")
    assert Organization.objects.count() == 1


def test_an_owner_is_asked_again_or_instead_while_none_has_signed_in(olu: Colleague) -> None:
    one = create(olu)
    assert "Invite an owner" in olu.get(f"{PATH}{one.pk}/").content.decode()
    asked_for = olu.get(f"{PATH}{one.pk}/owner/").content.decode()
    assert asked_for.count(f'href="{PATH}{one.pk}/"') == 2, "Back and Cancel"
    assert olu.post(f"{PATH}{one.pk}/owner/", {"owner": "other@larkspur.example"}).status_code == 302
    first, second = invitations(one, olu)
    assert first.withdrawn_at is not None
    assert first.due_at is None
    assert (second.email, second.withdrawn_at) == ("other@larkspur.example", None)
    olu.post(f"{PATH}{one.pk}/owner/", {"owner": "OTHER@larkspur.example"})
    still_open = [asked.email for asked in invitations(one, olu) if asked.withdrawn_at is None]
    assert still_open == ["other@larkspur.example"]
    again = ["member.invitation-withdrawn", "member.invited"]
    assert actions(one, olu) == ["organization.created", "member.invited", *again, *again]


def test_an_operator_cannot_make_themselves_owner_of_a_running_organization(
    olu: Colleague, ada: Person
) -> None:
    ada.user.last_login = clock.read().machine
    ada.user.save(update_fields=["last_login"])
    with pytest.raises(HasOwner):
        invite_owner(ada.organization, olu.user.email, by=olu.actor, at=clock.read().business)
    for method in ("get", "post"):
        answer = getattr(olu.client, method)(f"{PATH}{ada.organization.pk}/owner/", {"owner": olu.user.email})
        assert answer["Location"] == f"{PATH}{ada.organization.pk}/"
    assert invitations(ada.organization, olu) == []
    assert "Invite an owner" not in olu.get(f"{PATH}{ada.organization.pk}/").content.decode()


# --- one organization, from outside


def test_the_page_shows_people_brands_and_what_is_open(olu: Colleague, ada: Person, bo: Person) -> None:
    stuck = many.brand(ada.organization, name="Acme Pipes, LLC")
    many.submission(stuck, "unknown", hours=3, failures=2)
    many.invitation(ada.organization, "new@acme.example", hours=1)
    text = " ".join(olu.get(f"{PATH}{ada.organization.pk}/").content.decode().split())
    for words in (
        "Ada Osei",
        "bo@acme.example",
        "Viewer",
        "Acme Pipes, LLC",
        "In review",
        "Outcome unknown",
        "2 tries in vain: 503 from the carrier",
        "new@acme.example",
        "Mail waiting",
    ):
        assert words in text


def test_nothing_that_a_registry_compares_is_on_it(olu: Colleague, ada: Person) -> None:
    brand_draft(ada)
    text = olu.get(f"{PATH}{ada.organization.pk}/").content.decode()
    assert "Acme Plumbing" in text
    for secret in ("4730265", "0265", "Fifth Avenue", "2065550142", "support@acme.example"):
        assert secret not in text


def test_a_tax_id_that_stands_in_another_organization_is_shown_to_operators_only(
    olu: Colleague, ada: Person, cy: Person
) -> None:
    brand_draft(ada, tax_id="91-4730265", display_name="Acme Pipes")
    assert "is the same as in" not in olu.get(f"{PATH}{ada.organization.pk}/").content.decode()
    brand_draft(cy, tax_id="914730265", display_name="Rival Pipes")
    text = " ".join(olu.get(f"{PATH}{ada.organization.pk}/").content.decode().split())
    assert "The tax id of Acme Pipes is the same as in 1 other organization." in text
    assert "Rival" in text
    for path in ("/", "/sms-campaigns/"):
        assert "Rival" not in ada.get(path).content.decode()


def test_the_log_can_be_filtered_and_read_page_by_page(olu: Colleague, ada: Person) -> None:
    brand_draft(ada)
    path = f"{PATH}{ada.organization.pk}/log/"
    assert "Ada Osei created a draft" in olu.get(path).content.decode()
    assert "Ada Osei created a draft" not in olu.get(f"{path}?about=organization").content.decode()
    for query in ("before=junk", "after=1", "before=%00"):
        assert olu.get(f"{path}?{query}").status_code == 400
    assert olu.get(f"{path}?who=nonsense").status_code == 422


def test_the_log_of_one_organization_shows_nothing_of_another(
    olu: Colleague, ada: Person, cy: Person
) -> None:
    brand_draft(cy)
    assert "Cy Tran" not in olu.get(f"{PATH}{ada.organization.pk}/log/").content.decode()


def test_the_houses_log_holds_what_belongs_to_no_organization(olu: Colleague, ada: Person) -> None:
    brand_draft(ada)
    ada.get("/operations/")
    text = olu.get("/operations/house/").content.decode()
    assert "Ada Osei asked for something that their role does not allow" in text
    assert "created a draft" not in text


def test_the_staff_page_names_everybody_and_says_how_to_add(
    olu: Colleague, pia: Colleague, settings: Any
) -> None:
    text = olu.get("/operations/staff/").content.decode()
    for words in ("Olu Brandt", "pia@portal.example", "Porting desk", "enrol --staff operator"):
        assert words in text
