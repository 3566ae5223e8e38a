"""Submitting again: a rejected campaign is corrected as version n + 1, an expired one is registered anew.

    rejected ─correct→ update (PUT, safe to repeat) ─→ in review, where that alone had it looked at again
                                                   └→ appeal ─→ in review
             └ nothing stands at the carrier, or its registry did not take it: a new registration
    expired ─resubmit→ a new registration behind the same campaign, corrected or as it was

What a carrier lets nobody change (`CampaignPolicy.editable`) needs a new campaign, and is said before it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from campaigns import appealing, states
from campaigns.lifecycle import AT_REST, expire, newest, refuse, wait_for_review
from campaigns.models import Campaign
from campaigns.registration import Registration
from campaigns.submitting import StaleDraft, accepted, filing_of, payload, ready
from campaigns.versions import changed, columns_of, differs, standing
from portal.audit.recording import CLEARLINE, REGISTRY, Actor, record
from portal.carriers.campaigns import CampaignFiling, CampaignReading
from portal.carriers.contract import Carrier, Created, Reason
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, accept
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import Move, StaleState, make
from portal.tenancy.scope import acting_for


class NothingChanged(Exception):
    """What would be filed is what was filed already."""


class TooLong(Exception):
    """The carrier takes less of these answers in a correction than in a new campaign; `fields` as `too_long`."""

    def __init__(self, fields: Mapping[str, int]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = dict(fields)


class NeedsNewCampaign(Exception):
    """What was changed cannot change under a registration; `fields` are names of `CampaignFiling`."""

    def __init__(self, fields: Collection[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = frozenset(fields)


# --- what a person does


def correct(
    campaign: Campaign,
    *,
    by: Actor,
    times: Times,
    detail: Mapping[str, Any] | None = None,
    checked: Mapping[str, Any] | None = None,
) -> Submission:
    """File the corrections of a rejected campaign as the next version: move, submission and event in one
    transaction, then a nudge. `detail` goes into the event: what was known against it; `checked` is the payload
    that this is known of.

    Raises NothingChanged, NeedsNewCampaign, TooLong, NotReady, StaleDraft when somebody saved other answers than
    those that were `checked`, and StaleState when it is not rejected any more; then nothing was filed.
    """
    with transaction.atomic():
        lock(campaign)
        if campaign.status != states.REJECTED:
            raise StaleState(states.CORRECT, campaign)
        ready(campaign)
        before, after = standing(campaign), _unchanged_since(campaign, checked)
        if before and not differs(before, after):
            raise NothingChanged
        registration = correctable(campaign)
        if registration is not None and (beyond := immutable(registration, before, after)):
            raise NeedsNewCampaign(beyond)
        if registration is not None and (long := too_long(registration, after)):
            raise TooLong(long)
        purpose = "update" if registration is not None else "register"
        return _file(campaign, states.CORRECT, purpose, after, by=by, times=times, detail=detail)


def resubmit(
    campaign: Campaign,
    *,
    by: Actor,
    times: Times,
    detail: Mapping[str, Any] | None = None,
    checked: Mapping[str, Any] | None = None,
) -> Submission:
    """Register an expired campaign anew, with the same settings or with changed ones, which are the next version.

    The former registration has ended and stays so. Numbers sleep until the new one is approved: whether one can
    send is derived. Raises NotReady, and StaleState when it has not expired; then nothing was filed.
    """
    with transaction.atomic():
        lock(campaign)
        expire(campaign, times)
        if campaign.status != states.EXPIRED:
            raise StaleState(states.RESUBMIT, campaign)
        ready(campaign)
        former = campaign.registration()
        after = _unchanged_since(campaign, checked)
        if former is not None:
            # Whatever was said of it last: from here on it is not the one that counts.
            ended = former.ended_at or former.ends_at or times.business
            Registration.objects.filter(pk=former.pk).update(ended_at=ended)
            ends = former.ends_at.isoformat() if former.ends_at else ""
            after["replaces"] = {"reference": former.reference, "ends_at": ends}
        return _file(campaign, states.RESUBMIT, "register", after, by=by, times=times, detail=detail)


def discard(campaign: Campaign, *, by: Actor, times: Times) -> bool:
    """Put back what was filed, with the event. False when nothing of it is being changed (any more)."""
    with transaction.atomic():
        lock(campaign)
        filed = standing(campaign)
        if campaign.is_draft or not campaign.is_editable or not filed:
            return False
        if not differs(filed, payload(campaign)):
            return False
        rows = Campaign.objects.filter(pk=campaign.pk, status=campaign.status)
        if not rows.update(**columns_of(filed), saved_at=times.business):
            return False
        campaign.refresh_from_db()
        record(states.DISCARDED, campaign, by=by, at=times.business)
    return True


def correctable(campaign: Campaign) -> Registration | None:
    """The registration that a correction goes under; None where the next version is a new registration.

    What the registry itself did not take has ended: nothing stands there that could be corrected.
    """
    registration = campaign.registration()
    return None if registration is None or registration.ended_at is not None else registration


def immutable(
    registration: Registration, before: Mapping[str, Any], after: Mapping[str, Any]
) -> frozenset[str]:
    """What differs and cannot change under `registration`: names of `CampaignFiling`."""
    editable = gateway.campaign_policy(registration.account).editable.value
    return changed(before, after) - editable


def too_long(registration: Registration, filing: Mapping[str, Any]) -> dict[str, int]:
    """What of `filing` an update of `registration` cannot carry: the field in the wizard → the most characters.

    An update sends everything that may change, so an answer that nobody touched counts as well.
    """
    rows: dict[str, int] = {}
    for name, most in gateway.campaign_policy(registration.account).update_lengths.value.items():
        if name == "samples":
            texts = {f"sample_{place}": text for place, text in enumerate(filing[name], 1)}
        else:
            texts = {name: filing[name]}
        rows |= {field: most for field, text in texts.items() if len(text) > most}
    return rows


def lock(campaign: Campaign) -> None:
    """Nobody else moves or saves `campaign` until this transaction ends; it is as it stands now."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    campaign.refresh_from_db()


