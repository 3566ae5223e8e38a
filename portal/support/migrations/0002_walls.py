"""Walls and composite keys of the tickets; the desk's queue; and the wall before the desk's own notes."""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import CompositeKey, IsolateTenant, OpenToDesk

# Restrictive: it holds together with the organization's own policy, and not instead of it.
_SAID = "current_setting('app.support_notes', true) = 'on'"


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial"), ("tenancy", "0004_audit_walls")]

    operations = [
        IsolateTenant("Ticket"),
        IsolateTenant("Message"),
        IsolateTenant("Attachment"),
        IsolateTenant("Content"),
        IsolateTenant("Note"),
        CompositeKey("Message", "ticket", "Ticket"),
        CompositeKey("Attachment", "ticket", "Ticket"),
        CompositeKey("Attachment", "message", "Message"),
        CompositeKey("Content", "attachment", "Attachment"),
        CompositeKey("Note", "ticket", "Ticket"),
        migrations.RunSQL(
            f"CREATE POLICY ourselves ON support_note AS RESTRICTIVE USING ({_SAID}) WITH CHECK ({_SAID})",
            "DROP POLICY ourselves ON support_note",
        ),
        # What the queue shows of all organizations. What was filed and said is read in the scope of one.
        OpenToDesk(
            "Ticket",
            columns=(
                "id",
                "organization_id",
                "type",
                "status",
                "since",
                "subject",
                "opened_at",
                "due_at",
                "promised_for",
                "ended_at",
            ),
        ),
    ]
