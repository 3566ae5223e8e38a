"""The table of the rules of a campaign: what each is called, how severe it may be, where it comes from, and who asks.

Severities follow the product's three levels: error = the carrier's interface or the seed refuses it, reject = a
reviewer returns it for this alone, risk = it may be innocent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from campaigns import rules_consent as consent
from campaigns import rules_content as content
from campaigns import rules_fit as fit
from campaigns import rules_form as form
from campaigns import rules_letters as letters
from campaigns import rules_samples as samples
from campaigns.choices import Consent
from campaigns.rules_reading import Reading
from campaigns.rules_subject import BOUNDS, MOST_SAMPLES, consent_field, sample_field
from portal.preflight.checking import Found
from portal.preflight.findings import Severity, Text

_E, _R, _W = (Severity.ERROR,), (Severity.REJECT,), (Severity.RISK,)
READ = date(2026, 11, 22)
_SAMPLES = " ".join(sample_field(number) for number in range(1, MOST_SAMPLES + 2))
_CONSENTS = " ".join(consent_field(method) for method in Consent.values)
_REPLIES = "optin_message optout_message help_message"
_SENT = f"{_SAMPLES} {_REPLIES}"
_TOLD = f"description message_flow {_SENT}"
_KEYWORDS = "optin_keywords optout_keywords help_keywords"

_Find = Callable[[Reading], Iterable[Found]]
# Id, title, severities (the usual one first), fields, source, and the function that finds.
TABLE: tuple[tuple[str, Text, tuple[Severity, ...], str, str, _Find], ...] = (
    (
        "F01",
        _("An answer is missing"),
        _E,
        f"brand product consent use_case categories_fit auto_renewal {_CONSENTS} "
        + " ".join((*form.REQUIREMENTS, *form.QUESTIONS, *BOUNDS)),
        "Zoom SMS campaign guide; Telnyx campaignBuilder fields; Twilio 30933 and 30934 (30 June 2026)",
        form.missing,
    ),
    (
        "F02",
        _("Too long or too short"),
        _E,
        f"{' '.join(BOUNDS)} {_SAMPLES}",
        "Twilio 21728; Telnyx and SignalHouse API lengths",
        form.out_of_bounds,
    ),
    (
        "F03",
        _("Number of samples"),
        _E,
        f"samples {_SAMPLES}",
        "Zoom SMS campaign guide: two to five; carriers' minMsgSamples",
        form.sample_count,
    ),
    (
        "F04",
        _("The same text again"),
        _W + _R,
        f"description message_flow {_SAMPLES}",
        "AWS CAMPAIGN_TEMPLATE_REUSE; Telnyx: not enough different samples",
        fit.same_text,
    ),
    (
        "F05",
        _("English, in plain letters"),
        _R,
        _TOLD,
        "DCA2 506; Twilio 30910; AWS CAMPAIGN_NON_ENGLISH_CONTENT",
        letters.not_english,
    ),
    (
        "F06",
        _("Keywords as carriers take them"),
        _E + _W,
        _KEYWORDS,
        "Telnyx campaignBuilder: comma-separated, no spaces",
        form.keyword_form,
    ),
    (
        "F07",
        _("Keywords that belong together"),
        _R + _W,
        _KEYWORDS,
        "Twilio 30887; CTIA Messaging Principles 2023",
        form.keyword_set,
    ),
    (
        "B14",
        _("The brand is verified"),
        _E,
        "brand",
        "Twilio 21717; Telnyx: campaign before brand vetting",
        form.brand_ready,
    ),
    (
        "C01",
        _("Who writes"),
        _W + _R,
        f"description message_flow {_SAMPLES}",
        "DCA2 603; AWS SAMPLE_MESSAGE_MISMATCH; Twilio 30893",
        samples.brand_named,
    ),
    (
        "C02",
        _("Opt-out at the end"),
        _E,
        _SAMPLES,
        "Zoom SMS campaign guide; Twilio 30887; Telnyx reviews",
        samples.opt_out,
    ),
    (
        "C03",
        _("Opt-out word by itself"),
        _R,
        _SENT,
        "CTIA Messaging Principles 2023: standard opt-out words",
        samples.glued_opt_out,
    ),
    (
        "C04",
        _("No link shorteners"),
        _R,
        f"{_TOLD} embedded_link_sample",
        "CTIA Messaging Principles 2023; Twilio 30892; AWS SAMPLE_MESSAGE_SHORT_URL",
        samples.shorteners,
    ),
    (
        "C05",
        _("Encrypted links"),
        _R,
        f"{_TOLD} embedded_link_sample",
        "Twilio 30892 and granular codes of 2026-03-23",
        samples.unencrypted,
    ),
    (
        "C06",
        _("Links as declared"),
        _R,
        f"embedded_link {_SAMPLES}",
        "DCA2 601 (attributes cannot be edited)",
        samples.link_answer,
    ),
    (
        "C07",
        _("Phone numbers as declared"),
        _R,
        f"embedded_phone {_SAMPLES}",
        "DCA2 601; Twilio 30889; AWS EMBEDDED_PHONE_ISSUES",
        samples.phone_answer,
    ),
    (
        "C08",
        _("Age-restricted content"),
        _R + _W,
        f"age_gate age_gated {_TOLD}",
        "DCA2 702, 706, 707; Twilio 30888; AWS AGE_GATE_ISSUES",
        content.age_restricted,
    ),
    (
        "C09",
        _("Lending"),
        _R + _W,
        f"direct_lending {_TOLD}",
        "Twilio 30895; AWS UNDECLARED_DIRECT_LENDING; Infobip 1002",
        content.lending,
    ),
    (
        "C10",
        _("Content that carriers do not take"),
        _R + _W,
        f"brand {_TOLD}",
        "DCA2 701 to 709; Twilio 30883, 30885, 30897; AWS content codes",
        content.prohibited,
    ),
    (
        "C11",
        _("Templates and tests"),
        _R + _W,
        f"name age_gate {_TOLD}",
        "Telnyx and Twilio reviews; AWS NON_COMPLIANT_USE_CASE_TESTING",
        samples.placeholders,
    ),
    (
        "C12",
        _("Samples fit the use case"),
        _R + _W,
        _SAMPLES,
        "DCA2 602; Twilio 30893; AWS SAMPLE_MESSAGE_USE_CASE_MISMATCH",
        fit.use_case_fits,
    ),
    (
        "C13",
        _("Offers where marketing is chosen"),
        _R + _W,
        f"sub_use_cases {_SAMPLES}",
        "Twilio use cases: marketing stands alone; AWS CAMPAIGN_MISMATCH",
        fit.promotion,
    ),
    (
        "C14",
        _("Kinds of messages"),
        _E,
        "sub_use_cases",
        "Twilio 30900; SignalHouse 1 to 5 and 2 to 5; the carrier's qualify endpoint",
        form.sub_use_cases,
    ),
    (
        "C15",
        _("How people agree"),
        _W + _R,
        f"consent message_flow {_CONSENTS}",
        "DCA2 804, 806; Bandwidth 2100; Twilio 30909",
        consent.mechanism,
    ),
    (
        "C16",
        _("The web form"),
        _W + _R,
        f"message_flow {_CONSENTS}",
        "DCA2 803, 806; Bandwidth 2104 and 2139; Twilio 30891",
        consent.web_form,
    ),
    (
        "C17",
        _("What people are told"),
        _W,
        "message_flow",
        "Bandwidth 2133 to 2138 (27 October 2025); DCA2 861",
        consent.disclosures,
    ),
    (
        "C18",
        _("Free and separate consent"),
        _R + _W,
        "message_flow",
        "DCA2 804; Twilio 30896; AWS OPT_IN_WORKFLOW_CONSENT",
        consent.bad_consent,
    ),
    ("C19", _("A word of the website"), _W, "message_flow", "Zoom 10DLC checklist", consent.no_web_form),
    (
        "C20",
        _("The opt-in reply"),
        _R,
        "optin_message",
        "DCA2 851; AWS OPT_IN_MESSAGE_NON_COMPLIANT",
        consent.opt_in_reply,
    ),
    (
        "C21",
        _("The opt-out reply"),
        _R + _W,
        "optout_message",
        "DCA2 851; AWS OPT_OUT_MESSAGE_NON_COMPLIANT",
        consent.opt_out_reply,
    ),
    (
        "C22",
        _("The HELP reply"),
        _R + _W,
        "help_message",
        "Twilio 30890; AWS HELP_MESSAGE_NON_COMPLIANT",
        consent.help_reply,
    ),
    (
        "C23",
        _("Policy links"),
        _W + _R + _E,
        "privacy_url terms_url",
        "Twilio 30933, 30934, 30908; AWS PRIVACY_POLICY_MISSING",
        consent.policies,
    ),
    (
        "C24",
        _("What the privacy policy says"),
        _W,
        "privacy_url",
        "Twilio 30908; AWS PRIVACY_POLICY_NON_COMPLIANT",
        consent.not_checked,
    ),
    (
        "C25",
        _("What the terms say"),
        _W,
        "terms_url",
        "Twilio 30882; AWS TERMS_AND_CONDITIONS_NON_COMPLIANT",
        consent.not_checked,
    ),
    (
        "C26",
        _("Person to person"),
        _R + _W,
        "description",
        "AWS CAMPAIGN_NOT_QUALIFIED_P2P",
        content.personal,
    ),
    (
        "C27",
        _("Test or trial"),
        _R + _W,
        "description",
        "AWS CAMPAIGN_NON_COMPLIANT_CONTENT_NON_SUBSCRIBER",
        content.testing,
    ),
    (
        "C28",
        _("Sending for others"),
        _R + _W,
        "description",
        "Twilio 30894; Infobip 1005; AWS CAMPAIGN_MULTI_BRAND",
        content.reseller,
    ),
    ("C29", _("A clear description"), _W, "description", "Twilio 30886; AWS CAMPAIGN_UNCLEAR", fit.vague),
    (
        "C30",
        _("Donations and politics"),
        _R + _W,
        _TOLD,
        "AWS CAMPAIGN_MISMATCH_CHARITY and _POLITICAL",
        content.charity_and_politics,
    ),
    (
        "C31",
        _("The same campaign again"),
        _W,
        "description",
        "AWS CAMPAIGN_MULTI_USE; Telnyx: similar campaign exists",
        fit.duplicate,
    ),
    ("C32", _("The campaign's name"), _W, "name", "Zoom 10DLC checklist", form.campaign_name),
    (
        "C33",
        _("Personal data"),
        _W,
        "description",
        "Ours: every reviewer reads the description",
        fit.personal_data,
    ),
    (
        "C34",
        _("Links at the brand's domain"),
        _W,
        _SAMPLES,
        "DCA2 603; AWS CAMPAIGN_ATTRIBUTES_MISMATCH",
        samples.foreign_links,
    ),
    (
        "C35",
        _("Emergencies and fans"),
        _R + _W,
        _TOLD,
        "AWS CAMPAIGN_NOT_QUALIFIED_EMERGENCY_ALERT and _INFLUENCER",
        content.emergency_and_fans,
    ),
    (
        "C36",
        _("Number of campaigns"),
        _W + _R,
        "brand",
        "Twilio 30930 (100 per brand) and 30898",
        form.too_many,
    ),
)
