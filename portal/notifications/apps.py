"""What people are told, and how: rows first, mails from them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """App `notifications`: an outbox of rows, mails, preferences and the operator's notices."""

    name = "portal.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Teach the sentences of our own events, and the words of what happens to an organization."""
        from portal.audit.sentences import Told, teach  # models are loaded by now, and not before
        from portal.notifications import notices, organizations, preferring

        teach(preferring.CHANGED, Told(_("%(actor)s chose what they are told"), "mute", "mail"))
        teach(notices.PUBLISHED, Told(_("%(actor)s published a notice"), "mute", "info"))
        teach(notices.WITHDRAWN, Told(_("%(actor)s withdrew a notice"), "mute", "info"))
        organizations.teach_words()
