"""One of everything, for the page that shows all components in all their states."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import PortalForm
from portal.ui.looks import Answer, Crumb, Look, Moment, Tone
from portal.ui.wizard import Step, StepStatus, StepView, Wizard

LOOKS = (
    Look(_("Draft"), Tone.MUTE, "draft"),
    Look(_("Submitting"), Tone.WAIT, "submitting"),
    Look(_("In review"), Tone.WAIT, "in-review"),
    Look(_("Verified"), Tone.OK, "verified"),
    Look(_("Expires in 9 days"), Tone.LATE, "warning"),
    Look(_("Rejected"), Tone.BAD, "rejected"),
    Look(_("Suspended"), Tone.LATE, "suspended"),
    Look(_("Expired"), Tone.MUTE, "expired"),
    Look(_("Deleted"), Tone.MUTE, "deleted"),
    Look(_("Unknown (raw: HELD)"), Tone.LATE, "unknown"),
)


class Company(PortalForm):
    """Every kind of control once."""

    legal_name = forms.CharField(
        label=_("Legal name"),
        max_length=100,
        help_text=_("Exactly as on the letter from the tax office."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    trading_name = forms.CharField(label=_("Trading name"), max_length=100, required=False)
    entity = forms.ChoiceField(
        label=_("Legal form"),
        choices=[
            ("private", _("Private company")),
            ("public", _("Public company")),
            ("ngo", _("Non-profit")),
        ],
        widget=forms.RadioSelect,
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Choose a country")), ("US", _("United States")), ("CA", _("Canada"))],
    )
    tax_id = forms.CharField(label=_("EIN"), help_text=_("Nine digits, such as 12-3456789."))
    website = forms.URLField(label=_("Website"), assume_scheme="https")
    email = forms.EmailField(
        label=_("Support e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Support phone"), widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    about = forms.CharField(
        label=_("What you send"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=[("orders", _("Orders")), ("security", _("Security codes"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label=_("I may act for this company"))


Company.base_fields["entity"].widget.option_hints = {
    "public": _("Listed on a stock exchange; we ask for the exchange and the ticker.")
}

SMS = Wizard(
    [
        Step("terms", _("Terms")),
        Step("company", _("Company")),
        Step("contact", _("Contact"), Company),
        Step("check", _("Check and send")),
    ]
)


STATUSES = (StepStatus.DONE, StepStatus.DONE, StepStatus.CURRENT, StepStatus.AHEAD)
ICONS = sorted(file.stem for file in (Path(__file__).parents[2] / "templates" / "icons").glob("*.svg"))


def pieces() -> dict[str, Any]:
    """The context of `ui/specimen.html`."""
    return {
        "crumbs": [Crumb(_("My brand"), "#"), Crumb("Riverbend Coffee")],
        "looks": LOOKS,
        "look": LOOKS[2],
        "icon_names": ICONS,
        "losses": [_("2 campaigns end at once."), _("14 numbers stop sending."), _("This cannot be undone.")],
        "steps": [
            StepView(step, number, status, f"#{step.slug}" if status == StepStatus.DONE else "")
            for number, (step, status) in enumerate(zip(SMS.steps, STATUSES, strict=True), start=1)
        ],
        "empty_form": Company(),
        "bad_form": Company(
            {"legal_name": "", "email": "ada@", "website": "not a site", "about": "Order\x00 updates"},
            auto_id="bad_%s",
        ),
        "since": datetime(2026, 11, 2, 14, 14, tzinfo=UTC),
        "rows": [
            Answer(_("Legal name"), "Riverbend Coffee Roasters, Inc.", "#"),
            Answer(_("Trading name"), "", "#"),
            Answer(_("EIN"), "••-•••6789", "#", mono=True),
            Answer(_("Address"), "418 Mill Street\nPortland, OR 97205", "#"),
            Answer(_("Website"), "", "#", required=True),
        ],
        "moments": [
            Moment(
                _("The registry answers"),
                icon="draft",
                note=_("Usually within 7 working days."),
                expected=True,
            ),
            Moment(
                _("The registry is reviewing"),
                datetime(2026, 11, 2, 14, 14, tzinfo=UTC),
                "in-review",
                Tone.WAIT,
            ),
            Moment(
                _("Ada Lindqvist submitted the brand"),
                datetime(2026, 11, 2, 14, 12, tzinfo=UTC),
                "submitting",
            ),
            Moment(_("Ada Lindqvist created a draft"), datetime(2026, 10, 30, 20, 40, tzinfo=UTC), "draft"),
        ],
    }
