"""What a person decides about a campaign by hand. Each takes effect at once, and may be changed again.

A verdict at a stage passes the stages before it as well; an acceptance leaves the later ones to come by themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.practice.campaigns import acting, planning
from portal.practice.campaigns.life import Standing, Step, is_held, moment_of
from portal.practice.campaigns.networks import APPROVED, NAMES, REVIEW
from portal.practice.campaigns.rules import reasons_of
from portal.practice.clock import Moment
from portal.practice.deciding import TooLate
from portal.practice.models import Account, Campaign
from portal.practice.numbers.linking import release_all
from portal.practice.numbers.rules import WITHOUT_POOL

Reasons = list[dict[str, str]]
Change = Callable[[Campaign, Standing], None]

RENEWALS = ("ok", "refused", "late")
# What a rejection says when the person says nothing.
USUAL_REASONS = {"registry": ("registry",), "provider": ("803",), "carriers": ("602",)}
_PASSED = {
    "TCR_ACCEPTED": 1,
    "TELNYX_FAILED": 1,
    "MNO_PENDING": 2,
    "MNO_REJECTED": 2,
    "MNO_PROVISIONING_FAILED": 2,
    "MNO_PROVISIONED": 3,
}
_REJECTED = {
    "registry": "registry_failed",
    "provider": "provider_rejected",
    "carriers": "carriers_rejected",
}


def accept(campaign_id: uuid.UUID, moment: Moment, *, stage: str) -> Campaign:
    """Pass `stage`; with "carriers" it is provisioned. Raises Campaign.DoesNotExist, TooLate."""

    def change(row: Campaign, now: Standing) -> None:
        _pass(row, now, moment, stage)
        following = {"registry": "provider", "provider": "carriers", "carriers": "active"}[stage]
        row.steps += planning.plan(
            row.filed, campaign_id=row.id, at=moment.business, pace=moment.pace, stage=following
        )
        row.silent_since = None

    return _change(campaign_id, moment, change)


def reject(campaign_id: uuid.UUID, moment: Moment, *, stage: str, reasons: Reasons | None = None) -> Campaign:
    """Return it at `stage`. Raises Campaign.DoesNotExist, TooLate."""
    why = reasons or reasons_of(*USUAL_REASONS[stage])

    def change(row: Campaign, now: Standing) -> None:
        stages = planning.STAGES
        before = stages.index(stage) - 1
        acting.forget(row, moment)
        if before >= 0:
            _pass(row, now, moment, stages[before])
        if stage == "carriers":
            for code in planning.submitted_to(row.filed):
                _add(row, moment, "carrier", network=code, word="REJECTED", reasons=why)
        _add(row, moment, _REJECTED[stage], reasons=why)
        row.silent_since = None

    return _change(campaign_id, moment, change)


def fail_provisioning(campaign_id: uuid.UUID, moment: Moment, *, reasons: Reasons | None = None) -> Campaign:
    """Approved, and then MNO_PROVISIONING_FAILED. Raises Campaign.DoesNotExist, TooLate."""

    def change(row: Campaign, now: Standing) -> None:
        _pass(row, now, moment, "provider")
        _add(row, moment, "provisioning_failed", reasons=reasons or reasons_of("carrier"))

    return _change(campaign_id, moment, change)


def set_network(
    campaign_id: uuid.UUID, moment: Moment, *, network: str, word: str, reasons: Reasons | None = None
) -> Campaign:
    """Let one mobile carrier say `word`; the others, and the whole, stay as they are.

    Before the carriers have it, it is passed on to them first. Raises Campaign.DoesNotExist, TooLate.
    """

    def change(row: Campaign, now: Standing) -> None:
        if not now.networks:
            _pass(row, now, moment, "provider")
            row.steps += planning.plan(
                row.filed, campaign_id=row.id, at=moment.business, pace=moment.pace, stage="carriers"
            )
        # What this carrier would have said by itself is not said any more.
        row.steps = [
            one
            for one in row.steps
            if not (one.get("network") == network and moment_of(one) > moment.business)
        ]
        _add(row, moment, "carrier", network=network, word=word, reasons=reasons or [])

    return _change(campaign_id, moment, change)


def suspend(campaign_id: uuid.UUID, moment: Moment, *, suspended: bool = True) -> Campaign:
    """Suspend it, or let it send again. Raises Campaign.DoesNotExist, TooLate."""
    return _mark(campaign_id, moment, "suspended" if suspended else "unsuspended")


def sleep(campaign_id: uuid.UUID, moment: Moment, *, dormant: bool = True) -> Campaign:
    """Mark it as dormant, or not any more. Raises Campaign.DoesNotExist, TooLate."""
    return _mark(campaign_id, moment, "dormant" if dormant else "woken")


def say(campaign_id: uuid.UUID, moment: Moment, *, word: str) -> Campaign:
    """Answer a status word of one's own, until the next step. Raises Campaign.DoesNotExist, TooLate."""
    return _mark(campaign_id, moment, "odd", word=word)


def expire(campaign_id: uuid.UUID, moment: Moment) -> Campaign:
    """Let it expire now, whatever its flag says. Raises Campaign.DoesNotExist, TooLate."""

    def change(row: Campaign, now: Standing) -> None:
        acting.forget(row, moment)
        _add(row, moment, "expired")

    return _change(campaign_id, moment, change)


def remove(campaign_id: uuid.UUID, moment: Moment) -> Campaign:
    """Remove it: it cannot be read or listed any more. Raises Campaign.DoesNotExist."""

    def change(row: Campaign, now: Standing) -> None:
        acting.forget(row, moment)
        _add(row, moment, "removed")
        release_all(row, moment)

    return _change(campaign_id, moment, change, ended=True)


