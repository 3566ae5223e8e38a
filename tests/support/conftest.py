"""The mail server of these tests."""

from __future__ import annotations

from tests.notifications.conftest import mails

__all__ = ["mails"]
