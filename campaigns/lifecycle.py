"""How a campaign is filed with the carrier, and how what registry, provider and carriers say is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from campaigns import renewing, states
from campaigns.explaining_meanings import report_unknown
from campaigns.models import Campaign
from campaigns.registration import Registration, Standing
from campaigns.submitting import filing_of
from campaigns.waking import wake
from portal.audit.recording import CLEARLINE, REGISTRY, record
from portal.carriers.campaigns import CampaignReading, CampaignState, Decider, Network, NetworkState
from portal.carriers.contract import Carrier, Created, NotFound, Reason, Refused
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.handlers import Reading
from portal.lifecycle.models import OPEN, Submission, Watch, watch
from portal.lifecycle.schedule import next_reading
from portal.lifecycle.states import Move, make
from portal.notifications.kinds import ATTENTION
from portal.notifications.telling import tell

# Readings that must find nothing before a campaign counts as missing, and the time between them.
MISSES = 2
AGAIN = timedelta(hours=1)
# Nothing revives what has ended, so it is read on only as long as the carrier might take that back.
ENDED_FOR = timedelta(days=30)
# What says that a campaign is over at the carrier, and that it never stood there at all.
OVER = frozenset({CampaignState.EXPIRED, CampaignState.DEACTIVATED})
_ENDED = OVER | {CampaignState.FAILED}
# What a carrier says of a campaign that it returned, until somebody asks it to look again.
AT_REST = frozenset({CampaignState.REJECTED, CampaignState.FAILED})
# The writes after which only the carrier's next word counts: what is said meanwhile is about what was before.
_ASKED = ("register", "update", "appeal")
# The code of the reason why an expired campaign was not registered anew.
RENEWED = "renewed"
# What people are told when it was refused for another reason: a state of notifications alone.
REFUSED_AGAIN = "refused-again"


class CampaignRegistration:
    """The purpose "register": a new registration at the carrier, the first of its campaign or a later one."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Create the campaign under the submission's key.

        Raises Refused, before anything is sent, where the registration that it replaces was renewed after all:
        nobody should pay for two.
        """
        former = submission.payload.get("replaces")
        if former and _was_renewed(carrier, former):
            words = "The carrier renewed the campaign after all, so it was not submitted again."
            raise Refused(words, reasons=(Reason(RENEWED, words),))
        return carrier.create_campaign(filing_of(submission.payload), key=str(submission.key))

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """The campaign that carries the submission's key, if an earlier try made one."""
        found = carrier.find_campaign(filing_of(submission.payload), key=str(submission.key))
        return Created(found.reference, dict(found.raw)) if found else None

    def filed(self, submission: Submission, times: Times) -> None:
        """Keep what stands for it at the carrier from now on, and wait for the reviews."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        number = Registration.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"] or 0
        Registration.objects.create(
            organization_id=campaign.organization_id,
            campaign=campaign,
            number=number + 1,
            key=submission.key,
            account=submission.account,
            reference=submission.reference,
            taken_at=times.business,
        )
        make(states.ACCEPT, campaign, by=REGISTRY, at=times.business)
        wait_for_review(campaign, times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The carrier's interface refused what was sent. An expired campaign stays expired."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        if "replaces" in submission.payload:
            refuse(states.REFUSE_AGAIN, campaign, reasons, times)
            tell(campaign, kind=ATTENTION, state=REFUSED_AGAIN, at=times.business, by=REGISTRY)
        else:
            refuse(states.REFUSE, campaign, reasons, times)
        if any(reason.code == RENEWED for reason in reasons):
            look_at_once(campaign, times)


class CampaignWatching:
    """Reading a campaign: until it is decided, and from then on for renewals, suspensions and its end."""

    def read(self, carrier: Carrier, watch: Watch) -> Reading:
        """The carrier's present view, with what each mobile carrier makes of it."""
        seen = carrier.read_campaign(watch.reference)
        return Reading(word=seen.word, answer=dict(seen.raw), seen=seen)

    def apply(self, watch: Watch, reading: Reading, times: Times) -> ReadingPlan | None:
        """Move the campaign to where the carrier says it stands, in whatever order it says so.

        Raw words are kept whatever they mean. A word that we do not know is shown and waited on, and neither a
        verdict nor a renewal is read out of an answer that has one.
        """
        seen: CampaignReading = reading.seen
        campaign = Campaign.objects.get(pk=watch.subject_id)
        policy = gateway.campaign_policy(watch.account)
        registration = Registration.objects.filter(campaign=campaign, key=watch.key).first()
        if registration is None or _is_between(campaign):
            return policy.reading.value
        _keep_words(registration, seen, times)
        move = states.told(seen.state)
        if move is None:
            _odd_word(campaign, reading.word, times)
            return policy.reading.value
        _keep_state(registration, seen, times)
        renewing.take(registration, seen, times)
        if move is states.ACTIVATE and registration.is_over(times.business):
            # Its own end is past and it names no later one: expired until it does, as every page derives it.
            move = states.EXPIRE
        changes: dict[str, Any] = {"odd_word": ""}
        if not _is_refused(campaign, move.target):
            changes |= {"reasons": _reasons(seen.reasons), "decided_by": decided_by(seen)}
        if campaign.status == move.target:
            # No move and no event: the same verdict, perhaps in other words.
            Campaign.objects.filter(pk=campaign.pk, status=move.target).update(**changes)
        else:
            # Who decided stays with the version that it was about (`versions`).
            detail = {"decided_by": changes["decided_by"]} if changes.get("decided_by") else None
            make(move, campaign, by=REGISTRY, at=times.business, detail=detail, **changes)
            report_unknown(campaign.pk, changes.get("reasons", ()))
            if move is states.ACTIVATE:
                wake(campaign, registration, times)
        return self._plan(registration, move.target, times)

    def missing(self, watch: Watch, times: Times) -> ReadingPlan | None:
        """Believed at the second time, an hour later; then shown and never registered anew by itself.

        That a carrier forgets what has ended is no loss.
        """
        policy = gateway.campaign_policy(watch.account)
        campaign = Campaign.objects.get(pk=watch.subject_id)
        registration = Registration.objects.filter(campaign=campaign, key=watch.key).first()
        if registration is None or _is_between(campaign):
            return policy.reading.value
        if watch.misses < MISSES:
            return ReadingPlan((), AGAIN, "one empty answer may be the carrier's mistake")
        if campaign.status == states.EXPIRED:
            return self._plan(registration, campaign.status, times)
        if campaign.status != states.MISSING:
            make(states.LOSE, campaign, by=REGISTRY, at=times.business, odd_word="")
        return policy.settled.value

    @staticmethod
    def _plan(registration: Registration, status: str, times: Times) -> ReadingPlan | None:
        """How often to read on: closely in review and near the end, no more when it has ended for good."""
        policy = gateway.campaign_policy(registration.account)
        if status in states.WAITING:
            return policy.reading.value
        ended, ends = registration.ended_at, registration.ends_at
        if ended is not None:
            return policy.settled.value if times.business < ended + ENDED_FOR else None
        if status == states.ACTIVE and ends is not None:
            return renewing.plan_of(registration, ends, times.business)
        return policy.settled.value


