"""What pages say of a brand: its answers read back, what it waits for, and what is usual."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brands import choices, states
from brands.models import Brand
from brands.wizard import CHECK, TERMS, WIZARD
from portal.carriers.policy import Fee, Value
from portal.clock import Times
from portal.lib.phones import shown as shown_phone
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState, Watch
from portal.ui.looks import Answer, Moment, Text


@dataclass(frozen=True, slots=True)
class Section:
    """A group of answers under one heading; `change_url` is "" once nothing can change."""

    title: Text
    answers: list[Answer]


_MONO = frozenset({"tax_id", "phone", "stock_symbol", "postal_code"})


def _value(brand: Brand, name: str) -> Text:
    if name == "tax_id":
        return brand.masked_tax_id
    value: str = getattr(brand, name)
    if not value:
        return ""
    match name:
        case "entity_type":
            return choices.EntityType(value).label
        case "country":
            return choices.Country(value).label
        case "vertical":
            return choices.Vertical(value).label
        case "state":
            return dict(choices.REGIONS.get(brand.country, ())).get(value, value)
        case "stock_exchange":
            return dict(choices.EXCHANGES).get(value, value)
        case "phone":
            return shown_phone(value)
    return value


def _label(brand: Brand, name: str, asked: Text) -> Text:
    """The question in short, for reading back: a tax id is called what its country calls it."""
    if name == "tax_id" and brand.country:
        return _("Business Number") if brand.country == choices.Country.CA else _("EIN")
    return asked


def _sections(brand: Brand, *, draft: bool, may_show: bool) -> list[Section]:
    sections = []
    show_url = reverse("brands:tax-id", args=[brand.pk]) if may_show and brand.tax_identity else ""
    for step in WIZARD.steps_for(brand):
        if step.form is None or step.slug == TERMS:
            continue
        link = f"{reverse('brands:step', args=[brand.pk, step.slug])}?return={CHECK}" if draft else ""
        answers = [
            Answer(
                label=_label(brand, name, field.label or ""),
                value=_value(brand, name),
                change_url=f"{link}#id_{name}" if link else "",
                show_url=show_url if name == "tax_id" else "",
                required=field.required,
                mono=name in _MONO,
            )
            for name, field in step.form(draft=brand).fields.items()
        ]
        sections.append(Section(step.title, answers))
    return sections


def draft_sections(brand: Brand) -> list[Section]:
    """Every answer of a draft with its Change link; the tax id masked, with a way to see it."""
    return _sections(brand, draft=True, may_show=True)


def filed_sections(brand: Brand, *, may_show: bool) -> list[Section]:
    """What was filed, without links: it cannot be changed. The tax id is masked; `may_show`: with a way to see it."""
    return _sections(brand, draft=False, may_show=may_show)


def tax_id_name(brand: Brand) -> Text:
    """What the tax id is called in the brand's country."""
    return _label(brand, "tax_id", _("Tax id"))


def fee_of() -> Value[Fee]:
    """What the carrier charges for a registration, with source and date."""
    return gateway.policy(gateway.default_account()).brand_fee


def usual_wait() -> Text:
    """How long the registry usually takes and how long it may take, from the carrier's policy."""
    policy = gateway.policy(gateway.default_account())
    usual, longest = policy.brand_registry_wait.value.at_most, policy.brand_vetting_wait.value.at_most
    return _("usually within %(minutes)d minutes, at most %(days)d business days") % {
        "minutes": usual.total_seconds() // 60,
        "days": longest.days,
    }


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason of the registry: its code and words as they came, and our names of the fields it means."""

    code: str
    text: str
    fields: list[Text]


def reasons_of(brand: Brand) -> list[ReasonShown]:
    """Why the registry said no, if it did."""
    names = {
        name: _label(brand, name, field.label or "")
        for step in WIZARD.steps_for(brand)
        if step.form is not None
        for name, field in step.form(draft=brand).fields.items()
    }
    return [
        ReasonShown(reason["code"], reason["text"], [names.get(name, name) for name in reason["fields"]])
        for reason in brand.reasons
    ]


@dataclass(frozen=True, slots=True)
class Status:
    """The status line: what is happening, since when, what is usual, who is waited for and what to do.

    `fingerprint` changes exactly when something worth showing does.
    """

    brand: Brand
    headline: Text
    usual: Text = ""
    to_do: Text = ""
    since: datetime | None = None
    last_checked: datetime | None = None
    next_check: datetime | None = None
    problem: Text = ""
    word: str = ""
    fingerprint: str = ""
    # Seconds until the page asks again; short while somebody is likely to be watching.
    refresh: int = 15


def status_of(brand: Brand, times: Times) -> Status:
    """What to say of `brand` at this moment."""
    match brand.status:
        case states.SUBMITTING:
            status = _submitting(brand, brand.latest_submission())
        case states.IN_REVIEW:
            status = _in_review(brand, brand.open_watch(), times)
        case states.VERIFIED:
            status = Status(brand, _("The registry confirmed this brand."), since=brand.since)
        case states.REJECTED:
            status = Status(
                brand,
                _("The registry did not accept this brand."),
                since=brand.since,
                to_do=_(
                    "Compare what it names below with the tax office's letter, and register the brand anew."
                ),
            )
        case _:
            status = Status(
                brand, _("Nothing has been sent yet."), to_do=_("Finish the draft and submit it.")
            )
    seen = f"{brand.mark}|{status.problem}|{status.last_checked}"
    mark = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return replace(status, fingerprint=mark, refresh=refresh_of(brand, times))


def refresh_of(brand: Brand, times: Times) -> int:
    """Seconds between two looks at `brand` by a page: quick for the first minutes after a move."""
    return 2 if times.business - brand.since < timedelta(minutes=5) else 15


def expected_of(brand: Brand) -> list[Moment]:
    """What comes next by itself, for the top of the history."""
    if brand.status == states.SUBMITTING:
        return [Moment(_("The carrier takes the brand"), icon="draft", expected=True)]
    if brand.status == states.IN_REVIEW:
        return [Moment(_("The registry decides"), icon="draft", note=usual_wait(), expected=True)]
    return []


def _submitting(brand: Brand, submission: Submission | None) -> Status:
    problem: Text = ""
    headline: Text = _("Being sent to the carrier.")
    if submission is not None and submission.state == SubmissionState.UNKNOWN:
        headline = _("Sent, but the carrier's answer got lost.")
        problem = _("We search for it there before anything is sent again, so nothing can be filed twice.")
    elif submission is not None and submission.state == SubmissionState.PARKED:
        headline = _("Sent, but the carrier's answer got lost.")
        problem = _("The portal's operator has to look into this.")
    elif submission is not None and submission.failures:
        headline = _("The carrier does not answer at the moment.")
        problem = _("We keep trying; what you submitted is safe.")
    return Status(
        brand,
        headline,
        to_do=_("Waiting on the carrier; nothing is needed from you."),
        since=brand.since,
        problem=problem,
    )


def _in_review(brand: Brand, watch: Watch | None, times: Times) -> Status:
    problem: Text = ""
    if watch is not None and watch.failures:
        problem = _("The registry did not answer when we last asked; we keep asking.")
    return Status(
        brand,
        _("The registry is checking the company's data."),
        usual=usual_wait(),
        to_do=_("Waiting on the registry; nothing is needed from you."),
        since=brand.since,
        last_checked=watch.last_read_at if watch else None,
        next_check=watch.next_read_at if watch else None,
        problem=problem,
        word=brand.odd_word,
    )
