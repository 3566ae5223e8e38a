"""Addresses of campaigns and their drafts."""

from __future__ import annotations

from django.urls import path

from campaigns import (
    calendar_views,
    cloning,
    correcting,
    drafting,
    guides,
    removing,
    renewal_views,
    rules_views,
    versions_views,
    views,
)

app_name = "campaigns"
urlpatterns = [
    path("", views.campaign_list, name="list"),
    path("export/", views.export, name="export"),
    path("calendar/", calendar_views.renewals, name="calendar"),
    path("calendar/address/", calendar_views.address, name="calendar-address"),
    path("throughput/", guides.throughput, name="throughput"),
    path("guide/<slug:slug>/", guides.guide, name="guide"),
    path("new/", drafting.new, name="new"),
    path("drafts/<uuid:campaign_id>/check/", drafting.check, name="check"),
    path("drafts/<uuid:campaign_id>/submission/", drafting.submission, name="submission"),
    path("drafts/<uuid:campaign_id>/deletion/", drafting.deletion, name="delete-draft"),
    path("drafts/<uuid:campaign_id>/discarding/", correcting.discarding, name="discard"),
    path("drafts/<uuid:campaign_id>/<slug:slug>/", drafting.step, name="step"),
    path("drafts/<uuid:campaign_id>/<slug:slug>/findings/", rules_views.findings, name="findings"),
    path("<uuid:campaign_id>/", views.detail, name="detail"),
    path("<uuid:campaign_id>/status/", views.status, name="status"),
    path("<uuid:campaign_id>/export/", views.export_one, name="export-one"),
    path("<uuid:campaign_id>/clone/", cloning.copying, name="clone"),
    path("<uuid:campaign_id>/deletion/", removing.deletion, name="deletion"),
    path("<uuid:campaign_id>/resubmission/", correcting.again, name="resubmission"),
    path("<uuid:campaign_id>/appeal/", correcting.appeal, name="appeal"),
    path("<uuid:campaign_id>/renewal/", renewal_views.renewal, name="renewal"),
    path("<uuid:campaign_id>/versions/", versions_views.versions, name="versions"),
    path("<uuid:campaign_id>/versions/<int:number>/", versions_views.version, name="version"),
    path("<uuid:campaign_id>/undo/", removing.undo, name="undo"),
]
