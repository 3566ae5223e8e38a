"""What people are told, and how: rows first, mails from them."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """App `notifications`: an outbox of rows, mails, preferences and the operator's notices."""

    name = "portal.notifications"
    label = "notifications"
