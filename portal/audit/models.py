"""What happened: one append-only row per act, and the chain that would show if one was changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


def _organization(*, db_constraint: bool = True) -> models.ForeignKey:  # type: ignore[type-arg]
    """Whose; NULL is the house. Every table here has an index that begins with it, so it needs none alone."""
    return models.ForeignKey(
        "tenancy.Organization",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=db_constraint,
    )


class Event(models.Model):
    """Somebody did something to something.

    `at` is business time, which pages show; `recorded_at` is the database's own clock, which
    nothing moves. The actor's name is kept as it was, because people leave and rows stay.
    An event without an organization is the house's own: a sign-in, an act of the operator's staff.
    """

    organization = _organization()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=30)
    object_id = models.UUIDField()
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # The timeline of one thing, newest first.
            models.Index(fields=["organization", "object_kind", "object_id", "-id"], name="event_timeline"),
            # The pages of the log, newest first: all of it, and after each filter. A range of days is a
            # range of the same index.
            models.Index(fields=["organization", "-at", "-id"], name="event_newest"),
            models.Index(fields=["organization", "actor_id", "-at", "-id"], name="event_by_actor"),
            models.Index(fields=["organization", "action", "-at", "-id"], name="event_by_action"),
            models.Index(fields=["organization", "object_kind", "-at", "-id"], name="event_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"


class Unsealed(models.Model):
    """An event that no seal covers yet. A trigger of the database writes it with the event, in its transaction.

    So an event that commits after its successors is found all the same, and nothing has to be searched.
    """

    event_id = models.BigIntegerField(primary_key=True)
    organization = _organization(db_constraint=False)

    def __str__(self) -> str:
        return f"event {self.event_id}"


class Link(models.Model):
    """One event's place in the chain of its organization, or of the house. See `audit/chain.py`."""

    event_id = models.BigIntegerField(primary_key=True)
    organization = _organization(db_constraint=False)
    position = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        constraints = [
            # The house has positions of its own: there, NULL is an organization like any other.
            models.UniqueConstraint(
                fields=["organization", "position"], name="one_link_per_position", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} at {self.position}"


class Seal(models.Model):
    """A batch of links of one chain. Seals of all organizations form one chain of their own, by number.

    `head` is the digest of the last link; `digest` covers the seal and, through the one before, all others.
    """

    number = models.BigIntegerField(primary_key=True)
    organization = _organization(db_constraint=False)
    version = models.PositiveSmallIntegerField()
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    head = models.BinaryField()
    sealed_at = models.DateTimeField()
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"seal {self.number}"
