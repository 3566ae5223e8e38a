"""What people typed into the steps of a draft, saved or not."""

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """App `drafts`: nothing typed is lost, whoever else works on the same draft."""

    name = "portal.drafts"
    label = "drafts"
