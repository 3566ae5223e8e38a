"""What Celery runs of sign-ins."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from portal.accounts.models import Remembered


@shared_task(name="portal.accounts.tasks.clear_away")
def clear_away() -> None:
    """Delete sessions that have run out, their places in the list, and tries that no longer count."""
    Session.objects.filter(expire_date__lt=Now()).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
    Remembered.objects.filter(expires__lt=Now()).delete()
