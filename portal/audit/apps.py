"""What happened, by whom, when."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """App `audit`: what happened, by whom, when."""

    name = "portal.audit"
    label = "audit"
