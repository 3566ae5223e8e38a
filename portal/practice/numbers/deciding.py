"""What a person decides about a number by hand, and what happens to it elsewhere. Each takes effect at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.practice.clock import Moment
from portal.practice.deciding import TooLate
from portal.practice.models import Campaign, Link, LinkQuerySet, Number
from portal.practice.models.number import PENDING, RELEASING
from portal.practice.numbers import linking
from portal.practice.numbers.linking import standing_of
from portal.practice.webhooks.bell import BELL

_BLINK = timedelta(microseconds=1)


def accept(number: Number, moment: Moment) -> None:
    """The carriers have it: ASSIGNED. Raises TooLate."""
    _answer(number, moment, outcome=Link.Outcome.ASSIGNED)


def fail(number: Number, moment: Moment, *, reason: str) -> None:
    """The carriers do not take it: FAILED_ASSIGNMENT, also when they had it. Raises TooLate."""
    _answer(number, moment, outcome=Link.Outcome.FAILED, failure=reason)


def say(number: Number, moment: Moment, *, word: str) -> None:
    """Answer a status word of one's own. Raises TooLate."""
    _answer(number, moment, outcome=Link.Outcome.ODD, word=word)


def release(number: Number, moment: Moment) -> None:
    """The carriers have taken it off. Raises TooLate unless that was asked for."""
    _released(number, moment, outcome=Link.Outcome.RELEASED)


def refuse(number: Number, moment: Moment, *, reason: str) -> None:
    """The carriers do not take it off: FAILED_UNASSIGNMENT. Raises TooLate unless that was asked for."""
    _released(number, moment, outcome=Link.Outcome.FAILED, failure=reason)


@transaction.atomic
def lose(number: Number, moment: Moment) -> None:
    """The carriers drop it by themselves. Raises TooLate."""
    link = _locked(number, moment)
    link.lost_at = _at(link, moment)
    _keep(link)


@transaction.atomic
def silence(number: Number, moment: Moment, *, silent: bool) -> None:
    """Hold the carriers' answer back, or let it go: what came due meanwhile is heard now. Raises TooLate."""
    link = _locked(number, moment)
    if silent:
        link.silent_since = link.silent_since or moment.business
    else:
        link.silent_since = None
        _catch_up(link, moment)
    _keep(link)


@transaction.atomic
def put(number: Number, campaign: Campaign, moment: Moment) -> None:
    """Put it on a campaign as somebody does elsewhere, whatever it is on: at once, and told to nobody."""
    row = linking.held(number, campaign)
    before = linking.last_of(row, moment, lock=True)
    link = linking.put(row, campaign, moment, before, made_by=Link.MadeBy.ELSEWHERE)
    Link.objects.filter(pk=link.pk).update(
        due_at=moment.business, outcome=Link.Outcome.ASSIGNED, failure="", silent_since=None, next_at=None
    )


@transaction.atomic
def take(number: Number, moment: Moment) -> None:
    """Take it off as somebody does elsewhere: at once, and told to nobody. Raises TooLate."""
    link = _locked(number, moment)
    Link.objects.filter(pk=link.pk).update(ended_at=moment.business, next_at=None)


@transaction.atomic
def settle(rows: LinkQuerySet, moment: Moment) -> int:
    """Let the carriers answer now what these wait for, silence aside. How many answers."""
    waiting = rows.as_of(moment)
    answers = waiting.standing(PENDING).values_list("pk", flat=True)
    releases = waiting.standing(RELEASING).values_list("pk", flat=True)
    first, second = list(answers), list(releases)
    now: dict[str, Any] = {"silent_since": None, "by_hand": True, "next_at": moment.business}
    count = Link.objects.filter(pk__in=first).update(due_at=moment.business, **now)
    count += Link.objects.filter(pk__in=second).update(release_due_at=moment.business, **now)
    Link.objects.filter(Q(pk__in=first), lost_at__isnull=False).update(
        lost_at=moment.business + timedelta(days=1)
    )
    transaction.on_commit(BELL.set)
    return count


def let_everything_speak(rows: LinkQuerySet, moment: Moment) -> None:
    """End a silence for these links: what came due meanwhile is heard now."""
    waiting = rows.filter(ended_at=None).select_related("account", "number", "campaign")
    for link in waiting.select_for_update(of=("self",)):
        if _catch_up(link, moment):
            _keep(link)


@transaction.atomic
def _answer(
    number: Number, moment: Moment, *, outcome: Link.Outcome, failure: str = "", word: str = ""
) -> None:
    link = _locked(number, moment)
    link.due_at, link.outcome = _at(link, moment), outcome
    link.failure, link.word, link.failure_in_errors = failure, word, False
    link.release_at = link.release_due_at = link.lost_at = link.silent_since = None
    link.release_outcome = link.release_failure = ""
    link.by_hand = True
    _keep(link)


@transaction.atomic
def _released(number: Number, moment: Moment, *, outcome: Link.Outcome, failure: str = "") -> None:
    link = _locked(number, moment)
    if link.release_at is None:
        raise TooLate(_("Nobody has asked to take this number off."))
    link.release_due_at, link.release_outcome = _at(link, moment), outcome
    link.release_failure, link.silent_since, link.by_hand = failure, None, True
    _keep(link)


def _locked(number: Number, moment: Moment) -> Link:
    link = standing_of(linking.held(number), moment, lock=True)
    if link is None:
        raise TooLate(_("This number is on no campaign."))
    return link


def _catch_up(link: Link, moment: Moment) -> bool:
    """Bring what silence held back to the present. Whether there was anything. The caller saves."""
    changed = False
    for name in ("due_at", "release_due_at"):
        at = getattr(link, name)
        if at is not None and link.told_until < at < moment.business and not link.by_hand:
            setattr(link, name, _at(link, moment))
            changed = True
    return changed


def _at(link: Link, moment: Moment) -> Any:
    """Now, but never before what was told already, or nobody would ever be told of it."""
    return max(moment.business, link.told_until + _BLINK)


def _keep(link: Link) -> None:
    """Save a link that was changed; a webhook is owed at once."""
    link.next_at = link.told_until
    link.save()
    transaction.on_commit(BELL.set)
