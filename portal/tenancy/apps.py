"""Organizations and memberships."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """App `tenancy`: organizations and memberships."""

    name = "portal.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Tell the audit log how its events are told."""
        from portal.tenancy import telling, things

        telling.teach_all()
        things.know_all()
