"""An organization's name, its clock, and how its people sign in."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from portal.audit.models import Event
from portal.tenancy.models import Organization
from portal.ui.time_zones import offered
from tests.people import Person, enrolled

SETTINGS = "/organization/settings/"
TWO_STEP = "/organization/settings/two-step/"


def told(person: Person) -> list[tuple[str, dict[str, object]]]:
    """What the audit log says of the organization itself."""
    with person.acting():
        rows = Event.objects.filter(object_kind="organization").order_by("id")
        return [(one.action, one.detail) for one in rows]


def with_second_step(person: Person) -> None:
    Authenticator.objects.create(user=person.user, type=Authenticator.Type.TOTP, data={"secret": "x"})


def required(person: Person) -> bool:
    return bool(Organization.objects.get(pk=person.organization.pk).mfa_required)


@pytest.mark.django_db
def test_name_and_time_zone_are_saved_and_each_change_is_told(ada: Person) -> None:
    answer = ada.post(SETTINGS, {"name": "  Acme   Plumbing ", "time_zone": "America/Chicago"})
    assert answer.status_code == 302
    html = ada.get(SETTINGS).content.decode()
    assert 'value="Acme Plumbing"' in html
    assert '<option value="America/Chicago" selected>' in html
    assert told(ada) == [
        ("organization.renamed", {"from": "Acme", "to": "Acme Plumbing"}),
        ("organization.time-zone-changed", {"from": "America/New_York", "to": "America/Chicago"}),
    ]


@pytest.mark.django_db
def test_what_is_the_same_is_no_change(ada: Person) -> None:
    ada.post(SETTINGS, {"name": "Acme", "time_zone": "America/New_York"})
    assert told(ada) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "time_zone": "UTC"}, "Fill in “Name”."),
        ({"name": "A" * 101, "time_zone": "UTC"}, "at most 100 characters"),
        ({"name": "Acme", "time_zone": "Mars/Olympus"}, "Choose one of the answers offered"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_saved(ada: Person, form: dict[str, str], words: str) -> None:
    answer = ada.post(SETTINGS, form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert told(ada) == []


@pytest.mark.django_db
def test_only_owners_and_admins_are_shown_the_settings(ada: Person, bo: Person) -> None:
    assert SETTINGS in enrolled("di").get("/").content.decode()
    for person in (bo, enrolled("ed")):
        assert SETTINGS not in person.get("/").content.decode()
        assert person.get(SETTINGS).status_code == 403
        assert person.post(TWO_STEP, {"required": "yes"}).status_code == 403
    assert not required(ada)


@pytest.mark.django_db
def test_who_has_no_second_step_cannot_lock_themselves_out(ada: Person) -> None:
    html = ada.get(TWO_STEP).content.decode()
    assert "for yourself first" in html
    assert "Require it" not in html
    assert ada.post(TWO_STEP, {"required": "yes"}).status_code == 409
    assert not required(ada)


@pytest.mark.django_db
def test_requiring_a_second_step_says_whom_it_stops_and_stops_them(ada: Person, bo: Person) -> None:
    enrolled("ed")
    with_second_step(ada)
    assert "2 members have no second step yet" in ada.get(TWO_STEP).content.decode()
    assert ada.post(TWO_STEP, {"required": "yes"}).status_code == 302
    assert told(ada) == [("organization.two-step-required", {"stopped": 2})]
    assert ada.get("/").status_code == 200
    answer = bo.get("/")
    assert answer.status_code == 403
    assert "Set up two-step sign-in first" in answer.content.decode()
    with_second_step(bo)
    assert bo.get("/").status_code == 200


@pytest.mark.django_db
def test_where_everybody_has_one_nobody_is_stopped(ada: Person) -> None:
    with_second_step(ada)
    assert "nobody is stopped" in ada.get(TWO_STEP).content.decode()


@pytest.mark.django_db
def test_it_can_be_optional_again_and_twice_is_once(ada: Person) -> None:
    with_second_step(ada)
    for answer in ("yes", "yes", "no", "no"):
        assert ada.post(TWO_STEP, {"required": answer}).status_code == 302
    assert not required(ada)
    assert [action for action, _detail in told(ada)] == [
        "organization.two-step-required",
        "organization.two-step-optional",
    ]


def test_every_zone_is_offered_once_and_an_old_name_in_use_too() -> None:
    names = [name for _group, zones in offered("US/Eastern") for name, _label in zones]
    assert len(names) == len(set(names))
    assert names[0] == "US/Eastern"
    assert {"America/New_York", "Europe/Stockholm", "Asia/Seoul", "Atlantic/Canary", "UTC"} <= set(names)
    assert "US/Eastern" not in [name for _group, zones in offered() for name, _label in zones]
