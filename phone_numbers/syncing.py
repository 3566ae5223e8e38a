"""Numbers come from the carrier: those that stand in the account under the organization's tag. On demand, and daily.

A wait of the loop like any other (`Watch` of kind "inventory", one per organization, its reference the tag). Each
reading fetches one part of the carrier's list and takes it over, in one transaction with the place from where the next
goes on: ten thousand numbers hold up nobody, and a crash repeats one part. New numbers are added; of known ones the
carrier's facts are taken over, and nothing that people wrote. One that is not listed any more stays in the inventory,
and says so once two looks in a row have missed it; one that somebody took out of the inventory stays out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.choices import Product
from phone_numbers.adding import NewNumber, add
from phone_numbers.models import Number
from portal import clock
from portal.audit.recording import CLEARLINE, REGISTRY, Actor, record, record_each, record_rows
from portal.carriers.contract import Carrier
from portal.carriers.numbers import NumberListed
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lib.phones import BadPhone, kind_of
from portal.lifecycle import gateway
from portal.lifecycle.handlers import Reading
from portal.lifecycle.models import Watch, watch
from portal.lifecycle.nudge import nudge
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for, at_the_desk, current
from portal.ui.looks import Text

KIND = "inventory"
ASKED = "inventory.fetch-asked"
CAN_TEXT, CANNOT_TEXT = "number.can-text", "number.cannot-text"
NOT_LISTED, LISTED_AGAIN = "number.not-at-carrier", "number.at-carrier-again"

_AT_ONCE = ReadingPlan((), timedelta(0), "the next part of the same list")

Read = Callable[[], Times]
Uniform = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Inventory:
    """All numbers of an organization, as what a wait and an event are about."""

    organization_id: UUID
    kind: str = KIND

    @property
    def pk(self) -> UUID:
        """The organization's: it has one inventory."""
        return self.organization_id


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far fetching is. `read` of `total` numbers have come (None: the carrier does not say); `new` were added,
    `missing` are not at the carrier any more. `at`: when it last came to its end, business time.
    """

    under_way: bool = False
    read: int = 0
    total: int | None = None
    new: int = 0
    missing: int = 0
    at: datetime | None = None
    in_trouble: bool = False

    @property
    def words(self) -> Text:
        """How far it is, or what it brought."""
        if self.under_way:
            if not self.total:
                return _("Your numbers are being asked for at the carrier.")
            so_far = {"read": self.read, "total": self.total, "new": self.new}
            return _("%(read)d of %(total)d numbers have come so far; %(new)d are new.") % so_far
        if self.at is None:
            return _("They come by themselves within a day, or now if you fetch them.")
        words = ngettext(
            "The carrier has %(number)d number of yours.",
            "The carrier has %(number)d numbers of yours.",
            self.read,
        )
        more = [_("%(number)d of them are new.") % {"number": self.new}] if self.new else []
        if self.missing:
            gone = ngettext(
                "%(number)d number of the list is not at the carrier any more: its page says so.",
                "%(number)d numbers of the list are not at the carrier any more: their pages say so.",
                self.missing,
            )
            more.append(gone % {"number": self.missing})
        return " ".join([words % {"number": self.read}, *map(str, more)])


def tag_of(organization_id: UUID) -> str:
    """The tag by which the operator marks the organization's numbers in the carrier's account."""
    policy = gateway.number_policy(gateway.default_account())
    return policy.tag.value.format(organization=organization_id)


def ask(*, product: str, by: Actor, times: Times) -> bool:
    """Fetch the numbers of the organization in scope now; new ones are added to `product`, also from then on.

    False when that is under way already. Inside the caller's transaction.
    """
    here = Inventory(current().organization_id)
    with transaction.atomic():
        wait = _waits().select_for_update().filter(subject_id=here.pk).first()
        if wait is not None and wait.answer.get("under_way"):
            return False
        answer = dict(wait.answer) if wait is not None else {}
        _begin(here, first_read_at=times.business, times=times, answer=_anew(answer, product=product))
        record(ASKED, here, by=by, at=times.business)
    nudge()
    return True


def fetched() -> Fetched:
    """How far fetching is for the organization in scope, and what the last time brought."""
    wait = _waits().first()
    if wait is None:
        return Fetched()
    answer, under_way = wait.answer, bool(wait.answer.get("under_way"))
    counts = answer if under_way else answer.get("last", {})
    ended = answer.get("last", {}).get("at")
    return Fetched(
        under_way,
        counts.get("read", 0),
        counts.get("total"),
        counts.get("new", 0),
        counts.get("missing", 0),
        datetime.fromisoformat(ended) if ended else None,
        in_trouble=wait.failures > 0,
    )


def begin_everywhere(read: Read = clock.read, *, uniform: Uniform = random.uniform) -> int:
    """Open the daily wait of every organization that has none, spread over a day; how many."""
    times = read()
    with at_the_desk():
        open_ones = Watch.everywhere.filter(kind=KIND, closed_at=None)
        waiting = set(open_ones.values_list("organization_id", flat=True))
    without = [pk for pk in Organization.objects.values_list("pk", flat=True) if pk not in waiting]
    for organization_id in without:
        with acting_for(organization_id, by=CLEARLINE):
            if not _waits().exists():
                spread = timedelta(days=1) * uniform(0.0, 1.0)
                _begin(
                    Inventory(organization_id),
                    first_read_at=times.business + spread,
                    times=times,
                    answer={"product": Product.PHONE.value},
                )
    return len(without)


class InventoryWatching:
    """Reading an organization's numbers at the carrier, one part at a time."""

    def read(self, carrier: Carrier, watch: Watch) -> Reading:
        """The next part of the list."""
        part = carrier.list_numbers(tag=watch.reference, mark=watch.answer.get("mark", ""))
        return Reading(word="", answer=watch.answer, seen=part)

    def apply(self, watch: Watch, reading: Reading, times: Times) -> ReadingPlan | None:
        """Take the part over; at the end of the list, see who is missing."""
        part, answer = reading.seen, dict(watch.answer)
        if not answer.get("mark"):
            answer = _anew(answer, product=answer["product"]) | {"began": times.business.isoformat()}
        answer["new"] += _take(part.numbers, answer["product"], times)
        answer["read"] += len(part.numbers)
        answer |= {"mark": part.mark, "total": part.total}
        if not part.mark:
            answer = _ended(answer, times)
        Watch.objects.filter(pk=watch.pk).update(answer=answer)
        return _AT_ONCE if part.mark else gateway.number_policy(watch.account).inventory.value

    def missing(self, watch: Watch, times: Times) -> ReadingPlan | None:
        """The carrier does not know the place in the list any more: from the beginning."""
        anew = _anew(watch.answer, product=watch.answer["product"])
        Watch.objects.filter(pk=watch.pk).update(answer=anew)
        return _AT_ONCE


