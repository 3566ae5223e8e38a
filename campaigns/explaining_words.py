"""What reviewers' reasons mean for a campaign, in plain words: by code, by the words, by what they are about.

Sources: the codes and pages that `portal/preflight/rejections.json` names, the review reasons of Telnyx, and the
refusals of its OpenAPI file; read on 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from portal.preflight.explaining import Meaning, Outcome

APPEAL = _("Nothing in the form has to change for it: fix it there, then appeal and say what you fixed.")

OPT_OUT = Meaning(
    _("The sample messages do not say how to stop them, or not clearly."),
    _("End each sample with “Reply STOP to unsubscribe.”"),
    ("samples",),
    rules=("C02", "C03"),
)
SAMPLES = Meaning(
    _("The sample messages do not fit what the campaign is for."),
    _("Show one message for each kind that you chose, with the brand's name in it."),
    ("samples",),
    rules=("C12", "C13", "F03", "F04"),
)
FEW = Meaning(
    _("There are too few different sample messages."),
    _("Write two at least, each of another kind."),
    ("samples",),
    rules=("F03", "F04"),
)
BRAND_NAMED = Meaning(
    _("Website, brand name and messages do not seem to belong together."),
    _("Name the brand in every sample, and link to its own domain only."),
    ("samples", "message_flow", "description"),
    rules=("C01", "C34"),
)
OPT_IN = Meaning(
    _("The reviewer could not see how people agree to get the messages."),
    _(
        "Describe each way step by step: where people are asked, which words they read, what they do, and where a "
        "reviewer can see it."
    ),
    ("message_flow",),
    rules=("C15", "C16", "C17"),
)
CONSENT = Meaning(
    _("Consent is not free and separate: it is bundled with something else, shared, or taken for granted."),
    _("Change how consent is obtained first; then describe the new way."),
    ("message_flow",),
    rules=("C18",),
)
REPLIES = Meaning(
    _("The opt-in, opt-out or HELP reply, or the privacy policy, is incomplete."),
    _(
        "Compare each with what has to stand in it: brand, frequency, rates, HELP and STOP; contact; nothing follows."
    ),
    ("help_message", "optin_message", "optout_message", "privacy_url"),
    rules=("C20", "C21", "C22", "C23"),
)
HELP = Meaning(
    _("The HELP reply does not say who writes, or how to reach them."),
    _("Name the brand, and give a phone number, a mailbox or a page."),
    ("help_message",),
    rules=("C22",),
)
PRIVACY = Meaning(
    _("The privacy policy was not found, or does not exclude that mobile numbers are shared."),
    _("Add to it: “Mobile numbers and consent to text messages are never shared with third parties.”"),
    ("privacy_url",),
    (APPEAL,),
    Outcome.OUTSIDE,
    ("C23",),
)
TERMS = Meaning(
    _("The terms were not found, or say too little about the messages."),
    _(
        "Say there what is sent, how often, that rates may apply, STOP, HELP, and that carriers are not liable."
    ),
    ("terms_url",),
    (APPEAL,),
    Outcome.OUTSIDE,
    ("C23",),
)
WEBSITE = Meaning(
    _("Something on the website is missing or does not open."),
    _(
        "Put it right there: the page has to open for everybody and to show the form, the policy and the company."
    ),
    ("message_flow",),
    (APPEAL,),
    Outcome.OUTSIDE,
    ("C16",),
)
ATTRIBUTES = Meaning(
    _("The yes/no answers (links, phone numbers, age, lending) do not fit the samples or the website."),
    _("They are frozen once a campaign is submitted: copy it into a new one and answer them anew."),
    ("embedded_link", "embedded_phone", "age_gated", "direct_lending"),
    outcome=Outcome.NEW,
    rules=("C06", "C07", "C08", "C09"),
)
USE_CASE = Meaning(
    _("The use case, or the kinds of messages in it, do not fit this brand or each other."),
    _("They are frozen once a campaign is submitted: copy it into a new one and choose anew."),
    ("use_case", "sub_use_cases"),
    outcome=Outcome.NEW,
    rules=("C14", "C12"),
)
DESCRIPTION = Meaning(
    _("The description does not say clearly who writes to whom, and why."),
    _("Say it in one sentence: “Acme Plumbing reminds its customers of visits that they booked.”"),
    ("description",),
    rules=("C29", "C01"),
)
CONTENT = Meaning(
    _("Carriers take no messages about this."),
    _(
        "This is final for what the campaign is about. Ask the carrier's support before you pay for another one."
    ),
    ("samples", "description"),
    outcome=Outcome.FINAL,
    rules=("C10",),
)
AGE = Meaning(
    _("The content is age-restricted, and the age gate is missing or only asks yes or no."),
    _("Ask for the date of birth, declare the content as age-restricted, and register it as a new campaign."),
    ("age_gated", "age_gate"),
    outcome=Outcome.NEW,
    rules=("C08",),
)
LENDING = Meaning(
    _("The messages are about loans, and lending is not declared."),
    _("The answer is frozen: copy the campaign into a new one, and declare it if the brand itself lends."),
    ("direct_lending",),
    outcome=Outcome.NEW,
    rules=("C09",),
)
LINKS = Meaning(
    _("A link in the samples is shortened, unencrypted, or leads elsewhere."),
    _("Link to pages of the brand's own domain, beginning with https://."),
    ("samples",),
    rules=("C04", "C05", "C34"),
)
ENGLISH = Meaning(
    _("The reviewer could not read it: something is not in English."),
    _("Write every text in English."),
    ("samples", "message_flow", "description"),
    rules=("F05",),
)
BRAND = Meaning(
    _("Something about the brand has to be settled first."),
    _("Look at the brand's page; once it is settled, appeal."),
    ("brand",),
    outcome=Outcome.OUTSIDE,
    rules=("B14",),
)
DUPLICATE = Meaning(
    _("The carrier sees another campaign of the brand for the same purpose."),
    _("Use that one, or say in the message flow what differs."),
    ("description", "use_case"),
    rules=("C31",),
)
MISSING = Meaning(_("An answer is missing."), _("Fill it in."), rules=("F01",))
INVALID = Meaning(
    _("An answer has a form that the carrier does not take."),
    _("Correct it as the words below say."),
    rules=("F02", "F06"),
)
THEIRS = Meaning(
    _("Something went wrong on their side, or a carrier said no without saying why."),
    _("Ask the carrier's support which reasons stand behind it."),
    outcome=Outcome.ASK,
)
OTHER = Meaning(
    _("The reviewer objects to something that they describe in their own words."),
    _("Read their words, and correct the answers that they name."),
)
UNKNOWN = Meaning(
    _("We do not know this reason yet."),
    _("Read the reviewer's words. If they do not help, ask the carrier's support what has to change."),
    outcome=Outcome.UNKNOWN,
)

# Codes where our own words say more than the catalogue's. In upper case.
BY_CODE: dict[str, Meaning] = {
    "601": ATTRIBUTES,
    "602": SAMPLES,
    "603": BRAND_NAMED,
    "803": replace(WEBSITE, plain=_("The words that ask for consent were not found on the website.")),
    "804": replace(OPT_IN, rules=("C15", "C16", "C18")),
    "806": OPT_IN,
    "851": REPLIES,
    "506": ENGLISH,
    "702": AGE,
    "706": AGE,
    "707": AGE,
    "30889": replace(ATTRIBUTES, fields=("embedded_phone",), rules=("C07",)),
    "30888": AGE,
    "30890": HELP,
    "30892": LINKS,
    "30893": SAMPLES,
    "30895": LENDING,
    "30899": THEIRS,
    "30908": PRIVACY,
    "30909": OPT_IN,
    "30910": ENGLISH,
    "CANNOT_UPDATE_REGISTRATION": replace(
        ATTRIBUTES,
        plain=_("This answer cannot be changed after submission."),
        fields=(),
    ),
    "MISSING_REQUIRED_FIELD": MISSING,
    "MISSING_CONDITIONAL_FIELD": MISSING,
    "INVALID_FIELD_VALUE": INVALID,
    "VALUE_ERROR.MISSING": MISSING,
    "MISSING": MISSING,
}

# Words that reviewers use where they give no code. The first that fits wins, so the narrow ones stand on top.
BY_WORDS: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (
            r"prohibited|shaft|cannabis|gambling|disallowed|forbidden|payday|sweepstakes|\bspam\b|phishing",
            CONTENT,
        ),
        (r"opt[- ]?out|\bSTOP\b|unsubscribe", OPT_OUT),
        (r"pre-?checked|bundled|shared? consent|consent is shared|implied consent|third[- ]part", CONSENT),
        (r"privacy", PRIVACY),
        (r"terms (?:and|&) conditions|terms of (?:service|use)|\bterms\b", TERMS),
        (r"\bHELP\b (?:message|reply|response)|help message", HELP),
        (r"sub-?use-?case|use-?case is not|not eligible|qualif", USE_CASE),
        (r"attribute|embedded (?:link|phone)", ATTRIBUTES),
        (r"age[- ]?(?:gat|restrict)|date of birth", AGE),
        (r"lending|\bloan", LENDING),
        (r"shorten|\bbit\.ly|non-?secure|unsecure|http://", LINKS),
        (r"opt[- ]?in|consent|call[- ]to[- ]action|\bcta\b|message ?flow|subscrib", OPT_IN),
        (r"not enough|insufficient|at least two|too few|different sample", FEW),
        (r"sample.{0,80}(?:use[- ]?case|match|fit|consistent|align)", SAMPLES),
        (r"brand name|company name|dba|inconsistent|different (?:brand|company)", BRAND_NAMED),
        (r"duplicate|similar campaign|already exists|snowsho", DUPLICATE),
        (r"brand.{0,40}(?:vett|verif|registered|approved|status)", BRAND),
        (r"web ?-?site|web ?page|\burl\b|certificate|unreachable|not found", WEBSITE),
        (r"description|vague|unclear", DESCRIPTION),
        (r"english|language|translate", ENGLISH),
        (r"sample", SAMPLES),
        (
            r"internal error|timed? ?out|try again|service unavailable|contact support|carrier rejected",
            THEIRS,
        ),
        (r"required|missing|must be (?:given|provided|present)|not provided", MISSING),
        (r"invalid|malformed|not valid|at most|too long|format|length", INVALID),
    )
)

# Advice where the catalogue knows the code and we have no words of our own.
OF_LAYER: dict[str, Meaning] = {
    "website": WEBSITE,
    "samples": SAMPLES,
    "optin": OPT_IN,
    "optout": replace(OPT_OUT, fields=("samples", "optout_message", "optout_keywords")),
    "help": HELP,
    "messages": REPLIES,
    "age": AGE,
    "content": CONTENT,
    "campaign": replace(DESCRIPTION, plain=OTHER.plain, to_do=OTHER.to_do, fields=(), rules=()),
    "form": INVALID,
    "brand": BRAND,
    "carrier": THEIRS,
}
