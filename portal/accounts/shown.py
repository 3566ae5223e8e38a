"""What the page "Your account" shows, as rows of components/summary_list.html."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.ui.looks import Answer


def about_rows(user: User) -> list[Answer]:
    """Name, e-mail address, time zone, password."""
    details = reverse("accounts:details")
    password = "account_change_password" if user.has_usable_password() else "account_set_password"
    return [
        Answer(_("Name"), user.name, details, required=True),
        Answer(_("Time zone"), user.time_zone.replace("_", " ") or _("The same as my organization"), details),
        Answer(_("E-mail address"), user.email, reverse("account_email")),
        Answer(
            _("Password"),
            "••••••••••••" if user.has_usable_password() else "",
            reverse(password),
            required=True,
        ),
    ]


def two_step_rows(has: dict[str, Any]) -> list[Answer]:
    """Authenticator app, passkeys, recovery codes. `has` is what `second_factors.factors` gives."""
    number = len(has["passkeys"])
    passkeys = ngettext("%(number)d passkey", "%(number)d passkeys", number) % {"number": number}
    rows = [
        Answer(_("Authenticator app"), _("On") if has["app"] else _("Off")),
        Answer(_("Passkeys"), passkeys if number else _("None")),
    ]
    if has["codes"]:
        left = _("%(left)d of %(all)d left") % {"left": has["codes_left"], "all": has["codes_all"]}
        rows.append(Answer(_("Recovery codes"), left))
    return rows
