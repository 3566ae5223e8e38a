"""Words about an answer that forms, rules and explanations share: what would be refused, and what helps most."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# The advice that prevents most rejections.
LETTER = _(
    "Copy name and number line by line from the tax office's letter: in the US the IRS letter CP 575, or 147C, "
    "which the IRS sends again on request."
)
PHONE_ERRORS = {
    "format": _("Enter a US or Canadian phone number with area code, such as +1 206 555 0123."),
    "extension": _("Leave out the extension: customers and carriers must reach the number directly."),
    "region": _("Enter a number from the United States or Canada."),
    "type": _("Enter an ordinary or toll-free number; premium-rate and personal numbers are not accepted."),
}
POSTAL_ERRORS = {
    "US": _("Enter a five-digit ZIP code, such as 98101."),
    "CA": _("Enter a Canadian postal code, such as K1A 0B1."),
}
WEBSITE_ERRORS = {
    "address": _("Enter a web address, such as https://www.example.com."),
    "http": _("Enter an address that begins with https://; carriers do not accept http://."),
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
