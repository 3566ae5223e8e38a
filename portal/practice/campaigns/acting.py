"""What an account does with a campaign: file it, change it, have it looked at again, end it.

What the vendor's file leaves open is decided here: a PUT changes what it carries and leaves the rest, an empty
sample is taken away, and `autoRenewal` is true when it is left out, because the vendor's schema gives it that default;
a campaign that has ended stays readable as expired, and nothing revives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from portal.practice.campaigns import planning
from portal.practice.campaigns.life import APPEALABLE, Step, moment_of
from portal.practice.campaigns.months import PERIOD, months_after
from portal.practice.campaigns.rules import fitting
from portal.practice.clock import Moment
from portal.practice.deciding import made_id, next_number, registry_id
from portal.practice.models import Account, Brand, Campaign
from portal.practice.numbers.linking import release_all
from portal.practice.webhooks.bell import BELL

SAMPLES = tuple(f"sample{n}" for n in range(1, 6))
_A_BLINK = timedelta(microseconds=1)


class NotNow(Exception):
    """The registry's own rules forbid it at this time; the text is the registry's."""


class TakenReference(Exception):
    """A campaign with this reference of the caller's exists already."""


@transaction.atomic
def file_campaign(
    brand: Brand,
    filed: dict[str, Any],
    *,
    key: str,
    moment: Moment,
    late: timedelta | None = None,
) -> Campaign:
    """Take a campaign in. Raises TakenReference: the one thing that keeps two apart here.

    With `late` it exists, but nobody sees it before that much machine time has passed.
    """
    Account.objects.select_for_update().get(pk=brand.account.pk)
    reference = str(filed.get("referenceId") or "")
    if reference and Campaign.objects.filter(account=brand.account, reference=reference).exists():
        raise TakenReference(reference)
    number = next_number("practice_campaign")
    campaign_id = made_id(moment.seed, "campaign", number)
    steps = planning.opening(filed, moment.business)
    steps += planning.plan(filed, campaign_id=campaign_id, at=moment.business, pace=moment.pace)
    rules = fitting(filed)
    row = Campaign(
        number=number,
        id=campaign_id,
        tcr_id=registry_id(number, "C"),
        account=brand.account,
        brand=brand,
        filed=filed,
        key=key,
        reference=reference,
        filed_at=moment.business,
        appears_at=None if late is None else moment.machine + late,
        steps=steps,
        rule=", ".join(rule.phrase for rule in rules)[:200],
        told_until=moment.business,
    )
    if any(rule.trait == "silent" for rule in rules):
        taken = next(one for one in steps if one["act"].startswith("registry_"))
        row.silent_since = moment_of(taken) + _A_BLINK
    row.wake(moment)
    row.save(force_insert=True)
    return row


@transaction.atomic
def change(campaign: Campaign, changes: Mapping[str, Any], moment: Moment) -> None:
    """Take over what a PUT carries. Raises NotNow for a campaign that has ended."""
    row = locked(campaign, moment)
    if not row.standing(moment).is_active:
        raise NotNow("The campaign is not active: it cannot be updated.")
    before = row.filed
    after = {**before, "autoRenewal": True, **changes}
    after = {name: value for name, value in after.items() if name not in SAMPLES or value}
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    row.filed_before, row.changed_at, row.filed = before, moment.machine, after
    row.rule = ", ".join(rule.phrase for rule in fitting(after))[:200]
    happens(row, planning.step("changed", moment.business, detail=", ".join(changed)))
    if before.get("autoRenewal", True) != after["autoRenewal"]:
        happens(row, planning.step("flag", moment.business, renews=after["autoRenewal"]))
    keep(row, moment)


@transaction.atomic
def appeal(campaign: Campaign, reason: str, moment: Moment) -> None:
    """Have a rejected campaign looked at again, as it is filed now. Raises NotNow."""
    row = locked(campaign, moment)
    if row.standing(moment).status not in APPEALABLE:
        raise NotNow("The campaign is not in an appealable status: TELNYX_FAILED or MNO_REJECTED.")
    forget(row, moment)
    happens(row, planning.step("appealed", moment.business, detail=reason[:500]))
    row.steps += planning.plan(
        row.filed,
        campaign_id=row.id,
        at=moment.business,
        pace=moment.pace,
        stage="provider",
        appealed=True,
    )
    keep(row, moment)


@transaction.atomic
def deactivate(campaign: Campaign, moment: Moment) -> None:
    """End a campaign for good. Raises NotNow for one that has ended."""
    row = locked(campaign, moment)
    if row.standing(moment).ended_at is not None:
        raise NotNow("The campaign is not active: it cannot be deactivated.")
    forget(row, moment)
    happens(row, planning.step("deactivated", moment.business))
    keep(row, moment)
    release_all(row, moment)


def active_of(brand: Brand, moment: Moment) -> list[Campaign]:
    """The campaigns of a brand that have not ended."""
    return [row for row in _of(brand, moment) if row.standing(moment).is_active]


def keeps_its_brand(brand: Brand, moment: Moment) -> bool:
    """Does a campaign forbid deleting its brand?

    "The campaigns need to be inactive and at least 3 months old due to billing purposes" (the vendor's DeleteBrand).
    """
    for row in _of(brand, moment):
        now = row.standing(moment)
        billed = now.activated_at is not None or now.is_active
        if now.is_active or (billed and moment.business < months_after(row.filed_at, PERIOD)):
            return True
    return False


def forget(row: Campaign, moment: Moment) -> None:
    """Drop what would still have come by itself; what silence has held back as well."""
    now = row.standing(moment)
    heard = {(one.at, one.act) for one in now.happened}
    row.steps = [step for step in row.steps if (moment_of(step), step["act"]) in heard]


def happens(row: Campaign, step: Step) -> None:
    """Add a step of this moment. Two of one moment stay in their order.

    It never comes before what was told already, or nobody would ever be told of it.
    """
    at = max(moment_of(step), row.told_until + _A_BLINK)
    row.steps = [*row.steps, {**step, "at": at.isoformat(timespec="microseconds")}]


def keep(row: Campaign, moment: Moment) -> None:
    """Save a campaign that was changed; a webhook is owed at once."""
    row.next_at = max(moment.business, row.told_until)
    row.save()
    transaction.on_commit(BELL.set)


def locked(campaign: Campaign, moment: Moment) -> Campaign:
    """The row, kept from others until the transaction ends.

    Its key stays free: who tells of a number on it holds the number's link and refers to the campaign, while ending the
    campaign waits for the links.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    return Campaign.objects.select_related("account", "brand").get(pk=campaign.pk)


def _of(brand: Brand, moment: Moment) -> list[Campaign]:
    return list(Campaign.objects.filter(brand=brand).visible(moment).select_related("account"))
