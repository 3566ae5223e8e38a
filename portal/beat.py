"""All periodic work on one page, each interval with its reason."""

from __future__ import annotations

# A tick that nobody picked up is worthless when the next one comes.
TICK = 2.0

SCHEDULE = {
    # The nudge after a submit makes it fast; this makes it true: a lost nudge costs two seconds.
    "tick": {"task": "portal.lifecycle.tasks.tick", "schedule": TICK, "options": {"expires": TICK}},
}
