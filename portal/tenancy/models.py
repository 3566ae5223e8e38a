"""Organizations (the tenants) and who belongs to them."""

from __future__ import annotations

import uuid
import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.tenancy.scope import DeskManager, TenantManager


def known_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone such as America/New_York."))


class Organization(models.Model):
    """A tenant. Dates on its pages are in its time zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/New_York", validators=[known_time_zone]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Everybody here must have a second factor before any page opens.
    mfa_required = models.BooleanField(_("two-step sign-in required"), default=False)
    # Business time; while set, its people can read and nobody can write.
    suspended_at = models.DateTimeField(null=True)
    suspended_reason = models.CharField(max_length=300, blank=True)

    # What the audit log calls it.
    kind = "organization"

    def __str__(self) -> str:
        return self.name

    @property
    def organization_id(self) -> uuid.UUID:
        """Its own id: an event about an organization belongs to it."""
        return self.pk

    @property
    def is_suspended(self) -> bool:
        """May its people only read?"""
        return self.suspended_at is not None


class Role(models.TextChoices):
    """What a member may do; `roles.py` holds the table."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    SUBMITTER = "submitter", _("Submitter")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    """One person in one organization, with one role."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12)
    # Business time where a page made it: it stands on the members page as "since".
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_per_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    # What the audit log calls it.
    kind = "member"

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    @property
    def role_word(self) -> str | Promise:
        """The role as people read it."""
        return Role(self.role).label


class StaffRole(models.TextChoices):
    """What somebody of the company that runs the portal may do; `roles.py` holds the table."""

    OPERATOR = "operator", _("Operator")
    DESK = "desk", _("Porting desk")


class Staff(models.Model):
    """Somebody of the company that runs the portal. They belong to no organization through this row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=StaffRole.values), name="staff_role_known")
        ]

    # What the audit log calls it.
    kind = "staff"

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    def may(self, duty: str) -> bool:
        """Does the role allow `duty`? For the navigation; doors ask `access.staff`."""
        from portal.tenancy.roles import Duty, on_duty

        return on_duty(self.role, Duty(duty))


class TenantModel(models.Model):
    """A row that belongs to one organization. Reading it without a scope raises `NoScope`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()
    everywhere = DeskManager()

    class Meta:
        abstract = True


class Outgoing(TenantModel):
    """A tenant's row that has to be mailed once: the outbox is the row itself.

    `due_at` is business time, because quiet hours and digests are; the lease is machine time.
    """

    due_at = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Invitation(Outgoing):
    """Somebody was asked into an organization. Good once, until it expires, is withdrawn or taken.

    The link carries a signature over id and `generation`; nothing that opens it is stored.
    Sending it again raises `generation`, and with that the earlier link is dead.
    """

    kind = "invitation"

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12)
    generation = models.PositiveIntegerField(default=1)
    invited_by = models.UUIDField()
    invited_by_name = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known"),
            # One open invitation per address and organization: a second one is sent again instead.
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.role}"

    @property
    def role_word(self) -> str | Promise:
        """The role as people read it."""
        return Role(self.role).label
