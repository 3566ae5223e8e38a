"""From a brand's rows, or from what somebody is typing, to the plain subject that the rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from brands.models import Brand
from brands.rules import examine
from brands.rules_subject import CUT, BrandSubject
from brands.tax_identity import TOKEN, TaxIdentity, fingerprint
from brands.wizard import WIZARD
from portal.lib.sealing import CannotOpen
from portal.lib.tax_ids import masked
from portal.lifecycle import gateway
from portal.preflight.findings import Finding, Findings
from portal.ui.forms import PortalForm

# The rule that asks for what is missing.
MISSING = "F01"
_PLAIN = frozenset(BrandSubject.__dataclass_fields__) - {"tax_id"}


def subject_of(brand: Brand) -> BrandSubject:
    """The answers of `brand` as they would be filed now. The tax id is opened in memory."""
    tax_id, is_sealed = _opened(None if brand.is_sole_proprietor else brand.tax_identity)
    return _subject(brand, tax_id, is_sealed=is_sealed)


def filed_subject(payload: Mapping[str, Any]) -> BrandSubject:
    """What a submission was frozen with, whatever the brand's row says by now."""
    token = str(payload.get("tax_id", ""))
    row = TaxIdentity.objects.filter(pk=token.removeprefix(TOKEN)).first() if token else None
    tax_id, is_sealed = _opened(row)
    return BrandSubject(
        **_answers(payload),
        tax_id=tax_id,
        tax_id_sealed=is_sealed or bool(token and row is None),
        countries=_countries(),
    )


def findings_of(brand: Brand) -> Findings:
    """What the rules find in `brand`, without what its own forms refuse: that is missing, and they say so."""
    refused = {
        name
        for step in WIZARD.steps_for(brand)
        if step.form is not None
        for name in step.form.stored(brand).errors
    }
    return _without(examine(subject_of(brand)), refused)


def typed_findings(brand: Brand, form: PortalForm) -> tuple[Brand, Findings]:
    """What the rules find in the fields of the bound `form`, and `brand` as it would be then; nothing is saved.

    An answer that the form refuses is left out: the form says so itself. One that is not given yet is none.
    """
    as_typed, subject = _typed(brand, form)
    found = examine(subject)
    here = tuple(one for one in found.about(*form.fields) if one.rule != MISSING)
    return as_typed, _without(Findings(here, found.broken), set(form.errors))


def _without(found: Findings, refused: set[str]) -> Findings:
    left: tuple[Finding, ...] = tuple(one for one in found if one.field not in refused)
    return Findings(left, found.broken)


def _typed(brand: Brand, form: PortalForm) -> tuple[Brand, BrandSubject]:
    # Reading the errors validates; without it there are no cleaned answers.
    refused = form.errors
    changed = copy(brand)
    for name in form.fields:
        if name != "tax_id" and hasattr(brand, name):
            setattr(changed, name, form.cleaned_data.get(name, ""))
    if "tax_id" in refused:
        changed.tax_identity = None
        return changed, _subject(changed, "")
    tax_id = form.cleaned_data.get("tax_id", "")
    if not tax_id:
        return changed, subject_of(changed)
    changed.tax_identity = TaxIdentity(
        organization_id=brand.organization_id,
        country=changed.country,
        masked=masked(tax_id),
        fingerprint=fingerprint(tax_id, changed.country),
    )
    return changed, _subject(changed, "" if changed.is_sole_proprietor else tax_id)


def _subject(brand: Brand, tax_id: str, *, is_sealed: bool = False) -> BrandSubject:
    return BrandSubject(
        **_answers(brand.payload()),
        tax_id=tax_id,
        tax_id_sealed=is_sealed,
        twins=tuple(one.name for one in brand.twins()),
        same_mobile=brand.phone_mates().count(),
        countries=_countries(),
    )


def _answers(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value)[:CUT] for name, value in payload.items() if name in _PLAIN}


def _countries() -> tuple[str, ...]:
    return gateway.policy(gateway.default_account()).countries.value


def _opened(identity: TaxIdentity | None) -> tuple[str, bool]:
    try:
        return (identity.open() if identity else ""), False
    except CannotOpen:
        return "", True
