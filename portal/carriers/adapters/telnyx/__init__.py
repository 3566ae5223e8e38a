"""Telnyx: 10DLC brands, campaigns and numbers over its published API, version 2."""

from __future__ import annotations

from portal.carriers.adapters.telnyx.campaign_rules import CAMPAIGNS
from portal.carriers.adapters.telnyx.client import TelnyxCarrier
from portal.carriers.adapters.telnyx.number_rules import NUMBERS
from portal.carriers.adapters.telnyx.rules import POLICY
from portal.carriers.adapters.telnyx.webhooks import read_event
from portal.carriers.loading import Adapter

__all__ = ["ADAPTER", "CAMPAIGNS", "NUMBERS", "POLICY", "TelnyxCarrier"]

ADAPTER = Adapter(build=TelnyxCarrier, policy=POLICY, campaigns=CAMPAIGNS, numbers=NUMBERS, events=read_event)
