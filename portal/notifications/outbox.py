"""The practice portal's own outbox: mails become rows that a page shows, and none leaves the machine."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from portal import clock
from portal.notifications.models import PracticeMail

# Enough to find what one did today; a demo that runs for weeks does not fill its disk with mails.
KEPT = 500


class EmailBackend(BaseEmailBackend):
    """Keeps every mail with its text and HTML parts. Chosen by settings in practice mode only."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them down; the number of mails."""
        at = clock.read().business
        for mail in email_messages:
            parts = mail.alternatives if isinstance(mail, EmailMultiAlternatives) else []
            html = next((str(part[0]) for part in parts if part[1] == "text/html"), "")
            PracticeMail.objects.create(
                at=at,
                message_id=str(mail.message()["Message-ID"])[:300],
                sender=mail.from_email[:300],
                recipients=", ".join(mail.recipients())[:300],
                subject=str(mail.subject)[:300],
                text=str(mail.body),
                html=html,
            )
        kept = PracticeMail.objects.order_by("-at", "-id").values("pk")[:KEPT]
        PracticeMail.objects.exclude(pk__in=kept).delete()
        return len(email_messages)
