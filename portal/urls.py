"""Every address of the portal starts here."""

from __future__ import annotations

from django.urls import include, path

from campaigns import calendar_views
from portal import health

urlpatterns = [
    path("", include("portal.overview.urls")),
    path("brands/", include("brands.urls")),
    path("", include("phone_numbers.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("calendar/<str:token>.ics", calendar_views.feed, name="calendar-feed"),
    path("check/", include("campaigns.checking_urls")),
    path("support/", include("portal.support.urls")),
    path("operations/", include("portal.operations.urls")),
    path("organization/", include("portal.tenancy.urls")),
    path("account/", include("portal.accounts.urls")),
    path("", include("portal.notifications.urls")),
    path("outbox/", include("portal.notifications.outbox_urls")),
    path("account/", include("allauth.account.urls")),
    path("account/two-step/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("", include("portal.ui.urls")),
    path("webhooks/", include("portal.lifecycle.urls")),
    path("health/live/", health.live, name="health-live"),
    path("health/ready/", health.ready, name="health-ready"),
]

handler400 = "portal.ui.views.bad_request"
handler403 = "portal.ui.views.forbidden"
handler404 = "portal.ui.views.not_found"
handler500 = "portal.ui.views.server_error"
