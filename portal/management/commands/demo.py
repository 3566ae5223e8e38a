"""`manage.py demo`: a company to look around in, for practice mode only."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from brands.models import Brand, start_draft
from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.recording import CLEARLINE, Actor
from portal.tenancy.models import Membership, Organization, Role
from portal.tenancy.scope import acting_for

COMPANY = "Larkspur Dental Group"
PEOPLE = (
    ("ada@larkspur.example", "Ada Osei", Role.OWNER),
    ("bo@larkspur.example", "Bo Lindqvist", Role.VIEWER),
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


class Command(BaseCommand):
    """Idempotent: made once, and the sign-ins are printed every time."""

    help = "Make a demo company in practice mode and print its sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        """People, one submitted brand and one draft."""
        if not settings.PRACTICE_URL or settings.HOME is None:
            raise CommandError("The demo company is for practice mode with the embedded services only.")
        password = settings.HOME.secret("demo-password")[:16]
        organization = self._company(password)
        for email, name, role in PEOPLE:
            self.stdout.write(f"{email}  {password}  {name}, {role.label.lower()} of {organization.name}")

    def _company(self, password: str) -> Organization:
        found = Organization.objects.filter(name=COMPANY).first()
        if found is not None:
            return found
        with transaction.atomic():
            organization = Organization.objects.create(name=COMPANY, time_zone="America/Los_Angeles")
            for email, name, role in PEOPLE:
                user, _made = account_for(email, name=name, password=password)
                with acting_for(organization.pk, by=CLEARLINE):
                    Membership.objects.create(organization=organization, user=user, role=role)
        # The registry was started a moment ago, and its clock is the one that pages show.
        for _attempt in range(40):
            if clock.follow_practice():
                break
            time.sleep(0.25)
        owner = Actor(PEOPLE[0][1])
        times = clock.read()
        with acting_for(organization.pk, by=owner):
            for answers, submit in ((SUBMITTED, True), (DRAFT, False)):
                brand: Brand = start_draft(organization_id=organization.pk, by=owner, times=times)
                brand.accept_terms(by=owner, times=times)
                brand.save_answers(answers, times=times)
                if submit:
                    brand.submit(by=owner, times=times)
        return organization
