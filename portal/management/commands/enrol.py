"""`manage.py enrol ORG EMAIL ROLE`: the first people of a portal, or one more. With `--staff`: the operator's own."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import clock
from portal.accounts.enrolling import account_for, password_link
from portal.accounts.models import User
from portal.audit.recording import CLEARLINE, record, record_house
from portal.operations.events import CREATED, ENROLLED, STAFF_ENDED, STAFF_ENROLLED
from portal.tenancy.membering import Member
from portal.tenancy.models import Membership, Organization, Role, Staff, StaffRole, known_time_zone
from portal.tenancy.scope import acting_for

# Takes somebody off the staff again.
NONE = "none"
USAGE = """\
manage.py enrol ORG EMAIL ROLE [--name NAME] [--time-zone ZONE]
       manage.py enrol --staff {operator,desk,none} EMAIL [--name NAME]
"""


class Command(BaseCommand):
    """Makes the organization if it is new, the account if it is new, and the membership or the place in staff."""

    help = "Give a person a role in an organization, making both where they do not exist yet; or a role in staff."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """ORG EMAIL ROLE, with a name and, for a new organization, a time zone; or --staff ROLE EMAIL."""
        parser.usage = USAGE
        parser.add_argument(
            "who", nargs="+", help=f"ORG EMAIL ROLE, where ROLE is one of {', '.join(Role.values)}; or EMAIL"
        )
        parser.add_argument(
            "--staff",
            choices=[*StaffRole.values, NONE],
            help="make EMAIL the portal's operator, or somebody at its porting desk; none ends that",
        )
        parser.add_argument("--name", default="", help="the person's name, as others see it")
        parser.add_argument("--time-zone", default="America/New_York", help="time zone of a new organization")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction and print what was done, with the link to choose a password."""
        who: list[str] = [one.strip() for one in options["who"]]
        if len(who) != (1 if options["staff"] else 3):
            raise CommandError(f"Usage: {USAGE}")
        email = who[0] if options["staff"] else who[1]
        try:
            User(email=email).clean_fields(exclude=["name", "password"])
            known_time_zone(options["time_zone"])
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        if options["staff"]:
            self._staff(email, options["staff"], options["name"])
        else:
            self._member(who[0], email, who[2], options)

    def _member(self, name: str, email: str, role: str, options: dict[str, Any]) -> None:
        if role not in Role.values:
            raise CommandError(f"ROLE is one of {', '.join(Role.values)}, not {role!r}.")
        if not 1 <= len(name) <= 100:
            raise CommandError("The organization's name has 1 to 100 characters.")
        at = clock.read().business
        with transaction.atomic():
            if Organization.objects.filter(name=name).count() > 1:
                raise CommandError(f"There are several organizations named {name!r}.")
            organization, is_new = Organization.objects.get_or_create(
                name=name, defaults={"time_zone": options["time_zone"]}
            )
            user, made = account_for(email, name=options["name"])
            with acting_for(organization.pk, by=CLEARLINE):
                if is_new:
                    record(CREATED, organization, by=CLEARLINE, at=at, detail={"name": name})
                membership, joined = Membership.objects.get_or_create(
                    organization=organization, user=user, defaults={"role": role, "created_at": at}
                )
                if joined:
                    _record(ENROLLED, membership, at, {"role": role})
                elif membership.role != role:
                    was, membership.role = membership.role, role
                    membership.save(update_fields=["role"])
                    _record("member.role-changed", membership, at, {"from": was, "to": role})
        self.stdout.write(f"{user.email} is {role} of {organization.name}{' (new)' if is_new else ''}.")
        self._link(user, made=made)

    def _staff(self, email: str, role: str, name: str) -> None:
        at = clock.read().business
        with transaction.atomic():
            if role == NONE:
                ended = Staff.objects.filter(user__email__iexact=email).select_related("user").first()
                if ended is None:
                    raise CommandError(f"{email} is not on the staff.")
                ended.delete()
                _record_staff(STAFF_ENDED, ended.user, ended.role, at)
                self.stdout.write(f"{ended.user.email} is not on the staff any more.")
                return
            user, made = account_for(email, name=name)
            Staff.objects.update_or_create(user=user, defaults={"role": role})
            _record_staff(STAFF_ENROLLED, user, role, at)
        self.stdout.write(f"{user.email} is {StaffRole(role).label.lower()} of this portal.")
        self._link(user, made=made)

    def _link(self, user: User, *, made: bool) -> None:
        if made:
            self.stdout.write(f"Choose a password at {password_link(user)}")


def _record(action: str, membership: Membership, at: datetime, detail: dict[str, str]) -> None:
    whom = {"person": str(membership.user), "email": membership.user.email}
    record(action, Member.of(membership), by=CLEARLINE, at=at, detail={**whom, **detail})


def _record_staff(action: str, user: User, role: str, at: datetime) -> None:
    detail = {"person": str(user), "email": user.email, "role": role}
    record_house(action, kind=Staff.kind, object_id=user.pk, by=CLEARLINE, at=at, detail=detail)
