"""The operator's own pages."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """App `operations`: all organizations at a glance, the porting desk, staff."""

    name = "portal.operations"
    label = "operations"

    def ready(self) -> None:
        """Say how the staff's acts are told."""
        from portal.operations.events import teach

        teach()
