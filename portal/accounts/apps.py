"""People who sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """App `accounts`: people who sign in."""

    name = "portal.accounts"
    label = "accounts"
