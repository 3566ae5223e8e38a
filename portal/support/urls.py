"""Addresses of an organization's tickets."""

from __future__ import annotations

from django.urls import path

from portal.support import views

app_name = "support"
urlpatterns = [
    path("", views.tickets, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:ticket_id>/", views.ticket, name="ticket"),
    path("<uuid:ticket_id>/reply/", views.reply, name="reply"),
    path("<uuid:ticket_id>/end/", views.end, name="end"),
    path("<uuid:ticket_id>/files/<uuid:file_id>/", views.download, name="file"),
]
