"""What must hold after every run, whatever happened in it: our database against the registry's own ledger.

The numbers are those of the fault plan's invariants. Nothing of the loop is imported: rows are read as the
database's superuser, the registry over its control API, so a mistake in the product cannot hide itself here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from brands import states
from campaigns import states as campaign_states
from tests.practice_switches import account_of
from tests.reliability import campaign_invariants, number_invariants

Control = Callable[..., dict[str, Any]]

OPEN = {"accepted", "sending", "unknown", "known", "parked"}
# A brand's own purposes that file its answers; all others ask for something about it.
FILING = ("register", "update", "resubmit")
# How long after its own due time, or its lease, a row may wait for its turn before it counts as forgotten.
FORGOTTEN = timedelta(minutes=2)
# What our status must be when the registry says so, after a full sweep with all faults off.
SAME = {
    ("OK", "VERIFIED"): "verified",
    ("OK", "VETTED_VERIFIED"): "verified",
    ("OK", "UNVERIFIED"): "rejected",
    ("REGISTRATION_PENDING", "UNVERIFIED"): "in_review",
    ("SUSPENDED", "VERIFIED"): "suspended",
}
# Names of the contract and the vendor's for them: enough to know that the right answers stand there.
BODY = {
    "legal_name": "companyName",
    "display_name": "displayName",
    "street": "street",
    "city": "city",
    "vertical": "vertical",
    "website": "website",
}
# A deletion that was taken back or refused leads back to where the thing stood: one name, many moves.
BACK = ("deletion-undone", "deletion-refused")
_BRANDS = "SELECT id, organization_id, status, reference, version, odd_word, legal_name FROM brands_brand"
_SUBMISSIONS = (
    "SELECT id, organization_id, kind, subject_id, purpose, key::text, state, reference, payload, searches,"
    " accepted_at, ended_at, version FROM lifecycle_submission ORDER BY accepted_at"
)
_WATCHES = "SELECT id, subject_id, reference, closed_at, failures FROM lifecycle_watch"
_DUE = "SELECT item, organization_id, kind, due_at, lease_until FROM lifecycle_due"
_EVENTS = "SELECT object_id, action FROM audit_event WHERE object_kind IN ('brand', 'campaign', 'number') ORDER BY id"
_CAMPAIGNS = "SELECT id, organization_id, status, version, odd_word FROM campaigns_campaign"
_REGISTRATIONS = (
    "SELECT campaign_id, organization_id, number, key::text, reference, ended_at, networks, approved"
    " FROM campaigns_registration ORDER BY number"
)
_ASSIGNMENTS = (
    "SELECT id, organization_id, number_id, campaign_id, e164, state, reference, ended_at, ended_because"
    " FROM numbers_assignment ORDER BY since"
)
_ROSTERS = "SELECT id, campaign_id, used, direct, approved FROM numbers_roster"
_TOLD = "SELECT user_id, object_id, state, count(*) AS times FROM notifications_notification GROUP BY 1, 2, 3"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Both sides at one moment. `now` is the moment by which rows of the loop count as forgotten."""

    now: Any
    brands: dict[Any, dict[str, Any]]
    submissions: list[dict[str, Any]]
    watches: list[dict[str, Any]]
    due: dict[Any, dict[str, Any]]
    events: Mapping[Any, list[str]]
    told: list[dict[str, Any]]
    there: list[dict[str, Any]]
    campaigns: dict[Any, dict[str, Any]]
    registrations: list[dict[str, Any]]
    campaigns_there: list[dict[str, Any]]
    assignments: list[dict[str, Any]]
    rosters: list[dict[str, Any]]
    numbers_there: list[dict[str, Any]]
    sums: dict[str, Any]

    def of(self, subject: Any, *purposes: str) -> list[dict[str, Any]]:
        """The submissions of one brand or campaign, oldest first."""
        return [
            row for row in self.submissions if row["subject_id"] == subject and row["purpose"] in purposes
        ]


