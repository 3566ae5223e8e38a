"""Addresses of the page that checks texts: no organization's, and nobody's rows."""

from __future__ import annotations

from django.urls import path

from campaigns import checking

app_name = "checking"
urlpatterns = [
    path("", checking.message, name="message"),
    path("campaign/", checking.campaign, name="campaign"),
    path("rules/", checking.all_rules, name="rules"),
]