# --- what the other writes share


def newest(campaign_id: UUID) -> Registration:
    """What stands for a campaign at the carrier now. Raises DoesNotExist for one that was never taken."""
    found: Registration = Registration.objects.filter(campaign=campaign_id).latest("number")
    return found


def wait_for_review(campaign: Campaign, times: Times) -> None:
    """Wait for what the carrier makes of the newest registration, from now on."""
    registration = newest(campaign.pk)
    plan = gateway.campaign_policy(registration.account).reading.value
    _wait(campaign, registration, times, first_in=next_reading(plan, timedelta(0)))


def look_at_once(campaign: Campaign, times: Times) -> None:
    """Read where it stands at the carrier now, if anything stands there."""
    registration = campaign.registration()
    if registration is not None:
        _wait(campaign, registration, times, first_in=timedelta(0))


def _wait(campaign: Campaign, registration: Registration, times: Times, *, first_in: timedelta) -> None:
    watch(
        campaign,
        account=registration.account,
        reference=registration.reference,
        key=registration.key,
        first_read_at=times.business + first_in,
        business_now=times.business,
    )


def refuse(move: Move, campaign: Campaign, reasons: Sequence[Reason], times: Times) -> None:
    """Take `move` with the reasons of the carrier's interface, which nobody's review gave."""
    kept = _reasons(reasons)
    make(move, campaign, by=REGISTRY, at=times.business, reasons=kept, decided_by="")
    report_unknown(campaign.pk, kept)


