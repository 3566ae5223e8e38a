"""Telnyx: 10DLC brands over its published API, version 2."""

from __future__ import annotations

from portal.carriers.adapters.telnyx.client import TelnyxCarrier
from portal.carriers.adapters.telnyx.rules import POLICY
from portal.carriers.adapters.telnyx.webhooks import read_event
from portal.carriers.loading import Adapter

__all__ = ["ADAPTER", "POLICY", "TelnyxCarrier"]

ADAPTER = Adapter(build=TelnyxCarrier, policy=POLICY, events=read_event)
