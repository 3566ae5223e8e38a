"""A rejection in plain words: what each reason means, who decided, what to change, and whether we had warned of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from brands import states
from brands.explaining_meanings import meaning_of
from brands.models import Brand
from brands.rules import examine
from brands.rules_applied import filed_subject
from brands.shown import answers_of
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.warned import known_before
from portal.preflight.explaining import Explained, Meaning, of_ours


def explained(brand: Brand) -> list[Explained]:
    """Why `brand` is rejected, in the order of the registry; [] when it is not."""
    if brand.status != states.REJECTED or not brand.reasons:
        return []
    return explained_in(brand, brand.reasons, filed=brand.filing())


def explained_in(
    brand: Brand, reasons: Sequence[Mapping[str, Any]], *, filed: Submission | None
) -> list[Explained]:
    """The kept `reasons` for a version of `brand` that was `filed`.

    A reason that nobody knows is shown word for word; `explaining_meanings.report_unknown` names it to operators.
    """
    answers = answers_of(brand, links=brand.is_editable)
    found = list(examine(filed_subject(filed.payload))) if filed else []
    warned = known_before(filed, "brand.submitted", "brand.resubmitted")
    by = _decided_by(filed)
    rows = []
    told: set[str] = set()
    for reason in reasons:
        meaning, is_known = meaning_of(str(reason["code"]), str(reason["text"]))
        names = list(reason["fields"]) or _named(meaning, answers)
        ours = [one for one in found if one.field in names and one.key not in told]
        told |= {one.key for one in ours}
        hints = [*of_ours(ours, warned), *meaning.hints]
        fields = [(answers[name].label, answers[name].change_url) for name in names if name in answers]
        fields += [(name, "") for name in reason["fields"] if name not in answers]
        rows.append(
            Explained(
                reason["code"], reason["text"], meaning.plain, meaning.to_do, by, fields, hints, is_known
            )
        )
    return rows


def _named(meaning: Meaning, answers: Mapping[str, Any]) -> list[str]:
    """The answers that the meaning is about, as far as they were asked and given."""
    return [name for name in meaning.fields if name in answers and answers[name].value]


def _decided_by(filed: Submission | None) -> str:
    if filed is not None and filed.state == SubmissionState.REFUSED:
        return _("The carrier's interface, before anything reached the registry")
    return _("The registry (The Campaign Registry)")
