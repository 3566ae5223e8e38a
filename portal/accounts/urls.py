"""Addresses about oneself. Those of allauth stand beside them in `portal.urls`."""

from __future__ import annotations

from django.urls import path

from portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/details/", views.details, name="details"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/end/", views.end_session, name="end-others"),
    path("sessions/<int:pk>/end/", views.end_session, name="end-one"),
    path("session/", views.session, name="session"),
    path("kept/", views.kept, name="kept"),
]
