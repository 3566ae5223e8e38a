"""Tickets: what an organization asks the operator's people for, the thread of it, files, and the desk's own notes."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.support import states
from portal.tenancy.models import TenantModel
from portal.ui.looks import Look

# As long as anybody writes; a longer text is a file.
LONGEST = 5000


class Ticket(TenantModel):
    """One request or question of an organization. All times are business time.

    `type` is one of `kinds.TYPES`, whose app keeps what was filed with it. Why it stands where it stands, the thread
    says.
    """

    kind = "ticket"

    type = models.CharField(max_length=20)
    status = models.CharField(max_length=10, default=states.WAITING)
    since = models.DateTimeField()
    subject = models.CharField(_("subject"), max_length=200)
    # What it is about, such as a campaign; the type knows of which kind. None for a question about nothing special.
    about_id = models.UUIDField(null=True)
    # The form's: the same form posted again finds the ticket that it made.
    token = models.UUIDField(default=uuid.uuid4)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    opened_by_name = models.CharField(max_length=254)
    # When it is decided or answered at the latest: by the policy of its type, or as the desk promised.
    due_at = models.DateTimeField()
    promised_for = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "token"], name="one_ticket_per_form"),
            # A second request about the same thing would be decided twice.
            models.UniqueConstraint(
                fields=["organization", "type", "about_id"],
                condition=Q(about_id__isnull=False, ended_at=None),
                name="one_open_ticket_per_thing",
            ),
            models.CheckConstraint(condition=Q(status__in=list(states.LOOKS)), name="ticket_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(states.OPEN), ended_at=None)
                | Q(status__in=sorted(states.ENDED), ended_at__isnull=False),
                name="ticket_status_fits_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-opened_at", "-id"], name="tickets_newest"),
            # The desk's queue, over all organizations: what is due first comes first.
            models.Index(fields=["due_at", "id"], name="tickets_queue", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The page of the organization's own people."""
        return reverse("support:ticket", args=[self.pk])

    @property
    def reference(self) -> str:
        """As people read it to each other on the telephone."""
        return str(self.pk)[:8].upper()

    @property
    def look(self) -> Look:
        """Its badge."""
        return states.LOOKS[self.status]

    @property
    def is_open(self) -> bool:
        """May somebody still write?"""
        return self.status in states.OPEN

    def is_late(self, now: datetime) -> bool:
        """Should it have been decided or answered before business time `now`?"""
        return self.status == states.WAITING and self.due_at < now


class Message(TenantModel):
    """Something said in a ticket, for both sides to read. What is for the desk alone is a `Note`."""

    class Side(models.TextChoices):
        """Who says it."""

        CUSTOMER = "customer", _("Your organization")
        DESK = "desk", _("Porting desk")
        PORTAL = "portal", _("Clearline")

    class Act(models.TextChoices):
        """What it did to the ticket."""

        OPENED = "opened"
        WROTE = "wrote"
        ASKED = "asked"
        PROMISED = "promised"
        APPROVED = "approved"
        REJECTED = "rejected"
        CLOSED = "closed"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, db_constraint=False, related_name="messages")
    side = models.CharField(max_length=10)
    act = models.CharField(max_length=10)
    text = models.TextField(max_length=LONGEST, blank=True)
    # The date that was promised by it.
    promised_for = models.DateField(null=True)
    # What was decided, in the words of the ticket's type.
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=254)
    # The form's: the same form posted again adds nothing.
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "token"], name="one_message_per_form"),
            models.CheckConstraint(
                condition=Q(side__in=["customer", "desk", "portal"]), name="message_side_known"
            ),
        ]
        indexes = [models.Index(fields=["organization", "ticket", "at", "id"], name="messages_of_ticket")]

    def __str__(self) -> str:
        return f"{self.act} by {self.by_name}"


class Attachment(TenantModel):
    """A file of a message. Its type was found by its content, and its name made fit for that."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, db_constraint=False, related_name="files")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, db_constraint=False, related_name="files")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["organization", "ticket"], name="attachments_of_ticket")]

    def __str__(self) -> str:
        return self.name


class Content(TenantModel):
    """The bytes of a file: in the database, so that they stand behind the same walls and in the same backup, and in
    a table of their own, so that no list of files reads them."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, db_constraint=False, related_name="content"
    )
    data = models.BinaryField()

    def __str__(self) -> str:
        return str(self.attachment_id)


class Note(TenantModel):
    """What the desk writes for itself. The database shows and takes it only where `notes.among_ourselves` was
    opened: no page, mail or file of an organization can read one, whatever it asks for."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    text = models.TextField(max_length=LONGEST)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=254)
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "token"], name="one_note_per_form")]
        indexes = [models.Index(fields=["organization", "ticket", "at"], name="notes_of_ticket")]

    def __str__(self) -> str:
        return f"note by {self.by_name}"
