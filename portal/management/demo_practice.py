"""What the demo tells the practice registry next door: to decide at once what otherwise takes days."""

from __future__ import annotations

from typing import Any

import httpx
from django.conf import settings

# Seconds for one look of the loop, and for one answer of the registry.
LOOK, ANSWER = 5.0, 5.0
# The practice registry wants to see that no page of somebody else's made the request.
CONTROL = {"X-Practice-Control": "1"}


def told(path: str, **order: Any) -> bool:
    """Give the practice registry an order. False when it does not answer: then it decides in its own time."""
    url = f"{settings.PRACTICE_URL}/control/api/{path}"
    try:
        answer = httpx.post(url, json=order, headers=CONTROL, timeout=ANSWER, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.is_success
