"""Addresses of notifications; the preferences stand below the person's account."""

from __future__ import annotations

from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notification_list, name="list"),
    path("notifications/read/", views.mark_read, name="read"),
    path("notifications/<uuid:notification_id>/read/", views.mark_read, name="read-one"),
    path("notifications/notices/<uuid:notice_id>/dismiss/", views.dismiss_notice, name="dismiss"),
    path("account/notifications/", views.preferences, name="preferences"),
]