def look(database: str, control: Control, *, key: str, ahead: timedelta = timedelta(0)) -> Pictures:
    """Take the pictures: our database as its superuser, the registry's account of API key `key`."""
    with psycopg.connect(database, row_factory=dict_row) as connection:

        def rows(question: str) -> list[dict[str, Any]]:
            return connection.execute(question).fetchall()

        events = defaultdict(list)
        for row in rows(_EVENTS):
            events[row["object_id"]].append(row["action"].partition(".")[2])
        clock = rows("SELECT clock_timestamp() AS now")[0]["now"]
        here = {
            "now": clock + ahead,
            "brands": {row["id"]: row for row in rows(_BRANDS)},
            "campaigns": {row["id"]: row for row in rows(_CAMPAIGNS)},
            "registrations": rows(_REGISTRATIONS),
            "assignments": rows(_ASSIGNMENTS),
            "rosters": rows(_ROSTERS),
            "submissions": rows(_SUBMISSIONS),
            "watches": rows(_WATCHES),
            "due": {row["item"]: row for row in rows(_DUE)},
            "events": events,
            "told": rows(_TOLD),
        }
    account = account_of(key)
    return Pictures(
        **here,
        there=control("brands", account=account)["brands"],
        campaigns_there=control("campaigns", account=account)["campaigns"],
        numbers_there=control("numbers", account=account)["numbers"],
        sums=control("invariants", account=account),
    )


def broken(
    seen: Pictures,
    *,
    resent: Collection[str] = (),
    strangers: Collection[str] = (),
    decided: bool = False,
    crossings: bool = True,
) -> list[str]:
    """Every invariant that does not hold, as sentences; an empty list is what everybody wants.

    `resent`: keys that faults may have made us send more than once (None of them twice at the registry).
    `strangers`: references of planted brands. `decided`: a full sweep with all faults off is over, so both
    sides must say the same.
    """
    return [
        *_arrived_once(seen, resent),
        *_owned(seen, strangers),
        *_nothing_forgotten(seen),
        *(_same_status(seen) if decided else ()),
        *(_within_limits(seen) if crossings else ()),
        *_told_by_the_log(seen),
        *_told_once(seen),
        *campaign_invariants.broken(seen, resent=resent, strangers=strangers, decided=decided),
        *number_invariants.broken(seen, resent=resent, strangers=strangers, decided=decided),
    ]


def _living(seen: Pictures) -> list[dict[str, Any]]:
    return [row for row in seen.there if not row["deleted_at"]]


def _arrived_once(seen: Pictures, resent: Collection[str]) -> Iterable[str]:
    """1 and 5: exactly one living row for each registration, with what was filed; one create for each."""
    living = defaultdict(list)
    for row in _living(seen):
        living[row["key"]].append(row)
    for key, ids in seen.sums["duplicates"].items():
        yield f"1: doubled at the registry under key {key}: {ids}"
    for row in seen.submissions:
        if (row["kind"], row["purpose"]) != ("brand", "register"):
            continue
        brand, found = seen.brands[row["subject_id"]], living[row["key"]]
        creates = seen.sums["creates"].get(row["key"], 0)
        if row["state"] == "refused":
            if found:
                yield f"1: {row['key']} was refused and exists: {[one['id'] for one in found]}"
            continue
        if brand["status"] in ("deleting", "deleted", "missing"):
            continue
        if len(found) != 1:
            yield f"1: {len(found)} at the registry for {row['key']} ({row['state']}, {creates} creates)"
            continue
        latest = seen.of(row["subject_id"], "register")[-1] is row
        if found[0]["id"] != row["reference"] or (latest and found[0]["id"] != brand["reference"]):
            yield f"1: {row['key']} is {found[0]['id']} there, {row['reference']} and {brand['reference']} here"
        yield from _same_body(seen, row, found[0])
        if creates != 1 and "*" not in resent and row["key"] not in resent:
            yield f"5: {creates} creates for {row['key']}"


def _same_body(seen: Pictures, row: Mapping[str, Any], there: Mapping[str, Any]) -> Iterable[str]:
    filings = [one for one in seen.of(row["subject_id"], *FILING) if one["state"] == "confirmed"]
    if not filings:
        return
    wanted = filings[-1]["payload"]
    alone = wanted.get("entity_type") == "SOLE_PROPRIETOR"
    for ours, theirs in BODY.items():
        if alone and ours == "legal_name":
            # A person has no company's name: first and last name are filed.
            continue
        if wanted.get(ours) and there["filed"].get(theirs) != wanted[ours]:
            yield f"1: {row['key']}: {theirs} is {there['filed'].get(theirs)!r}, filed was {wanted[ours]!r}"


