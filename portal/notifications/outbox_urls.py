"""Addresses of the practice portal's outbox."""

from __future__ import annotations

from django.urls import path

from portal.notifications import outbox_views

app_name = "outbox"
urlpatterns = [
    path("", outbox_views.outbox, name="list"),
    path("<uuid:mail_id>/", outbox_views.mail, name="mail"),
    path("<uuid:mail_id>/html/", outbox_views.html, name="html"),
]
