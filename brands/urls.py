"""Addresses of brands and their drafts."""

from __future__ import annotations

from django.urls import path

from brands import drafting, views

app_name = "brands"
urlpatterns = [
    path("", views.brand_list, name="list"),
    path("badges/", views.badges, name="badges"),
    path("new/", drafting.new, name="new"),
    path("drafts/<uuid:brand_id>/check/", drafting.check, name="check"),
    path("drafts/<uuid:brand_id>/submission/", drafting.submission, name="submission"),
    path("drafts/<uuid:brand_id>/deletion/", drafting.deletion, name="delete-draft"),
    path("drafts/<uuid:brand_id>/<slug:slug>/", drafting.step, name="step"),
    path("<uuid:brand_id>/", views.detail, name="detail"),
    path("<uuid:brand_id>/status/", views.status, name="status"),
    path("<uuid:brand_id>/tax-id/", views.tax_id, name="tax-id"),
]
