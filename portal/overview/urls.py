"""The start page, and the one place for everything about SMS campaigns."""

from __future__ import annotations

from django.urls import path

from portal.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("sms-campaigns/", views.sms_campaigns, name="sms-campaigns"),
    path("sms-campaigns/badges/", views.badges, name="badges"),
]
