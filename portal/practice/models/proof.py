"""What proves a brand beyond its registration: external vettings and one-time passwords."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from portal.practice.models.brand import Brand


class Vetting(models.Model):
    """One external vetting of a brand. All moments are business time.

    It is complete from `due_at` on; null means that it waits for a person (the e-mail of an
    Authentication+). Without a `score` it has failed. `expires_at` ends the chance to confirm.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="vettings")
    evp_id = models.CharField(max_length=10)
    vetting_class = models.CharField(max_length=60)
    vetting_id = models.CharField(max_length=60)
    token = models.CharField(max_length=200, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    # Authentication+ only: the link in the newest e-mail.
    mailed_at = models.DateTimeField(null=True)
    announced = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Vetting]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.evp_id} {self.vetting_class} of {self.brand}"


class OneTimePassword(models.Model):
    """A PIN that was sent to a sole proprietor's phone. All moments are business time."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="passwords")
    reference = models.CharField(max_length=20, unique=True)
    pin = models.CharField(max_length=10)
    phone = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    success_text = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[OneTimePassword]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.reference} of {self.brand}"
