"""Addresses of brands and their drafts."""

from __future__ import annotations

from django.urls import path

from brands import correcting, drafting, proofs_views, removing, rules_views, views

app_name = "brands"
urlpatterns = [
    path("", views.brand_list, name="list"),
    path("export/", views.export, name="export"),
    path("new/", drafting.new, name="new"),
    path("drafts/<uuid:brand_id>/check/", drafting.check, name="check"),
    path("drafts/<uuid:brand_id>/submission/", drafting.submission, name="submission"),
    path("drafts/<uuid:brand_id>/deletion/", drafting.deletion, name="delete-draft"),
    path("drafts/<uuid:brand_id>/discarding/", correcting.discarding, name="discard"),
    path("drafts/<uuid:brand_id>/review/", correcting.review, name="review"),
    path("drafts/<uuid:brand_id>/<slug:slug>/", drafting.step, name="step"),
    path("drafts/<uuid:brand_id>/<slug:slug>/findings/", rules_views.findings, name="findings"),
    path("<uuid:brand_id>/", views.detail, name="detail"),
    path("<uuid:brand_id>/status/", views.status, name="status"),
    path("<uuid:brand_id>/versions/", views.versions, name="versions"),
    path("<uuid:brand_id>/versions/<int:number>/", views.version, name="version"),
    path("<uuid:brand_id>/export/", views.export_one, name="export-one"),
    path("<uuid:brand_id>/deletion/", removing.deletion, name="deletion"),
    path("<uuid:brand_id>/tax-id/", views.tax_id, name="tax-id"),
    path("<uuid:brand_id>/confirmation/", proofs_views.confirmation, name="confirmation"),
    path("<uuid:brand_id>/contact/", proofs_views.contact, name="contact"),
    path("<uuid:brand_id>/password/", proofs_views.send_password, name="send-password"),
    path("<uuid:brand_id>/password/check/", proofs_views.check_password, name="check-password"),
]
