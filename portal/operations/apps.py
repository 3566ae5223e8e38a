"""The pages of the company that runs the portal."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """App `operations`: what operator and porting desk see of all organizations."""

    name = "portal.operations"
    label = "operations"
