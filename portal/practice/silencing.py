"""Silence of an account or of the whole registry: nothing that would come by itself is heard while it lasts."""

from __future__ import annotations

from django.db import transaction

from portal.practice.campaigns.deciding import let_everything_speak
from portal.practice.clock import Moment
from portal.practice.models import Account, Brand, Link, Registry
from portal.practice.numbers.deciding import let_everything_speak as let_numbers_speak


@transaction.atomic
def silence_everything(*, silent: bool, moment: Moment, account: Account | None = None) -> None:
    """Hold back, or let go, every verdict that comes by itself: of one account, or of the whole registry."""
    holders = Account.objects.filter(pk=account.pk) if account else Registry.objects.filter(pk=1)
    if silent:
        holders.filter(silent_since=None).update(silent_since=moment.business)
        return
    since = holders.values_list("silent_since", flat=True).first()
    if since is None:
        return
    brands = Brand.objects.filter(account=account) if account else Brand.objects.all()
    brands.filter(by_hand=False, due_at__gte=since, due_at__lt=moment.business).update(due_at=moment.business)
    holders.update(silent_since=None)
    let_everything_speak(account, since, moment)
    let_numbers_speak(Link.objects.filter(account=account) if account else Link.objects.all(), moment)
