"""A campaign that becomes active: what hangs on it follows, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable

from campaigns.models import Campaign
from campaigns.registration import Registration
from portal.clock import Times

Wakes = Callable[[Campaign, Registration, Times], None]
_wakers: list[Wakes] = []


def wakes(follow: Wakes) -> Wakes:
    """Have one's own rows follow a campaign that has become active: called by upper apps in `ready()`.

    `follow(campaign, registration, times)` runs in the transaction of the reading, in the organization's scope.
    """
    if follow not in _wakers:
        _wakers.append(follow)
    return follow


def wake(campaign: Campaign, registration: Registration, times: Times) -> None:
    """Tell everybody who asked."""
    for follow in _wakers:
        follow(campaign, registration, times)