def _unchanged_since(campaign: Campaign, checked: Mapping[str, Any] | None) -> dict[str, Any]:
    """What would be filed. Raises StaleDraft when that is not what was `checked`."""
    found = payload(campaign)
    if checked is not None and found != checked:
        raise StaleDraft
    return found


def _file(
    campaign: Campaign,
    move: Move,
    purpose: str,
    filing: dict[str, Any],
    *,
    by: Actor,
    times: Times,
    detail: Mapping[str, Any] | None,
) -> Submission:
    former = campaign.filing()
    before = standing(campaign)
    number = campaign.version + 1 if not before or differs(before, filing) else campaign.version
    reasons = campaign.reasons
    make(
        move,
        campaign,
        by=by,
        at=times.business,
        detail={**(detail or {}), "version": number},
        version=number,
        reasons=[],
        decided_by="",
        odd_word="",
        **accepted(by, times),
    )
    if former is not None:
        # The verdict stays with the version that it was about.
        Submission.objects.filter(pk=former.pk).update(reasons=reasons)
    registration = campaign.registration()
    submission = accept(
        campaign,
        purpose=purpose,
        account=registration.account if registration and purpose == "update" else gateway.default_account(),
        payload=filing,
        machine_now=times.machine,
        version=number,
    )
    nudge()
    return submission


# --- what the loop does


class CampaignUpdate:
    """The purpose "update": the next version under the registration that was rejected."""

    # What stands there says whether it arrived.
    reads_back = True

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Replace what may be replaced, then see whether that alone had it looked at again."""
        reference, key = registered(submission)
        carrier.update_campaign(reference, filing_of(submission.payload), key=key)
        return _seen(carrier.read_campaign(reference))

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Does the carrier hold what we wanted to file? If not, sending it again does no harm."""
        reference, _key = registered(submission)
        seen = carrier.read_campaign(reference)
        editable = gateway.campaign_policy(submission.account).editable.value
        return _seen(seen) if _holds(seen, filing_of(submission.payload), editable) else None

    def filed(self, submission: Submission, times: Times) -> None:
        """Have it looked at again; where that happens already, there is nothing to ask for."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        record(
            states.CORRECTED, campaign, by=REGISTRY, at=times.business, detail={"version": campaign.version}
        )
        if submission.answer["state"] not in AT_REST:
            make(states.ACCEPT, campaign, by=REGISTRY, at=times.business)
            wait_for_review(campaign, times)
            return
        accept(
            campaign,
            purpose="appeal",
            account=submission.account,
            # What the carrier showed before the appeal: whatever differs later has come of it.
            payload={"reason": appealing.CORRECTED, "seen": submission.answer["seen"]},
            machine_now=times.machine,
            version=submission.version,
        )
        nudge()

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The carrier did not take the corrections: a person must change something."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        refuse(states.REFUSE, campaign, reasons, times)


def registered(submission: Submission) -> tuple[str, str]:
    """The carrier's reference of what is registered now, and the key under which it was: that one stays for ever."""
    with acting_for(submission.organization_id, by=CLEARLINE):
        registration = newest(submission.subject_id)
    return registration.reference, str(registration.key)


def _seen(seen: CampaignReading) -> Created:
    """What the carrier says of the campaign now, fit to be compared."""
    return Created(seen.reference, {"state": str(seen.state), "seen": dict(seen.raw)})


def _holds(seen: CampaignReading, filing: CampaignFiling, editable: Collection[str]) -> bool:
    """Does the carrier hold what an update would have made of it?"""
    wanted = asdict(filing)
    return all(seen.filed.get(name) == wanted[name] for name in editable)
