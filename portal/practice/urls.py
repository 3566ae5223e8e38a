"""Addresses of the practice registry: the vendor's below `/v2`, the control page, the control API."""

from __future__ import annotations

from django.urls import include, path, re_path

from portal.practice import campaigns_api, control, control_api, control_campaigns, switches, switches_api
from portal.practice.telnyx import brands, campaigns, passwords, vettings
from portal.ui import views as ui

urlpatterns = [
    path("health/", control_api.health, name="health"),
    path("clock", control_api.clock_now, name="clock-now"),
    path("webhook-key", switches_api.webhook_key, name="webhook-key"),
    # The vendor's endpoints.
    path("v2/10dlc/brand", brands.collection),
    path("v2/10dlc/brand/feedback/<str:brand_id>", brands.single_feedback),
    path("v2/10dlc/brand/smsOtp/<str:reference>", passwords.by_reference),
    path("v2/10dlc/brand/<str:brand_id>", brands.single),
    path("v2/10dlc/brand/<str:brand_id>/revet", brands.single_revet),
    path("v2/10dlc/brand/<str:brand_id>/externalVetting", vettings.collection),
    path("v2/10dlc/brand/<str:brand_id>/2faEmail", vettings.contact_email),
    path("v2/10dlc/brand/<str:brand_id>/smsOtp", passwords.of_brand),
    path("v2/10dlc/campaignBuilder", campaigns.builder),
    path("v2/10dlc/campaignBuilder/brand/<str:brand_id>/usecase/<str:usecase>", campaigns.qualification),
    path("v2/10dlc/campaign", campaigns.collection),
    path("v2/10dlc/campaign/usecase/cost", campaigns.costs),
    path("v2/10dlc/campaign/<str:campaign_id>", campaigns.single),
    path("v2/10dlc/campaign/<str:campaign_id>/appeal", campaigns.single_appeal),
    path("v2/10dlc/campaign/<str:campaign_id>/mnoMetadata", campaigns.single_metadata),
    path("v2/10dlc/campaign/<str:campaign_id>/operationStatus", campaigns.single_status),
    re_path(r"^v2(?:/.*)?\Z", brands.nothing),
    # For a person.
    path("", control.home, name="home"),
    path("clock/", control.clock_moved, name="clock"),
    path("silence/", control.silence, name="silence"),
    path("brands/<uuid:brand_id>/", control.brand, name="brand"),
    path("brands/<uuid:brand_id>/<slug:act>/", control.decision, name="decision"),
    path("campaigns/", control_campaigns.campaigns, name="campaigns"),
    path("campaigns/pace/", control_campaigns.pace, name="pace"),
    path("campaigns/<uuid:campaign_id>/", control_campaigns.campaign, name="campaign"),
    path(
        "campaigns/<uuid:campaign_id>/network/<str:code>/",
        control_campaigns.network,
        name="campaign-network",
    ),
    path("campaigns/<uuid:campaign_id>/<slug:act>/", control_campaigns.decision, name="campaign-decision"),
    path("names/", control.names, name="names"),
    path("ledger/", control.ledger_page, name="ledger"),
    path("faults/", switches.faults, name="faults"),
    path("faults/off/", switches.fault_off, name="fault-off"),
    path("faults/<slug:kind>/", switches.fault_on, name="fault-on"),
    path("webhooks/", switches.webhooks, name="webhooks"),
    path("webhooks/switch/", switches.webhooks_switch, name="webhooks-switch"),
    path("webhooks/<int:delivery_id>/again/", switches.webhook_again, name="webhook-again"),
    path("", include(([path("theme/", ui.theme, name="theme")], "ui"))),
    # For tests and commands.
    path("control/api/brands", control_api.brands),
    path("control/api/brands/<uuid:brand_id>", control_api.brand),
    path("control/api/brands/<uuid:brand_id>/verdict", control_api.verdict),
    path("control/api/brands/<uuid:brand_id>/silence", control_api.brand_silence),
    path("control/api/campaigns", campaigns_api.campaigns),
    path("control/api/campaigns/<uuid:campaign_id>", campaigns_api.campaign),
    path("control/api/campaigns/<uuid:campaign_id>/decision", campaigns_api.decision),
    path("control/api/pace", campaigns_api.pace),
    path("control/api/funds", campaigns_api.funds),
    path("control/api/silence", control_api.silence),
    path("control/api/clock", control_api.clock_moved),
    path("control/api/ledger", control_api.ledger_entries),
    path("control/api/brands/<uuid:brand_id>/confirm", switches_api.confirm),
    path("control/api/brands/<uuid:brand_id>/password", switches_api.password),
    path("control/api/faults", switches_api.faults),
    path("control/api/faults/<int:fault_id>", switches_api.fault),
    path("control/api/presets", switches_api.presets),
    path("control/api/limits", switches_api.limits),
    path("control/api/seed", switches_api.seed),
    path("control/api/invariants", switches_api.invariants),
    path("control/api/webhooks", switches_api.webhooks),
    path("control/api/webhooks/off", switches_api.webhooks_off),
    path("control/api/webhooks/<int:delivery_id>/again", switches_api.webhook_again),
    path("control/api/webhook-key/rotate", switches_api.rotate_key),
]
handler400 = "portal.practice.control.bad_request"
handler404 = "portal.practice.control.not_found"
handler500 = "portal.practice.control.broken"
