"""`manage.py enrol ORG EMAIL ROLE`: the first people of a portal, or one more."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.enrolling import account_for, password_link
from portal.accounts.models import User
from portal.audit.recording import CLEARLINE
from portal.tenancy.models import Membership, Organization, Role, known_time_zone
from portal.tenancy.scope import acting_for


class Command(BaseCommand):
    """Makes the organization if it is new, the account if it is new, and the membership."""

    help = "Give a person a role in an organization, making both where they do not exist yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """ORG EMAIL ROLE, with a name and, for a new organization, a time zone."""
        parser.add_argument("organization", help="name of the organization, made if there is none")
        parser.add_argument("email", help="e-mail address with which the person signs in")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--name", default="", help="the person's name, as others see it")
        parser.add_argument("--time-zone", default="America/New_York", help="time zone of a new organization")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction and print what was done, with the link to choose a password."""
        email, name = options["email"].strip(), options["organization"].strip()
        try:
            User(email=email).clean_fields(exclude=["name", "password"])
            known_time_zone(options["time_zone"])
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        if not 1 <= len(name) <= 100:
            raise CommandError("The organization's name has 1 to 100 characters.")
        with transaction.atomic():
            if Organization.objects.filter(name=name).count() > 1:
                raise CommandError(f"There are several organizations named {name!r}.")
            organization, is_new = Organization.objects.get_or_create(
                name=name, defaults={"time_zone": options["time_zone"]}
            )
            user, made = account_for(email, name=options["name"])
            with acting_for(organization.pk, by=CLEARLINE):
                Membership.objects.update_or_create(
                    organization=organization, user=user, defaults={"role": options["role"]}
                )
        self.stdout.write(
            f"{user.email} is {options['role']} of {organization.name}{' (new)' if is_new else ''}."
        )
        if made:
            self.stdout.write(f"Choose a password at {password_link(user)}")
