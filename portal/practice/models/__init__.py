"""The registry's rows. Business moments and machine moments are said at each field that holds one."""

from __future__ import annotations

from portal.practice.models.brand import FAILED, OK, PENDING, SUSPENDED, Brand, BrandQuerySet
from portal.practice.models.campaign import Campaign, CampaignQuerySet
from portal.practice.models.fault import Fault
from portal.practice.models.ledger import LedgerEntry
from portal.practice.models.number import Link, LinkQuerySet, MessagingProfile, Number
from portal.practice.models.proof import OneTimePassword, Vetting
from portal.practice.models.registry import Account, Registry, fingerprint
from portal.practice.models.webhook import Delivery, Event

__all__ = [
    "FAILED",
    "OK",
    "PENDING",
    "SUSPENDED",
    "Account",
    "Brand",
    "BrandQuerySet",
    "Campaign",
    "CampaignQuerySet",
    "Delivery",
    "Event",
    "Fault",
    "LedgerEntry",
    "Link",
    "LinkQuerySet",
    "MessagingProfile",
    "Number",
    "OneTimePassword",
    "Registry",
    "Vetting",
    "fingerprint",
]
