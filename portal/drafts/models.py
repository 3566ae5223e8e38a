"""What somebody typed into one step of one draft: not saved yet, saved, or put aside.

The draft's own row holds valid answers and no more. What is wrong, half-typed, or was overwritten by
somebody else's answers stands here, so that leaving a page and choosing between two answers lose nothing.
"""

from __future__ import annotations

from django.db import models

from portal.tenancy.models import TenantModel


class Typed(TenantModel):
    """The raw answers of one person to one step. Secret answers, such as a tax id, are never among them."""

    OPEN = "open"
    SAVED = "saved"
    ASIDE = "aside"

    # The draft: its kind ("brand") and its id.
    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    slug = models.CharField(max_length=50)
    person = models.UUIDField()
    person_name = models.CharField(max_length=254)
    # Business time, like the draft's own.
    at = models.DateTimeField()
    state = models.CharField(max_length=5)
    # By field, as its control gives them.
    answers = models.JSONField()
    # What the page showed when it was opened (`ui.answers`).
    opened_from = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "saved", "aside"]), name="typed_state_known"
            ),
            # What a person has not saved yet is one text, which grows.
            models.UniqueConstraint(
                fields=["organization", "kind", "subject_id", "slug", "person"],
                condition=models.Q(state="open"),
                name="one_open_text_per_person",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "subject_id", "slug", "-at"], name="typed_into_step")
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.kind} {self.subject_id} {self.slug}"