def _waits() -> Any:
    return Watch.objects.filter(kind=KIND, closed_at=None)


def _begin(here: Inventory, *, first_read_at: datetime, times: Times, answer: dict[str, Any]) -> None:
    wait = watch(
        here,
        account=gateway.default_account(),
        reference=tag_of(here.organization_id),
        key=None,
        first_read_at=first_read_at,
        business_now=times.business,
    )
    Watch.objects.filter(pk=wait.pk).update(answer=answer)


def _anew(answer: dict[str, Any], *, product: str) -> dict[str, Any]:
    """A look through the list that begins now; what the last one found is kept."""
    kept = _of(answer, "last", "before")
    return {**kept, "product": product, "under_way": True, "mark": "", "read": 0, "new": 0, "total": None}


def _of(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: answer[name] for name in names if name in answer}


def _ended(answer: dict[str, Any], times: Times) -> dict[str, Any]:
    """The list was read to its end: who is missing, by two looks in a row that were complete."""
    missing = 0
    kept = _of(answer, "product", "before")
    if answer["total"] is None or answer["read"] >= answer["total"]:
        if "before" in answer:
            missing = _miss(datetime.fromisoformat(answer["before"]), times)
        kept["before"] = answer["began"]
    last = {**_of(answer, "read", "new", "total"), "missing": missing, "at": times.business.isoformat()}
    return {**kept, "under_way": False, "mark": "", "last": last}


# The facts that are the carrier's. A row that comes back says what has changed by it.
_FACTS = """
    WITH before AS MATERIALIZED (
        SELECT number.id, number.sms, number.reference, number.synced_at, number.removed_at,
               said.sms AS sms_said, said.enabled AS enabled_said, said.reference AS reference_said
          FROM numbers_number AS number
          JOIN unnest(%s::text[], %s::bool[], %s::bool[], %s::text[]) AS said (e164, sms, enabled, reference)
         USING (e164)
         WHERE number.organization_id = %s
         ORDER BY e164 FOR UPDATE OF number)
    UPDATE numbers_number AS number
       SET sms = sms_said, enabled = enabled_said, reference = reference_said, synced_at = %s
      FROM before WHERE number.id = before.id
 RETURNING number.id, number.sms, before.sms, before.reference = '' AND before.synced_at IS NOT NULL,
           before.removed_at IS NULL
"""


def _take(listed: Sequence[NumberListed], product: str, times: Times) -> int:
    """Add the new ones, and take the facts of all over; how many were added."""
    fit = list(_fit(listed))
    known = set(Number.objects.filter(e164__in=[one.e164 for one in fit]).values_list("e164", flat=True))
    unknown = [one for one in fit if one.e164 not in known]
    new = [NewNumber(one.e164, sms=one.sms, enabled=one.enabled, reference=one.reference) for one in unknown]
    added = add(new, product=product, by=CLEARLINE, times=times).new if new else []
    columns: list[Any] = [
        [one.e164 for one in fit],
        [one.sms for one in fit],
        [one.enabled for one in fit],
        [one.reference for one in fit],
    ]
    organization_id = current().organization_id
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [*columns, organization_id, times.business])
        rows = [row for row in cursor.fetchall() if row[4]]
    changed: dict[str, list[UUID]] = {
        CAN_TEXT: [pk for pk, now, before, *_rest in rows if now and not before],
        CANNOT_TEXT: [pk for pk, now, before, *_rest in rows if before and not now],
        LISTED_AGAIN: [pk for pk, _now, _before, again, _held in rows if again],
    }
    for action, ids in changed.items():
        about = (Number(pk=pk, organization_id=organization_id) for pk in ids)
        record_each(action, about, by=REGISTRY, at=times.business)
    return len(added)


def _fit(listed: Iterable[NumberListed]) -> Iterable[NumberListed]:
    """Those that an inventory can hold: local and toll-free ones of the US and Canada, each once."""
    seen: set[str] = set()
    for one in listed:
        try:
            kind_of(one.e164)
        except BadPhone:
            continue
        if one.e164 not in seen:
            seen.add(one.e164)
            yield one


def _miss(before: datetime, times: Times) -> int:
    """Say of those that were last seen before the look before this one began that the carrier has them no more."""
    gone = Number.objects.held().filter(synced_at__lt=before).exclude(reference="")
    count = record_rows(NOT_LISTED, gone, about="pk", kind=Number.kind, by=REGISTRY, at=times.business)
    gone.update(reference="", enabled=None)
    return count
