"""The life cycle of everything that is filed with a carrier."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """App `lifecycle`: states and moves, submissions, watches, and the one loop that works on them."""

    name = "portal.lifecycle"
    label = "lifecycle"
