"""What the operator's desk may read of all organizations: the columns its pages show, and no more.

No tax id, no payload, no raw answer, no password, nothing that could be used to sign in. The audit log
is opened beside its walls (tenancy 0004).
"""

from __future__ import annotations

from django.db import migrations

from portal.tenancy.isolation import OpenToDesk


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_time_zone"),
        ("brands", "0003_tax_identity"),
        ("lifecycle", "0003_delete_clock"),
        ("tenancy", "0004_audit_walls"),
    ]

    operations = [
        OpenToDesk(
            "tenancy.Organization",
            columns=(
                "id",
                "name",
                "created_at",
                "suspended_at",
            ),
        ),
        OpenToDesk("tenancy.Membership", columns=("id", "organization_id", "user_id", "role")),
        OpenToDesk("accounts.User", columns=("id", "email", "name", "is_active", "last_login")),
        OpenToDesk(
            "tenancy.Invitation",
            columns=(
                "id",
                "organization_id",
                "email",
                "role",
                "due_at",
                "attempt",
                "sent_at",
                "last_error",
                "created_at",
                "expires_at",
                "accepted_at",
                "withdrawn_at",
            ),
        ),
        OpenToDesk(
            "brands.Brand",
            columns=(
                "id",
                "organization_id",
                "status",
                "since",
                "legal_name",
                "display_name",
                "odd_word",
                "tax_identity_id",
            ),
        ),
        OpenToDesk(
            "lifecycle.Submission",
            columns=(
                "id",
                "organization_id",
                "kind",
                "subject_id",
                "purpose",
                "key",
                "state",
                "failures",
                "last_error",
                "accepted_at",
            ),
        ),
    ]
