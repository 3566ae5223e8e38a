"""The versions of a campaign: what was filed each time, what was said to it, and what lies between two.

Version n is the frozen payload of its filing. While a campaign is rejected or expired, its own columns are the
working copy of version n + 1. A version that was registered again as it was has several registrations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import states
from campaigns.models import FILING, Campaign
from campaigns.outlook import FLAG
from campaigns.shown import answers_of
from campaigns.submitting import COLUMNS, OWN, payload
from portal.audit.models import Event
from portal.carriers.campaigns import CampaignFiling, Decider
from portal.lifecycle.models import Submission, SubmissionState
from portal.ui.looks import Look, Text

Payload = Mapping[str, Any]

CHANGED = Look(_("Changed"), "late", "pencil")
ADDED = Look(_("Added"), "late", "plus")
REMOVED = Look(_("Removed"), "late", "trash")

# The brand's own reference is no answer: a brand that is registered anew gets another one.
_ANSWERS = frozenset(one.name for one in fields(CampaignFiling)) - {"brand_reference"}


def changed(before: Payload, after: Payload) -> frozenset[str]:
    """What a carrier would be told by `after` that `before` did not tell: names of `CampaignFiling`."""
    return frozenset(name for name in _ANSWERS if _plain(before.get(name)) != _plain(after.get(name)))


def differs(before: Payload, after: Payload) -> bool:
    """Would filing `after` tell the carrier anything that `before` did not?"""
    return bool(changed(before, after))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def has_unsent_changes(campaign: Campaign) -> bool:
    """Is `campaign` being changed: rejected or expired, and different from what was filed?"""
    return bool(unsent_among([campaign]))


def unsent_among(campaigns: Collection[Campaign]) -> set[UUID]:
    """Those of `campaigns` whose changes have begun and are not sent; one query for any number.

    Their brands should have been selected along.
    """
    open_ones = [one for one in campaigns if one.is_editable and not one.is_draft]
    filed = _standing_of(open_ones)
    return {one.pk for one in open_ones if one.pk in filed and differs(filed[one.pk], payload(one))}


def standing(campaign: Campaign) -> Payload:
    """What was last filed of the present version, with the renewal that was chosen since; {} for a draft."""
    return _standing_of([campaign]).get(campaign.pk, {})


def _standing_of(campaigns: Collection[Campaign]) -> dict[UUID, Payload]:
    if not campaigns:
        return {}
    versions = {one.pk: one.version for one in campaigns}
    whole = Q(purpose__in=FILING) | Q(purpose=FLAG, state=SubmissionState.CONFIRMED)
    rows = Submission.objects.filter(whole, kind=Campaign.kind, subject_id__in=versions)
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows.order_by("accepted_at").values("subject_id", "purpose", "version", "payload"):
        subject = row["subject_id"]
        if row["version"] != versions[subject]:
            continue
        if row["purpose"] != FLAG:
            found[subject] = row["payload"]
        elif subject in found:
            # The one answer that the carrier was told of anew without a new version.
            found[subject] = {**found[subject], "auto_renewal": row["payload"]["renews"]}
    return dict(found)


def columns_of(payload: Payload) -> dict[str, Any]:
    """The columns of a campaign that is what was filed as `payload`."""
    filed = {COLUMNS.get(name, name): payload[name] for name in _ANSWERS}
    own = payload.get("portal", {})
    return filed | {name: own[name] for name in OWN if name in own}


def as_filed(campaign: Campaign, payload: Payload) -> Campaign:
    """`campaign` in memory with the answers of `payload`, to be read back like any other. Never saved."""
    filed = Campaign(
        pk=campaign.pk,
        organization_id=campaign.organization_id,
        status=campaign.status,
        version=campaign.version,
        brand=campaign.brand,
        created_at=campaign.created_at,
        **columns_of(payload),
    )
    # What was sent, composed or not, is what stands there.
    filed.message_flow_own = True
    return filed


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer in two versions. `name` is the wizard's; `look` says how they differ, None when they do not."""

    name: str
    label: Text
    before: Text
    after: Text
    look: Look | None = None
    mono: bool = False
    change_url: str = ""


