"""Addresses of the practice registry: the vendor's below `/v2`, the control page, the control API."""

from __future__ import annotations

from django.urls import include, path, re_path

from portal.practice import control, control_api
from portal.practice.telnyx import brands
from portal.ui import views as ui

urlpatterns = [
    path("health/", control_api.health, name="health"),
    path("clock", control_api.clock_now, name="clock-now"),
    # The vendor's endpoints.
    path("v2/10dlc/brand", brands.collection),
    path("v2/10dlc/brand/feedback/<str:brand_id>", brands.single_feedback),
    path("v2/10dlc/brand/<str:brand_id>", brands.single),
    re_path(r"^v2(?:/.*)?\Z", brands.nothing),
    # For a person.
    path("", control.home, name="home"),
    path("clock/", control.clock_moved, name="clock"),
    path("silence/", control.silence, name="silence"),
    path("brands/<uuid:brand_id>/", control.brand, name="brand"),
    path("brands/<uuid:brand_id>/<slug:act>/", control.decision, name="decision"),
    path("names/", control.names, name="names"),
    path("ledger/", control.ledger_page, name="ledger"),
    path("", include(([path("theme/", ui.theme, name="theme")], "ui"))),
    # For tests and commands.
    path("control/api/brands", control_api.brands),
    path("control/api/brands/<uuid:brand_id>", control_api.brand),
    path("control/api/brands/<uuid:brand_id>/verdict", control_api.verdict),
    path("control/api/brands/<uuid:brand_id>/silence", control_api.brand_silence),
    path("control/api/silence", control_api.silence),
    path("control/api/clock", control_api.clock_moved),
    path("control/api/ledger", control_api.ledger_entries),
]
handler400 = "portal.practice.control.bad_request"
handler404 = "portal.practice.control.not_found"
handler500 = "portal.practice.control.broken"
