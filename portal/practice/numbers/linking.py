"""What an account does with a number: put it on a campaign, move it to another, take it off.

What the vendor's file leaves open is decided here. A failed assignment stays readable and is replaced by the next
request, on whichever campaign; a number that is on its way off cannot be put on one before it is gone; a move begins
anew on the other campaign, also from one that has ended; and the numbers of a campaign that its account ends are taken
off it by themselves, while those of an expired one stay where they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portal.practice.campaigns.life import Standing
from portal.practice.clock import Moment
from portal.practice.models import Campaign, Link, Number
from portal.practice.models.number import FAILED, OVER, PENDING, RELEASE_FAILED, RELEASING
from portal.practice.numbers import rules
from portal.practice.webhooks.bell import BELL

_BLINK = timedelta(microseconds=1)


class NotAssignable(Exception):
    """The number or the campaign is not fit for it; `code`, `title` and `pointer` are the vendor's."""

    def __init__(self, status: int, code: str, title: str, words: str, pointer: str = "/phoneNumber") -> None:
        super().__init__(words)
        self.status, self.code, self.title, self.pointer = status, code, title, pointer


@transaction.atomic
def assign(number: Number, campaign: Campaign, moment: Moment, *, late: timedelta | None = None) -> Link:
    """Put a number on a campaign. Raises NotAssignable.

    With `late` it is there, but nobody sees it before that much machine time has passed.
    """
    _check(number, campaign, moment)
    last = last_of(held(number, campaign), moment, lock=True)
    before = last if last is not None and last.status_now != OVER else None
    if before is not None and before.status_now == RELEASING:
        words = f"The phone number is being removed from campaign {before.campaign.id}."
        raise NotAssignable(409, "10021", "Resource in use", words)
    if before is not None and before.status_now != FAILED:
        words = f"The phone number is already assigned to campaign {before.campaign.id}."
        raise NotAssignable(409, "10031", "Already exists", words)
    return put(number, campaign, moment, last, made_by=Link.MadeBy.CREATE, late=late)


@transaction.atomic
def move(number: Number, campaign: Campaign, moment: Moment) -> Link:
    """Put a number that is on a campaign on another one. Raises Link.DoesNotExist, NotAssignable."""
    _check(number, campaign, moment)
    before = standing_of(held(number, campaign), moment, lock=True)
    if before is None:
        raise Link.DoesNotExist
    if before.campaign.pk == campaign.pk and before.status_now not in (FAILED, RELEASING, RELEASE_FAILED):
        return before
    return put(number, campaign, moment, before, made_by=Link.MadeBy.MOVE)


@transaction.atomic
def release(number: Number, moment: Moment, *, pace: str | None = None) -> Link:
    """Take a number off its campaign. Raises Link.DoesNotExist when it is on none."""
    link = standing_of(held(number), moment, lock=True)
    if link is None:
        raise Link.DoesNotExist
    if link.status_now == FAILED:
        # There is nothing at the carriers that would have to be taken away.
        link.ended_at, link.status_now = moment.business, OVER
        link.save(update_fields=["ended_at"])
    elif link.status_now != RELEASING:
        ask_release(link, moment, pace=pace or moment.pace)
    return link


@transaction.atomic
def release_all(campaign: Campaign, moment: Moment) -> None:
    """Take every number off a campaign that its account has ended."""
    rows = Link.objects.filter(campaign=campaign).current(moment).select_related("account", "number")
    for link in rows.select_for_update(of=("self",)):
        if link.status_now == FAILED:
            link.ended_at = moment.business
            link.save(update_fields=["ended_at"])
        elif link.status_now != RELEASING:
            ask_release(link, moment, pace=moment.pace, always=True)


def put(
    number: Number,
    campaign: Campaign,
    moment: Moment,
    before: Link | None,
    *,
    made_by: Link.MadeBy,
    late: timedelta | None = None,
) -> Link:
    """Link them, in place of `before`, the last link of the number. Both are held (`held`)."""
    fitting = rules.fitting(number.e164, number.tags)
    traits = {rule.trait for rule in fitting}
    failing = next((rule for rule in fitting if rule.failure), None)
    again = failing is not None and failing.trait == "once" and _failed_before(number)
    failure = rules.FAILURES[failing.failure] if failing and not again else ""
    if _is_full(campaign, number, moment):
        failure = rules.FAILURES["limit"]
    outcome = (
        Link.Outcome.FAILED if failure else Link.Outcome.ODD if "odd" in traits else Link.Outcome.ASSIGNED
    )
    if before is not None:
        over = before.over_since()
        before.ended_at = over if over is not None and over < moment.business else moment.business
        before.save(update_fields=["ended_at"])
    due_at = rules.answered(number.e164, moment.business, pace=moment.pace, slow="slow" in traits)
    link = Link(
        account=number.account,
        number=number,
        campaign=campaign,
        filed_at=moment.business,
        appears_at=None if late is None else moment.machine + late,
        due_at=due_at,
        outcome=outcome,
        failure=failure,
        failure_in_errors="hidden" in traits,
        word=rules.ODD_WORD if outcome == Link.Outcome.ODD else "",
        lost_at=due_at + timedelta(days=1) if "lost" in traits and not failure else None,
        silent_since=moment.business + _BLINK if "silent" in traits else None,
        made_by=made_by,
        rule=", ".join(rule.phrase for rule in fitting)[:200],
        told_until=moment.business,
    )
    link.wake(moment)
    link.save(force_insert=True)
    link.status_now = PENDING
    return link