def differences(
    campaign: Campaign, before: Payload, after: Payload, *, links: bool = False
) -> list[Difference]:
    """Every answer of the two payloads, in the order of the wizard; with `links`, to where it is changed."""
    old = answers_of(as_filed(campaign, before))
    new = answers_of(as_filed(campaign, after), links=links)
    found = []
    # What is not asked any more stands where it was asked.
    for name in [*new, *(name for name in old if name not in new)]:
        here = new.get(name) or replace(old[name], value="", change_url="")
        there = old[name].value if name in old else ""
        look = None
        if str(there) != str(here.value):
            look = CHANGED if there and here.value else ADDED if here.value else REMOVED
        found.append(Difference(name, here.label, there, here.value, look, here.mono, here.change_url))
    return found


def filed_as(name: str) -> str:
    """Where the wizard's answer `name` goes in a filing: a name of `CampaignFiling`."""
    if name.startswith("sample_"):
        return "samples"
    if name.startswith(("consent", "evidence_")):
        # Every way of consent is told in the message flow.
        return "message_flow"
    return {**{ours: theirs for theirs, ours in COLUMNS.items()}, "categories_fit": "sub_use_cases"}.get(
        name, name
    )


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it was filed: when and by whom, and the verdict; None while there is none.

    Times are business time. `reasons` are those of the verdict, as they were kept; `decided_by` names who
    gave it.
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
        """What was filed."""
        found: Payload = self.filing.payload
        return found

    @property
    def rules(self) -> str:
        """The version of the linter's rules that it was checked by."""
        return str(self.filing.payload.get("rules", ""))


_SENT = {f"campaign.{move.name}" for move in (states.SUBMIT, states.CORRECT, states.RESUBMIT)}
_VERDICTS = {
    f"campaign.{move.name}": move
    for move in (
        states.ACTIVATE,
        states.REJECT,
        states.REFUSE,
        states.REFUSE_AGAIN,
        states.APPEAL_REFUSED,
    )
}
DECIDERS: dict[str, Text] = {
    str(Decider.REGISTRY): _("the registry"),
    str(Decider.PROVIDER): _("the provider"),
    str(Decider.CARRIER): _("a mobile carrier"),
}
INTERFACE = _("the carrier's interface")
_BY_INTERFACE = (states.REFUSE, states.REFUSE_AGAIN, states.APPEAL_REFUSED)


def versions_of(campaign: Campaign) -> list[Version]:
    """Every version that was filed, newest first."""
    frozen = Submission.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, purpose__in=FILING)
    filings = {row.version: row for row in frozen.order_by("accepted_at")}
    sent, decided = _told(campaign)
    return [
        _version(campaign, number, filing, sent.get(number), decided.get(number))
        for number, filing in sorted(filings.items(), reverse=True)
    ]


def _told(campaign: Campaign) -> tuple[dict[int, Event], dict[int, Event]]:
    """By version: the event of its first filing, and that of its latest verdict."""
    events = Event.objects.filter(
        organization_id=campaign.organization_id,
        object_kind=Campaign.kind,
        object_id=campaign.pk,
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
    campaign: Campaign, number: int, filing: Submission, sent: Event | None, decided: Event | None
) -> Version:
    move = _VERDICTS[decided.action] if decided else None
    returned = move is not None and move.target != states.ACTIVE
    is_present = number == campaign.version
    told = decided.detail.get("decided_by", "") if decided else ""
    return Version(
        number=number,
        filing=filing,
        filed_at=sent.at if sent else None,
        by=sent.actor_name if sent else "",
        verdict=(states.LOOKS[states.REJECTED] if returned else states.LOOKS[move.target]) if move else None,
        decided_at=decided.at if decided else None,
        reasons=(campaign.reasons if is_present else filing.reasons) if returned else [],
        decided_by=INTERFACE if move in _BY_INTERFACE else DECIDERS.get(told, _("the carrier")),
    )
