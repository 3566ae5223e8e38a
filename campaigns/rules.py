"""The rules of a campaign, F01 to C36, and how they are asked.

The same input has one answer, every time: no rule asks a clock, a network or a database.
"""

from __future__ import annotations

from campaigns.rules_examples import EXAMPLES
from campaigns.rules_reading import Reading
from campaigns.rules_subject import Subject, sample_field
from campaigns.rules_table import READ, TABLE
from portal.preflight import checking
from portal.preflight.checking import Rule
from portal.preflight.findings import Findings, Source, Text

# Kept with every submission: a later version never judges anew what was sent under an earlier one.
VERSION = "2026-11.1"

RULES: tuple[Rule[Reading], ...] = tuple(
    Rule(
        name,
        title,
        severities,
        "campaign",
        tuple(dict.fromkeys(fields.split())),
        Source(source, READ),
        find,
        EXAMPLES[name].bad,
        EXAMPLES[name].good,
    )
    for name, title, severities, fields, source, find in TABLE
)
TITLES: dict[str, Text] = {rule.id: rule.title for rule in RULES}
# Rules that a visit to a web page would answer: nobody goes there, so each reads "not checked".
NOT_CHECKED = ("B12", "C24", "C25")
# What one message can be asked without its campaign.
_OF_MESSAGES = tuple(
    rule
    for rule in RULES
    if rule.id in {"F02", "F05", "C01", "C02", "C03", "C04", "C05", "C08", "C09", "C10", "C11", "C30", "C35"}
)


def check(subject: Subject) -> Findings:
    """Everything the rules find in `subject`. Takes less than five milliseconds, also for hostile answers."""
    return checking.check(RULES, Reading(subject))


def check_message(text: str, brand_name: str = "") -> Findings:
    """What the rules find in one message by itself, as if it were a sample; what only a whole campaign can answer
    (what is declared, what it is for) is left out. Fields are "sample_1"."""
    found = checking.check(_OF_MESSAGES, Reading(Subject(brand_name=brand_name, samples=(text,))))
    return Findings(tuple(one for one in found if one.field == sample_field(1)), found.broken)
