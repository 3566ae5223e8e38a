"""The way to a carrier: settings in, one client per account out."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from django.conf import settings

from portal.carriers import loading
from portal.carriers.contract import Carrier
from portal.carriers.policy import CarrierPolicy


def config_of(account: str) -> loading.CarrierConfig:
    """How `account` is reached. Raises LookupError for an account that settings do not name."""
    if account != settings.CARRIER:
        raise LookupError(f"no carrier account named {account}")
    return loading.CarrierConfig(
        name=settings.CARRIER,
        url=settings.TELNYX_URL,
        key=settings.TELNYX_KEY,
        webhook_base=f"{settings.PUBLIC_URL}/webhooks/{settings.CARRIER}",
    )


@lru_cache(maxsize=8)
def carrier(account: str) -> Carrier:
    """The client of `account`, made once per process so that its connections are kept."""
    return loading.load(config_of(account))


def policy(account: str) -> CarrierPolicy:
    """The dated limits and waiting times of the carrier behind `account`."""
    return loading.policy(config_of(account).name)


def quarantine(account: str) -> timedelta:
    """How long a write of unknown outcome rests before it is searched: the setting, else the policy."""
    if settings.CARRIER_QUARANTINE:
        return timedelta(seconds=settings.CARRIER_QUARANTINE)
    return policy(account).quarantine.value


def default_account() -> str:
    """The account that new submissions go to."""
    return str(settings.CARRIER)