def _owned(seen: Pictures, strangers: Collection[str]) -> Iterable[str]:
    """2 and 9: every living row there has an owner here, in one organization all along."""
    filed = [row for row in seen.submissions if (row["kind"], row["purpose"]) == ("brand", "register")]
    owners = {row["key"]: row for row in filed}
    for there in _living(seen):
        owner = owners.get(there["key"])
        if owner is None:
            if there["id"] not in strangers:
                yield f"2: {there['id']} (key {there['key'] or 'none'}) has no owner here"
        elif seen.brands[owner["subject_id"]]["organization_id"] != owner["organization_id"]:
            yield f"9: {owner['key']} was filed for another organization than its brand's"
    for row in seen.submissions:
        due = seen.due.get(row["id"])
        if due is not None and due["organization_id"] != row["organization_id"]:
            yield f"9: due row of {row['key']} names another organization"


def _nothing_forgotten(seen: Pictures) -> Iterable[str]:
    """3: whatever is under way is due some time, and not long ago; whatever has ended is due no more."""
    for row in seen.submissions:
        due = seen.due.get(row["id"])
        if row["state"] in OPEN - {"parked"}:
            if due is None:
                yield f"3: {row['purpose']} {row['key']} is {row['state']}, and nothing will look at it"
            elif max(due["due_at"], due["lease_until"] or due["due_at"]) + FORGOTTEN < seen.now:
                yield f"3: {row['purpose']} {row['key']} is {row['state']} past its deadline"
        elif due is not None:
            yield f"3: {row['purpose']} {row['key']} is {row['state']} and still due"
    open_ones = {row["subject_id"] for row in seen.submissions if row["state"] in OPEN}
    for subject in (*seen.brands.values(), *seen.campaigns.values()):
        if subject["status"] in ("submitting", "deleting") and subject["id"] not in open_ones:
            yield f"3: {subject['id']} is {subject['status']}, and nobody is at it"
    for watch in seen.watches:
        # That of a closed watch goes when it comes up.
        if watch["closed_at"] is None and watch["id"] not in seen.due:
            yield f"3: the wait of {watch['subject_id']} is open, and nothing will look at it"
    watched = Counter(watch["subject_id"] for watch in seen.watches if watch["closed_at"] is None)
    for brand in seen.brands.values():
        if brand["reference"] and brand["status"] in states.LIVE and watched[brand["id"]] != 1:
            yield f"3: brand {brand['id']} is {brand['status']} and watched {watched[brand['id']]} times"


def _same_status(seen: Pictures) -> Iterable[str]:
    """4: what we show is what the registry says."""
    by_id = {row["id"]: row for row in _living(seen)}
    for brand in seen.brands.values():
        there = by_id.get(brand["reference"])
        if there is None or brand["status"] in states.GOING | {states.CONFIRM, states.PASSWORD}:
            continue
        word = (there["status"], there["identity_status"])
        if word in SAME and SAME[word] != brand["status"]:
            yield f"4: brand {brand['id']} is {brand['status']} here and {'/'.join(word)} there"


def _within_limits(seen: Pictures) -> Iterable[str]:
    """5: the account was never asked to slow down."""
    for what, times in seen.sums["crossings"].items():
        if times:
            yield f"5: crossed the limit of the registry ({what}) {times} times"


def _walks(seen: Pictures) -> Iterable[tuple[dict[str, Any], Sequence[Any]]]:
    """Each brand and campaign with the moves of its kind."""
    yield from ((brand, states.MOVES) for brand in seen.brands.values())
    yield from ((one, campaign_states.MOVES) for one in seen.campaigns.values())


def _told_by_the_log(seen: Pictures) -> Iterable[str]:
    """6: the audit log of each thing is a walk through its states, one event a step, up to where it stands."""
    for subject, moves in _walks(seen):
        at = stood = "draft"
        for action in seen.events.get(subject["id"], []):
            possible = [move for move in moves if move.name == action]
            if not possible:
                at = stood if action in BACK else at
                continue
            stood = at
            if not any(at in move.sources for move in possible):
                yield f"6: {subject['id']} was {action} from {at}: {seen.events[subject['id']]}"
            at = possible[0].target
        if at != subject["status"]:
            yield f"6: the log leaves {subject['id']} {at}, it is {subject['status']}"


def _told_once(seen: Pictures) -> Iterable[str]:
    """7: nobody is told the same thing twice about one entry into one state."""
    targets = {subject["id"]: {move.name: move.target for move in moves} for subject, moves in _walks(seen)}
    for row in seen.told:
        known = targets.get(row["object_id"])
        if known is None or row["state"] not in known.values():
            continue
        entered = Counter(known.get(action) for action in seen.events.get(row["object_id"], []))
        if row["times"] > entered[row["state"]]:
            yield f"7: {row['user_id']} was told {row['times']} times that {row['object_id']} is {row['state']}"
