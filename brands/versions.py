"""The versions of a brand: what was filed each time, what the registry said to it, and what lies between two.

Version n is the frozen payload of its filing. After a rejection the brand's own columns are the working copy
of version n + 1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brands import contacting, states
from brands.models import FILING, Brand
from brands.shown import answers_of
from brands.tax_identity import TOKEN, TaxIdentity
from portal.audit.models import Event
from portal.lifecycle.models import Submission, SubmissionState
from portal.ui.comparing import Difference, compared
from portal.ui.looks import Look, Text

Payload = Mapping[str, Any]

# Where the terms were accepted from is filed along, but it is no answer that anybody corrects.
_NO_ANSWER = frozenset({"ip_address"})


def differs(before: Payload, after: Payload) -> bool:
    """Would filing `after` tell the registry anything that `before` did not?"""
    names = {*before, *after} - _NO_ANSWER
    return any(before.get(name, "") != after.get(name, "") for name in names)


def has_unsent_changes(brand: Brand) -> bool:
    """Is `brand` being corrected: rejected, and different from what was filed?"""
    return bool(unsent_among([brand]))


def unsent_among(brands: Collection[Brand]) -> set[UUID]:
    """Those of `brands` whose corrections have begun and are not sent; one query for any number.

    Their tax identities should have been selected along.
    """
    rejected = [brand for brand in brands if brand.status == states.REJECTED]
    filed = _standing_of(rejected)
    return {brand.pk for brand in rejected if brand.pk in filed and differs(filed[brand.pk], brand.payload())}


def standing(brand: Brand) -> Payload:
    """What was last filed of the present version: its filing, or the contact's new address after it; {} for a draft."""
    return _standing_of([brand]).get(brand.pk, {})


def _standing_of(brands: Collection[Brand]) -> dict[UUID, Payload]:
    if not brands:
        return {}
    versions = {brand.pk: brand.version for brand in brands}
    # Another address of the contact is filed without a new version.
    whole = Q(purpose__in=FILING) | Q(purpose=contacting.PURPOSE, state=SubmissionState.CONFIRMED)
    frozen = Submission.objects.filter(whole, kind=Brand.kind, subject_id__in=versions)
    rows = frozen.order_by("accepted_at").values("subject_id", "version", "payload")
    return {
        row["subject_id"]: row["payload"] for row in rows if row["version"] == versions[row["subject_id"]]
    }


def columns_of(payload: Payload) -> dict[str, Any]:
    """The answers of `payload` that are columns of a brand."""
    return {name: value for name, value in payload.items() if name not in {"tax_id", "ip_address"}}


def as_filed(brand: Brand, payload: Payload) -> Brand:
    """`brand` in memory with the answers of `payload`, to be read back like any other. Never saved."""
    token = payload.get("tax_id", "")
    return Brand(
        pk=brand.pk,
        organization_id=brand.organization_id,
        status=brand.status,
        version=brand.version,
        tax_identity=TaxIdentity.objects.filter(pk=token.removeprefix(TOKEN)).first() if token else None,
        **columns_of(payload),
    )


def differences(brand: Brand, before: Payload, after: Payload, *, links: bool = False) -> list[Difference]:
    """Every answer of the two payloads, in the order of the wizard; with `links`, to where it is changed.

    A tax id is masked on both sides: that it changed is told, not into what.
    """
    old, new = answers_of(as_filed(brand, before)), answers_of(as_filed(brand, after), links=links)
    return compared(old, new, before, after)


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it was filed: when and by whom, and the verdict; None while there is none.

    Times are business time. `reasons` are those of the verdict, as they were kept; `decided_by` names who
    gave it: what the carrier's interface refuses, the registry never sees.
    """

    number: int
    filing: Submission
    filed_at: datetime | None
    by: str
    verdict: Look | None
    decided_at: datetime | None
    reasons: list[dict[str, Any]]
    decided_by: Text

    @property
    def payload(self) -> Payload:
        """What was filed, the token in place of the tax id."""
        found: Payload = self.filing.payload
        return found


_SENT = {f"brand.{move.name}" for move in (states.SUBMIT, states.RESUBMIT)}
_VERDICTS = {f"brand.{move.name}": move for move in (states.VERIFY, states.REJECT, states.REFUSE)}


def sendings(brands: Collection[Brand]) -> dict[tuple[UUID, int], Event]:
    """By brand and version: the event of its first filing; one query for any number.

    A review that is asked for later is no filing: nobody looked at the version's answers again.
    """
    events = Event.objects.filter(
        organization_id__in={brand.organization_id for brand in brands},
        object_kind=Brand.kind,
        object_id__in=[brand.pk for brand in brands],
        action__in=_SENT,
    )
    found: dict[tuple[UUID, int], Event] = {}
    for event in events.order_by("id"):
        found.setdefault((event.object_id, event.detail.get("version", 1)), event)
    return found


def versions_of(brand: Brand) -> list[Version]:
    """Every version that was filed, newest first."""
    frozen = Submission.objects.filter(kind=Brand.kind, subject_id=brand.pk, purpose__in=FILING)
    filings = {row.version: row for row in frozen.order_by("accepted_at")}
    sent, decided = _told(brand)
    return [
        _version(brand, number, filing, sent.get(number), decided.get(number))
        for number, filing in sorted(filings.items(), reverse=True)
    ]


def _told(brand: Brand) -> tuple[dict[int, Event], dict[int, Event]]:
    """By version: the event of its first filing, and that of its latest verdict."""
    events = Event.objects.filter(
        organization_id=brand.organization_id,
        object_kind=Brand.kind,
        object_id=brand.pk,
        action__in=[*_SENT, *_VERDICTS],
    )
    sent: dict[int, Event] = {}
    decided: dict[int, Event] = {}
    number = 1
    for event in events.order_by("id"):
        if event.action in _SENT:
            number = event.detail.get("version", 1)
            sent.setdefault(number, event)
            # Looked at again: the former verdict stands no more.
            decided.pop(number, None)
        else:
            decided[number] = event
    return sent, decided


def _version(
    brand: Brand, number: int, filing: Submission, sent: Event | None, decided: Event | None
) -> Version:
    move = _VERDICTS[decided.action] if decided else None
    rejected = move is not None and move.target == states.REJECTED
    return Version(
        number=number,
        filing=filing,
        filed_at=sent.at if sent else None,
        by=sent.actor_name if sent else "",
        verdict=states.LOOKS[move.target] if move else None,
        decided_at=decided.at if decided else None,
        reasons=(brand.reasons if number == brand.version else filing.reasons) if rejected else [],
        decided_by=_("the carrier's interface") if move is states.REFUSE else _("the registry"),
    )
