"""Addresses of an organization: its members, invitations and settings, and the choice between several."""

from __future__ import annotations

from django.urls import path

from portal.tenancy import audit_log, invitation_views, join_views, member_views, organization_views

app_name = "tenancy"
urlpatterns = [
    path("", organization_views.mine, name="mine"),
    path("choice/<uuid:organization_id>/", organization_views.choose, name="choose"),
    path("settings/", organization_views.settings, name="settings"),
    path("settings/two-step/", organization_views.two_step, name="two-step"),
    path("members/", member_views.members, name="members"),
    path("members/<uuid:user_id>/role/", member_views.role, name="role"),
    path("members/<uuid:user_id>/removal/", member_views.removal, name="removal"),
    path("audit/", audit_log.log, name="audit"),
    path("audit/export/", audit_log.export, name="audit-export"),
    path("leave/", member_views.leave, name="leave"),
    path("invitations/new/", invitation_views.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/mail/", invitation_views.mail, name="mail"),
    path("invitations/<uuid:invitation_id>/withdrawal/", invitation_views.withdrawal, name="withdraw"),
    # Public: the token is a signature over one invitation.
    path("join/<str:token>/", join_views.join, name="join"),
]
