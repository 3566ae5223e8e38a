"""A minimal carrier: what an adapter needs at least, and in which ways it may differ from the built-in one."""

from __future__ import annotations

from clearline_minimal.campaign_rules import CAMPAIGNS
from clearline_minimal.carrier import MinimalCarrier
from clearline_minimal.number_rules import NUMBERS
from clearline_minimal.rules import POLICY
from portal.carriers.loading import Adapter

__all__ = ["ADAPTER", "MinimalCarrier"]

ADAPTER = Adapter(build=MinimalCarrier, policy=POLICY, campaigns=CAMPAIGNS, numbers=NUMBERS)
