"""`manage.py demo`: two companies to look around in, and the operator's staff, for practice mode only."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from brands.models import Brand, start_draft
from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.recording import CLEARLINE, Actor, record
from portal.management import demo_campaigns
from portal.operations.events import CREATED
from portal.tenancy.membering import join
from portal.tenancy.models import Organization, Role, Staff, StaffRole
from portal.tenancy.scope import acting_for

COMPANY = "Larkspur Dental Group"
BAKERY = "Harbor Street Bakery"
# Everybody's e-mail address, name and roles: enough of them to see what each role may do, to switch between
# two organizations, and to see that neither shows anything of the other.
PEOPLE: tuple[tuple[str, str, dict[str, Role]], ...] = (
    ("ada@larkspur.example", "Ada Osei", {COMPANY: Role.OWNER, BAKERY: Role.VIEWER}),
    ("dana@larkspur.example", "Dana Whitfield", {COMPANY: Role.ADMIN}),
    ("eli@larkspur.example", "Eli Marsh", {COMPANY: Role.SUBMITTER}),
    ("bo@larkspur.example", "Bo Lindqvist", {COMPANY: Role.VIEWER}),
    ("cleo@harbor.example", "Cleo Tran", {BAKERY: Role.OWNER}),
)
STAFF = (
    ("olu@portal.example", "Olu Brandt", StaffRole.OPERATOR),
    ("pia@portal.example", "Pia Novak", StaffRole.DESK),
)
# Names under which the practice registry gives its usual verdict; the numbers are reserved for examples.
SUBMITTED = {
    "legal_name": "Larkspur Dental Group, LLC",
    "display_name": "Larkspur Dental",
    "entity_type": "PRIVATE_PROFIT",
    "country": "US",
    "tax_id": "91-4730265",
    "street": "1420 Fifth Avenue, Suite 2200",
    "city": "Seattle",
    "state": "WA",
    "postal_code": "98101",
    "website": "https://www.larkspur.example",
    "vertical": "HEALTHCARE",
    "email": "support@larkspur.example",
    "phone": "+12065550142",
    "first_name": "Ada",
    "last_name": "Osei",
}
DRAFT = {
    "legal_name": "Larkspur Orthodontics, Inc.",
    "entity_type": "PRIVATE_PROFIT",
    "country": "US",
    "tax_id": "91-4730271",
}
BAKERY_DRAFT = {
    "legal_name": "Harbor Street Bakery, LLC",
    "display_name": "Harbor Street Bakery",
    "entity_type": "PRIVATE_PROFIT",
    "country": "US",
    "tax_id": "84-2093317",
}


class Command(BaseCommand):
    """Idempotent: made once, and the sign-ins are printed every time."""

    help = "Make the demo companies and staff in practice mode and print the sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Staff, two organizations with their people, brands, and one's campaigns and numbers."""
        if not settings.PRACTICE_URL or settings.HOME is None:
            raise CommandError("The demo company is for practice mode with the embedded services only.")
        password = settings.HOME.secret("demo-password")[:16]
        # The registry was started a moment ago, and its clock is the one that pages show.
        for _attempt in range(40):
            if clock.follow_practice():
                break
            time.sleep(0.25)
        for email, name, role in STAFF:
            user, _made = account_for(email, name=name, password=password)
            Staff.objects.get_or_create(user=user, defaults={"role": role})
        if _organization(COMPANY, "America/Los_Angeles", password):
            _brand(COMPANY, SUBMITTED, submit=True)
            _brand(COMPANY, DRAFT)
            demo_campaigns.make(COMPANY, _owner(COMPANY))
        if _organization(BAKERY, "America/New_York", password):
            _brand(BAKERY, BAKERY_DRAFT)
        self._tell(password)

    def _tell(self, password: str) -> None:
        """One line for each sign-in: address, password, and who that is."""
        lines = [
            (
                email,
                f"{name}, " + ", ".join(f"{role.label.lower()} of {where}" for where, role in roles.items()),
            )
            for email, name, roles in PEOPLE
        ]
        lines += [(email, f"{name}, {role.label.lower()} of the portal") for email, name, role in STAFF]
        widest = max(len(email) for email, _who in lines)
        for email, who in lines:
            self.stdout.write(f"{email:<{widest}}  {password}  {who}")


def _organization(name: str, time_zone: str, password: str) -> bool:
    """Make it with its people; False when it is there already."""
    if Organization.objects.filter(name=name).exists():
        return False
    at = clock.read().business
    with transaction.atomic():
        organization = Organization.objects.create(name=name, time_zone=time_zone)
        with acting_for(organization.pk, by=CLEARLINE):
            record(CREATED, organization, by=CLEARLINE, at=at, detail={"name": name})
            for email, person, roles in PEOPLE:
                if name in roles:
                    user, _made = account_for(email, name=person, password=password)
                    join(organization, user, roles[name], by=Actor(person, user.pk), at=at)
    return True


def _brand(company: str, answers: dict[str, str], *, submit: bool = False) -> None:
    """A brand of `company`, made by its owner."""
    organization = Organization.objects.get(name=company)
    owner = _owner(company)
    times = clock.read()
    with acting_for(organization.pk, by=owner):
        brand: Brand = start_draft(organization_id=organization.pk, by=owner, times=times)
        brand.accept_terms(by=owner, times=times)
        brand.save_answers(answers, times=times)
        if submit:
            brand.submit(by=owner, times=times)


def _owner(company: str) -> Actor:
    return Actor(next(name for _email, name, roles in PEOPLE if roles.get(company) == Role.OWNER))
