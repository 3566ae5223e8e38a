"""Telnyx: 10DLC brands and campaigns over its published API, version 2."""

from __future__ import annotations

from portal.carriers.adapters.telnyx.campaign_rules import CAMPAIGNS
from portal.carriers.adapters.telnyx.client import TelnyxCarrier
from portal.carriers.adapters.telnyx.rules import POLICY
from portal.carriers.adapters.telnyx.webhooks import read_event
from portal.carriers.loading import Adapter

__all__ = ["ADAPTER", "CAMPAIGNS", "POLICY", "TelnyxCarrier"]

ADAPTER = Adapter(build=TelnyxCarrier, policy=POLICY, campaigns=CAMPAIGNS, events=read_event)
