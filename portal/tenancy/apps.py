"""Organizations and memberships."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """App `tenancy`: organizations and memberships."""

    name = "portal.tenancy"
    label = "tenancy"
