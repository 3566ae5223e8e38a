"""The bell that wakes the sender: pulled when a delivery was planned, heard by `sending`."""

from __future__ import annotations

import threading

BELL = threading.Event()
