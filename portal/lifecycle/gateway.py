"""The way to a carrier: settings in, one client per account out."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from portal.carriers import loading
from portal.carriers.campaign_policy import CampaignPolicy
from portal.carriers.contract import Carrier
from portal.carriers.number_policy import NumberPolicy
from portal.carriers.policy import CarrierPolicy, Rate
from portal.lifecycle.gate import AccountGate


def config_of(account: str) -> loading.CarrierConfig:
    """How `account` is reached. Raises LookupError for an account that settings do not name."""
    return loading.CarrierConfig(
        name=_adapter_of(account),
        url=settings.CARRIER_URL or settings.TELNYX_URL,
        key=_key(),
        webhook_base=f"{settings.PUBLIC_URL}/webhooks/{settings.CARRIER}",
        gate=gate(account),
    )


def gate(account: str) -> AccountGate:
    """The gate that every request of `account` passes. Raises LookupError."""
    return AccountGate(
        account,
        key=key_mark(account),
        rate=rate(account),
        interactive_share=loading.policy(_adapter_of(account)).interactive_share.value,
    )


def key_mark(account: str) -> str:
    """A keyed hash of the API key in use for `account`: says whether a key is another one, and no more.

    Raises LookupError.
    """
    _adapter_of(account)
    secret = f"{account}\n{_key()}"
    return salted_hmac("portal.lifecycle.gateway.key_mark", secret, algorithm="sha256").hexdigest()


def rate(account: str) -> Rate:
    """How often `account` may ask: the setting, with the policy's burst in proportion, else the policy."""
    ours: Rate = loading.policy(_adapter_of(account)).rate.value
    if not settings.CARRIER_RATE:
        return ours
    burst = round(ours.burst * settings.CARRIER_RATE / ours.per_second)
    return Rate(per_second=settings.CARRIER_RATE, burst=max(1, burst))


def accounts() -> tuple[str, ...]:
    """Every account that settings name."""
    return (str(settings.CARRIER),)


@lru_cache(maxsize=8)
def carrier(account: str) -> Carrier:
    """The client of `account`, made once per process so that its connections are kept."""
    return loading.load(config_of(account))


def policy(account: str) -> CarrierPolicy:
    """The dated limits and waiting times of the carrier behind `account`."""
    return loading.policy(_adapter_of(account))


def campaign_policy(account: str) -> CampaignPolicy:
    """The dated rules for campaigns of the carrier behind `account`."""
    return loading.campaign_policy(_adapter_of(account))


def number_policy(account: str) -> NumberPolicy:
    """The dated rules for numbers of the carrier behind `account`."""
    return loading.number_policy(_adapter_of(account))


def quarantine(account: str) -> timedelta:
    """How long a write of unknown outcome rests before it is searched: the setting, else the policy."""
    if settings.CARRIER_QUARANTINE:
        return timedelta(seconds=settings.CARRIER_QUARANTINE)
    return policy(account).quarantine.value


def account_of(carrier: str) -> str:
    """The account that `carrier` sends its events about. Raises LookupError for a carrier that is not used."""
    if carrier != settings.CARRIER:
        raise LookupError(f"no account at {carrier}")
    return str(settings.CARRIER)


def default_account() -> str:
    """The account that new submissions go to."""
    return str(settings.CARRIER)


def _key() -> str:
    """The API key of the one account: Telnyx's has settings of its own name."""
    return str(settings.CARRIER_KEY or settings.TELNYX_KEY)


def _adapter_of(account: str) -> str:
    if account != settings.CARRIER:
        raise LookupError(f"no carrier account named {account}")
    return str(settings.CARRIER)
