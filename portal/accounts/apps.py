"""People who sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """App `accounts`: people who sign in."""

    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Record sign-ins, and remember when each one began."""
        from portal.accounts import events, limits

        events.listen()
        limits.listen()
