"""Addresses of the interface itself."""

from __future__ import annotations

from django.urls import path

from portal.ui import views

app_name = "ui"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("ui/specimen/", views.specimen, name="specimen"),
]