def expire(campaign: Campaign, times: Times) -> bool:
    """Write down that its period is past, where that is so and nobody has yet; did it happen now?

    Pages derive it anyway. What follows from an end begins with this event.
    """
    registration = campaign.registration()
    if campaign.status != states.ACTIVE or registration is None or not registration.is_over(times.business):
        return False
    ended = registration.ended_at or registration.ends_at
    Registration.objects.filter(pk=registration.pk).update(ended_at=ended)
    make(states.EXPIRE, campaign, by=CLEARLINE, at=times.business)
    return True


def decided_by(seen: CampaignReading) -> str:
    """Who returned it, as far as the carrier says: what the registry did not take, it decided itself."""
    if seen.state not in AT_REST:
        return ""
    if seen.decided_by is not None:
        return str(seen.decided_by)
    return str(Decider.REGISTRY) if seen.state == CampaignState.FAILED else ""


# --- taking an answer over


def _is_between(campaign: Campaign) -> bool:
    """Is a deletion or another submission on its way, so that an answer is about what was before it?"""
    if campaign.status in states.GOING or campaign.status == states.SUBMITTING:
        return True
    asked = Submission.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, purpose__in=_ASKED)
    return bool(asked.filter(state__in=OPEN).exists())


def _is_refused(campaign: Campaign, target: str) -> bool:
    """Did the carrier's interface refuse the corrections, so that its reasons stand above the former verdict's?"""
    return bool(campaign.status == target == states.REJECTED and campaign.reasons and not campaign.decided_by)


def _keep_words(registration: Registration, seen: CampaignReading, times: Times) -> None:
    """Every word as it was said, for each of those who have one."""
    registration.word = seen.word[:100]
    registration.registry_word = seen.registry_word[:100]
    registration.provider_word = seen.provider_word[:100]
    registration.registry_id = seen.registry_id[:20] or registration.registry_id
    if seen.networks:
        registration.networks = len(seen.networks)
        registration.approved = sum(one.state == NetworkState.APPROVED for one in seen.networks)
        _keep_standings(registration, seen.networks, times)
    registration.save(
        update_fields=["word", "registry_word", "provider_word", "registry_id", "networks", "approved"]
    )


def _keep_standings(registration: Registration, networks: Sequence[Network], times: Times) -> None:
    """One row per mobile carrier; `since` is when its word last changed here. One that is not named any more goes."""
    rows = {row.network: row for row in Standing.objects.filter(registration=registration)}
    for one in networks:
        said: dict[str, Any] = {
            "name": one.name[:60],
            "state": str(one.state),
            "word": one.word[:100],
            "reasons": _reasons(one.reasons),
        }
        row = rows.pop(one.code[:20], None)
        if row is None:
            Standing.objects.create(
                organization_id=registration.organization_id,
                registration=registration,
                network=one.code[:20],
                since=times.business,
                **said,
            )
        elif any(getattr(row, name) != value for name, value in said.items()):
            if (row.state, row.word) != (said["state"], said["word"]):
                said["since"] = times.business
            Standing.objects.filter(pk=row.pk).update(**said)
    if rows:
        Standing.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()


def _keep_state(registration: Registration, seen: CampaignReading, times: Times) -> None:
    """When it became active for the first time, and when it ended or failed, if it has."""
    if seen.state == CampaignState.ACTIVE and registration.activated_at is None:
        registration.activated_at = times.business
    if seen.state in _ENDED:
        registration.ended_at = registration.ended_at or times.business
    else:
        # Said to be over, and not over after all.
        registration.ended_at = None
    registration.save(update_fields=["activated_at", "ended_at"])


def _was_renewed(carrier: Carrier, former: dict[str, str]) -> bool:
    """Does the carrier give the registration to be replaced a later end than the one that is past?"""
    try:
        seen = carrier.read_campaign(former["reference"])
    except NotFound:
        return False
    ends = datetime.fromisoformat(former["ends_at"]) if former["ends_at"] else None
    later = seen.ends_at is not None and ends is not None and seen.ends_at > ends
    return later and seen.state not in OVER | AT_REST


def _odd_word(campaign: Campaign, word: str, times: Times) -> None:
    """Keep a word that nobody knows, and say so once."""
    if word[:100] == campaign.odd_word:
        return
    Campaign.objects.filter(pk=campaign.pk).update(odd_word=word[:100])
    record(states.UNKNOWN_WORD, campaign, by=CLEARLINE, at=times.business, detail={"word": word[:100]})


def _reasons(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [{**asdict(reason), "fields": list(reason.fields)} for reason in reasons]