def set_end(campaign_id: uuid.UUID, moment: Moment, *, ends_at: datetime) -> Campaign:
    """Give it another date of renewal or expiry, in the future. Raises Campaign.DoesNotExist, TooLate."""

    def change(row: Campaign, now: Standing) -> None:
        if now.ends_at is None:
            raise TooLate(_("Only an activated campaign has a date of renewal."))
        if ends_at <= moment.business:
            raise TooLate(_("The date must lie in the future; to end it now, let it expire."))
        _add(row, moment, "term", ends=ends_at.isoformat())

    return _change(campaign_id, moment, change)


def set_renewal(campaign_id: uuid.UUID, moment: Moment, *, mode: str, days: int = 2) -> Campaign:
    """What its renewals meet: "ok", "refused" (it expires), or "late" by `days`.

    Raises Campaign.DoesNotExist, TooLate.
    """
    return _mark(campaign_id, moment, "renewal", mode=mode, **({"days": days} if mode == "late" else {}))


def silence(campaign_id: uuid.UUID, moment: Moment, *, silent: bool) -> Campaign:
    """Hold its verdicts back, or let them go: what came due meanwhile is heard now.

    Raises Campaign.DoesNotExist, TooLate.
    """

    def change(row: Campaign, now: Standing) -> None:
        if silent:
            row.silent_since = row.silent_since or moment.business
        else:
            let_speak(row, moment, row.silent_since)
            row.silent_since = None

    return _change(campaign_id, moment, change)


def limit_numbers(campaign_id: uuid.UUID, moment: Moment, *, most: int | None) -> Campaign:
    """Let the mobile carriers take at most so many numbers of it; None: all. Raises Campaign.DoesNotExist, TooLate."""

    def change(row: Campaign, now: Standing) -> None:
        row.most_numbers = most

    return _change(campaign_id, moment, change)


def pool(campaign_id: uuid.UUID, moment: Moment, *, pooled: bool = True) -> Campaign:
    """Give it a number pool, which ends its limit, or take that away. Raises Campaign.DoesNotExist, TooLate."""

    def change(row: Campaign, now: Standing) -> None:
        row.pooled, row.most_numbers = pooled, None if pooled else WITHOUT_POOL
        _add(row, moment, "pooled" if pooled else "unpooled")

    return _change(campaign_id, moment, change)


def let_everything_speak(account: Account | None, since: datetime, moment: Moment) -> None:
    """The same for all campaigns of an account, or of everybody, that were held back since `since`."""
    rows = Campaign.objects.filter(account=account) if account else Campaign.objects.all()
    for row in rows.select_for_update(of=("self",), no_key=True).select_related("account"):
        before = row.steps
        let_speak(row, moment, since)
        if row.steps != before:
            acting.keep(row, moment)


def let_speak(row: Campaign, moment: Moment, since: datetime | None) -> None:
    """Bring the steps that silence held back to the present, in their order. The caller saves."""
    late = [one for one in row.steps if is_held(one, since) and moment_of(one) < moment.business]
    late.sort(key=lambda one: one["at"])
    fresh: list[Step] = []
    for place, one in enumerate(late):
        # Just before now, so that they count as heard at once.
        at = moment.business - timedelta(microseconds=len(late) - 1 - place)
        fresh.append({**one, "at": at.isoformat(timespec="microseconds")})
    row.steps = [one for one in row.steps if one not in late] + fresh


def _pass(row: Campaign, now: Standing, moment: Moment, stage: str) -> None:
    """Accept every stage up to `stage` that is not passed yet."""
    acting.forget(row, moment)
    passed = _passed(now)
    networks = planning.submitted_to(row.filed)
    wanted = planning.STAGES.index(stage)
    if wanted >= 0 and passed < 1:
        _add(row, moment, "registry_accepted")
    if wanted >= 1 and passed < 2:
        _add(row, moment, "provider_accepted", networks=networks)
    if wanted >= 2:
        words = now.networks if passed >= 2 else {}
        for code in networks:
            # A carrier that has spoken against it keeps its word: "partly approved" is then one more click.
            if words.get(code, REVIEW) == REVIEW or (passed < 3 and now.word == "MNO_REJECTED"):
                _add(row, moment, "carrier", network=code, word=APPROVED, reasons=[])
        _add(row, moment, "provisioned")


def _passed(now: Standing) -> int:
    """How many stages it has passed."""
    return _PASSED.get(now.word, 0)


def _mark(campaign_id: uuid.UUID, moment: Moment, act: str, **more: Any) -> Campaign:
    return _change(campaign_id, moment, lambda row, now: _add(row, moment, act, **more))


def _add(row: Campaign, moment: Moment, act: str, **more: Any) -> None:
    acting.happens(row, planning.step(act, moment.business, hand=True, **more))


@transaction.atomic
def _change(campaign_id: uuid.UUID, moment: Moment, change: Change, *, ended: bool = False) -> Campaign:
    row = acting.locked(Campaign.objects.get(id=campaign_id), moment)
    now = row.standing(moment)
    if now.removed_at is not None or (now.ended_at is not None and not ended):
        raise TooLate(_("This campaign has ended, and nothing revives it."))
    change(row, now)
    acting.keep(row, moment)
    return row


def networks_named(names: Sequence[str]) -> list[str]:
    """The ids of carriers given by id or name. Raises KeyError."""
    by_name = {name.lower(): code for code, name in NAMES.items()} | {code: code for code in NAMES}
    return [by_name[name.lower()] for name in names]
