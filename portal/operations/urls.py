"""Addresses of the operator's pages."""

from __future__ import annotations

from django.urls import path

from portal.operations import acts, carrier_pages, desk_views, logs, notices, settling, views

app_name = "operations"
urlpatterns = [
    path("", views.home, name="home"),
    path("needs/<slug:slug>/", views.need, name="need"),
    path("organizations/", views.organizations, name="organizations"),
    path("organizations/new/", acts.new, name="new"),
    path("organizations/<uuid:organization_id>/", views.organization, name="organization"),
    path("organizations/<uuid:organization_id>/log/", logs.log, name="log"),
    path("organizations/<uuid:organization_id>/owner/", acts.owner, name="owner"),
    path("organizations/<uuid:organization_id>/suspension/", acts.suspension, name="suspension"),
    path("organizations/<uuid:organization_id>/suspension/end/", acts.resumption, name="resumption"),
    path(
        "organizations/<uuid:organization_id>/submissions/<uuid:submission_id>/",
        settling.settlement,
        name="settlement",
    ),
    path("organizations/<uuid:organization_id>/visit/", acts.visit, name="visit"),
    path("visit/leave/", acts.leave, name="leave"),
    path("carriers/", carrier_pages.overview, name="carriers"),
    path("carriers/<slug:account>/pause/", carrier_pages.pause, name="pause"),
    path("carriers/<slug:account>/resumption/", carrier_pages.resume, name="resume"),
    path("carriers/<slug:account>/comparison/", carrier_pages.compare, name="compare"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notices.new_notice, name="notice-new"),
    path("notices/<uuid:notice_id>/withdrawal/", notices.withdrawal, name="notice-withdrawal"),
    path("desk/", desk_views.queue, name="desk"),
    path("desk/<uuid:ticket_id>/", desk_views.ticket, name="desk-ticket"),
    path("desk/<uuid:ticket_id>/message/", desk_views.write, name="desk-message"),
    path("desk/<uuid:ticket_id>/note/", desk_views.note, name="desk-note"),
    path("desk/<uuid:ticket_id>/approval/", desk_views.approval, name="desk-approval"),
    path("desk/<uuid:ticket_id>/rejection/", desk_views.rejection, name="desk-rejection"),
    path("desk/<uuid:ticket_id>/closing/", desk_views.closing, name="desk-closing"),
    path("desk/<uuid:ticket_id>/files/<uuid:file_id>/", desk_views.download, name="desk-file"),
    path("house/", logs.house, name="house"),
    path("staff/", views.people, name="staff"),
]
