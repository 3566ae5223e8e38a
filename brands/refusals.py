"""What an answer is told when the registry's interface would refuse it: the same words in forms and in rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PHONE_ERRORS = {
    "format": _("Enter a US or Canadian phone number with area code, such as +1 206 555 0123."),
    "extension": _("Leave out the extension: customers and carriers must reach the number directly."),
    "region": _("Enter a number from the United States or Canada."),
    "type": _("Enter an ordinary or toll-free number; premium-rate and personal numbers are not accepted."),
}
TAX_ID_ERRORS = {
    ("US", "format"): _("Enter the nine digits of the EIN, such as 12-3456789."),
    ("US", "ssn"): _(
        "This looks like a social security number, which is not accepted. Enter the company's EIN."
    ),
    ("US", "dummy"): _("Enter the company's own EIN: nine equal digits cannot be one."),
    ("CA", "format"): _(
        "Enter the nine digits of the Business Number, such as 123456789 or 123456789 RC0001."
    ),
    ("CA", "dummy"): _("Enter the company's own Business Number: nine equal digits cannot be one."),
}
