"""The campaign wizard: which pages there are, in which order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campaigns.forms import BrandForm, RenewalForm, RequirementsForm, has_choice
from campaigns.forms_details import DetailsForm
from campaigns.forms_messages import FlowForm, SamplesForm, TextsForm
from campaigns.forms_questions import QuestionsForm
from portal.ui.wizard import Step, Wizard

BRAND = "brand"
REQUIREMENTS = "requirements"
SAMPLES = "samples"
FLOW = "flow"
RENEWAL = "renewal"
CHECK = "check"

WIZARD = Wizard(
    [
        Step(BRAND, _("Brand"), BrandForm, has_choice, template="campaigns/step_brand.html"),
        Step(REQUIREMENTS, _("Requirements"), RequirementsForm, template="campaigns/step_requirements.html"),
        Step("details", _("Details"), DetailsForm, template="campaigns/step.html"),
        Step("questions", _("Carrier questions"), QuestionsForm, template="campaigns/step.html"),
        Step(SAMPLES, _("Samples"), SamplesForm, template="campaigns/step_samples.html"),
        Step("texts", _("Texts"), TextsForm, template="campaigns/step.html"),
        Step(FLOW, _("Message flow"), FlowForm, template="campaigns/step_flow.html"),
        Step(RENEWAL, _("Renewal"), RenewalForm, template="campaigns/step_renewal.html"),
        Step(CHECK, _("Check and submit")),
    ]
)

# What a page is called where the name of its step is too short for it.
HEADINGS = {
    "details": _("Campaign details"),
    SAMPLES: _("Sample messages"),
    "texts": _("Description and replies"),
    FLOW: _("How people agree to be texted"),
}
