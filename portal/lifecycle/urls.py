"""Addresses for carriers."""

from __future__ import annotations

from django.urls import path

from portal.lifecycle import webhook_views

app_name = "webhooks"
urlpatterns = [path("<slug:carrier>/<uuid:key>/", webhook_views.event, name="event")]
