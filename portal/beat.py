"""All periodic work on one page, each interval with its reason."""

from __future__ import annotations

# A tick that nobody picked up is worthless when the next one comes.
TICK = 2.0
# "At once" in a mail means within seconds; decisions wait a minute anyway, in case they are taken back.
MAIL = 15.0
# An event that is not sealed yet could be changed without a trace; a look that finds nothing is one query.
SEAL = 10.0
# Nothing is sent while credentials are refused, so half a minute more does not matter; it is one query.
ALERT = 30.0
# What has run out is of no use to anybody, and stands in nobody's way for an hour.
CLEAR_AWAY = 60 * 60.0
# A row says when an account is compared with the carrier's list, every night or when something is odd; asking
# that row is one query, and a twin that is found a minute later has done no more harm.
SWEEP = 60.0
# Reminders, periods that have to be asked for, ends that passed: days, of which a minute is nothing, and pages derive
# an end by themselves. Rows say what is due, so a look that finds nothing is one query over all organizations.
AHEAD = 60.0
# Their numbers are fetched daily anyway, and at once when somebody asks: a new organization can wait an hour.
FETCH = 60 * 60.0

SCHEDULE = {
    # The nudge after a submit makes it fast; this makes it true: a lost nudge costs two seconds.
    "tick": {"task": "portal.lifecycle.tasks.tick", "schedule": TICK, "options": {"expires": TICK}},
    # Mails need no nudge: nobody watches for one as they watch a badge.
    "mail": {"task": "portal.notifications.tasks.mail", "schedule": MAIL, "options": {"expires": MAIL}},
    "alert": {"task": "portal.lifecycle.tasks.alert", "schedule": ALERT, "options": {"expires": ALERT}},
    "clear-away": {
        "task": "portal.accounts.tasks.clear_away",
        "schedule": CLEAR_AWAY,
        "options": {"expires": CLEAR_AWAY},
    },
    "clear-events": {
        "task": "portal.lifecycle.tasks.clear_away",
        "schedule": CLEAR_AWAY,
        "options": {"expires": CLEAR_AWAY},
    },
    "ahead": {"task": "campaigns.tasks.look_ahead", "schedule": AHEAD, "options": {"expires": AHEAD}},
    "fetch": {
        "task": "phone_numbers.tasks.begin_fetching",
        "schedule": FETCH,
        "options": {"expires": FETCH},
    },
    "sweep": {"task": "portal.lifecycle.tasks.sweep", "schedule": SWEEP, "options": {"expires": SWEEP}},
    "seal": {"task": "portal.audit.tasks.seal", "schedule": SEAL, "options": {"expires": SEAL}},
}
