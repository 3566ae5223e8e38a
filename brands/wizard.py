"""The brand wizard: which pages there are, in which order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brands.forms import AddressForm, BusinessForm, CompanyForm, TermsForm
from brands.forms_reaching import ContactForm
from portal.ui.wizard import Step, Wizard

TERMS = "terms"
CHECK = "check"

WIZARD = Wizard(
    [
        Step(TERMS, _("Terms"), TermsForm, template="brands/step_terms.html"),
        Step("company", _("Company"), CompanyForm, template="brands/step.html"),
        Step("address", _("Address"), AddressForm, template="brands/step.html"),
        Step("business", _("Brand information"), BusinessForm, template="brands/step.html"),
        Step("contact", _("Contact"), ContactForm, template="brands/step.html"),
        Step(CHECK, _("Check and submit")),
    ]
)