def ask_release(link: Link, moment: Moment, *, pace: str, always: bool = False) -> None:
    """Begin to take a number off; with `always` no rule of the number's stands against it."""
    traits = {rule.trait for rule in rules.fitting(link.number.e164, link.number.tags)}
    fails = "release_fails" in traits and not always
    at = _after(link, moment)
    link.release_at = at
    link.release_due_at = rules.released(link.number.e164, at, pace=pace, slow="release_slow" in traits)
    link.release_outcome = Link.Outcome.FAILED if fails else Link.Outcome.RELEASED
    link.release_failure = rules.FAILURES["not_deployed"] if fails else ""
    link.lost_at = None
    link.silent_since, link.by_hand = None, False
    link.status_now = RELEASING
    _keep(link)


def last_of(number: Number, moment: Moment, *, lock: bool = False) -> Link | None:
    """The one link of a number that nothing has taken the place of, over or not."""
    rows = Link.objects.filter(number=number, ended_at=None).as_of(moment)
    rows = rows.select_related("account", "number", "campaign__brand")
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def standing_of(number: Number, moment: Moment, *, lock: bool = False) -> Link | None:
    """The link of a number that is not over at `moment`, or None."""
    link = last_of(number, moment, lock=lock)
    return link if link is not None and link.status_now != OVER else None


def held(number: Number, campaign: Campaign | None = None) -> Number:
    """The number, kept from others until the transaction ends; and before it a campaign whose places are counted.

    In this order everywhere, links last: two at once cannot both take the last place, nor wait for each other.
    """
    if campaign is not None and limit_of(campaign) is not None:
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    return Number.objects.select_for_update().select_related("account").get(pk=number.pk)


def takes_numbers(now: Standing) -> bool:
    """May a campaign that stands like this get numbers?"""
    return now.status == "MNO_PROVISIONED"


def limit_of(campaign: Campaign) -> int | None:
    """How many numbers the mobile carriers take for it; None: as many as there are."""
    if campaign.filed.get("usecase") == "SOLE_PROPRIETOR":
        return rules.SOLE_PROPRIETOR
    return campaign.most_numbers


def _check(number: Number, campaign: Campaign, moment: Moment) -> None:
    """Everything that makes it impossible, whatever the number is on. Raises NotAssignable."""
    words = ""
    if number.toll_free:
        words = "Toll-free numbers cannot be assigned to a 10DLC campaign."
    elif number.country != "US":
        words = "Only US long code numbers can be assigned to a 10DLC campaign."
    elif not number.sms:
        words = "The phone number does not support SMS."
    if words:
        raise NotAssignable(400, "10002", "Invalid phone number", words)
    if number.status != "active":
        words = f"The phone number is inactive: {number.status}."
        raise NotAssignable(400, "10001", "Inactive phone number", words)
    if number.profile is None:
        words = "The phone number is not associated with a messaging profile."
        raise NotAssignable(400, "10013", "Missing association", words)
    now = campaign.standing(moment)
    if not takes_numbers(now):
        words = f"The campaign is not active: {now.status}."
        raise NotAssignable(400, "10012", "Campaign is not active", words, "/campaignId")


def _is_full(campaign: Campaign, number: Number, moment: Moment) -> bool:
    most = limit_of(campaign)
    if most is None:
        return False
    others = Link.objects.filter(campaign=campaign).exclude(number=number)
    taken = others.current(moment).count() - others.as_of(moment).standing(FAILED).count()
    return taken >= most


def _failed_before(number: Number) -> bool:
    return Link.objects.filter(number=number).exclude(failure="").exists()


def _after(link: Link, moment: Moment) -> datetime:
    """Now, but never before what was told already, or nobody would ever be told of it."""
    return max(moment.business, link.told_until + _BLINK)


def _keep(link: Link) -> None:
    """Save a link that was changed; a webhook is owed at once."""
    # The sender looks at it now and finds out what comes next.
    link.next_at = link.told_until
    link.save()
    transaction.on_commit(BELL.set)
