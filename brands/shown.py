"""What pages say of a brand: its answers read back, what its tax id is called, and what sending it costs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brands import choices
from brands.forms import CompanyForm, is_asked
from brands.models import Brand
from brands.wizard import CHECK, TERMS, WIZARD
from portal.carriers.policy import Fee, Value
from portal.lib.phones import shown as shown_phone
from portal.lifecycle import gateway
from portal.ui.looks import Answer, Section, Text
from portal.ui.wizard import Step

_MONO = frozenset({"tax_id", "phone", "mobile_phone", "stock_symbol", "postal_code"})


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
        case "phone" | "mobile_phone":
            return shown_phone(value)
    return value


def _label(brand: Brand, name: str, asked: Text) -> Text:
    """The question in short, for reading back: a tax id is called what its country calls it."""
    if name == "tax_id" and brand.country:
        return _("Business Number") if brand.country == choices.Country.CA else _("EIN")
    return asked


def _answers(brand: Brand, step: Step, *, links: bool, may_show: bool) -> dict[str, Answer]:
    """The answers to one step by the names of its fields."""
    if step.form is None or step.slug == TERMS:
        return {}
    link = f"{reverse('brands:step', args=[brand.pk, step.slug])}?return={CHECK}" if links else ""
    show_url = reverse("brands:tax-id", args=[brand.pk]) if may_show and brand.tax_identity else ""
    return {
        name: Answer(
            label=_label(brand, name, asked.label or ""),
            value=_value(brand, name),
            change_url=f"{link}#id_{name}" if link else "",
            show_url=show_url if name == "tax_id" else "",
            required=asked.required,
            mono=name in _MONO,
        )
        for name, asked in step.form(draft=brand).fields.items()
        if step.form is not CompanyForm or is_asked(name, brand)
    }


def _sections(brand: Brand, *, draft: bool, may_show: bool) -> list[Section]:
    steps = [
        (step, _answers(brand, step, links=draft, may_show=may_show)) for step in WIZARD.steps_for(brand)
    ]
    return [Section(step.title, list(answers.values())) for step, answers in steps if answers]


def answers_of(brand: Brand, *, links: bool = False) -> dict[str, Answer]:
    """Every answer by the name of its field, in the order of the wizard; with `links` to where it is changed."""
    found: dict[str, Answer] = {}
    for step in WIZARD.steps_for(brand):
        found |= _answers(brand, step, links=links, may_show=False)
    return found


def draft_sections(brand: Brand) -> list[Section]:
    """Every answer of a draft with its Change link; the tax id masked, with a way to see it."""
    return _sections(brand, draft=True, may_show=True)


def filed_sections(brand: Brand, *, may_show: bool) -> list[Section]:
    """What was filed, without links: it cannot be changed. The tax id is masked; `may_show`: with a way to see it."""
    return _sections(brand, draft=False, may_show=may_show)


def tax_id_name(brand: Brand) -> Text:
    """What the tax id is called in the brand's country."""
    return _label(brand, "tax_id", _("Tax id"))


def fee_of(brand: Brand | None = None) -> Value[Fee]:
    """What the carrier charges for a registration, or for looking again at a corrected `brand`, with its source."""
    policy = gateway.policy(gateway.default_account())
    corrected = brand is not None and not brand.is_draft and bool(brand.reference)
    return policy.revet_fee if corrected else policy.brand_fee
