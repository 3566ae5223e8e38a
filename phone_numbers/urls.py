"""Addresses of numbers."""

from __future__ import annotations

from django.urls import path

from phone_numbers import views

app_name = "numbers"
urlpatterns = [
    # Below the campaign's own address, because that is where people look; served from here, because numbers
    # know campaigns and campaigns do not know numbers.
    path("campaigns/<uuid:campaign_id>/numbers/", views.of_campaign, name="of-campaign"),
]
