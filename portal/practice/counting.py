"""What the ledger adds up to: the figures that the fault plan's invariants are checked with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q

from portal.practice.clock import Moment
from portal.practice.models import Brand, Campaign, Delivery, LedgerEntry, Link


def summary(account: str, moment: Moment) -> dict[str, Any]:
    """Figures of one account, or of all with an empty `account`.

    - `requests`, and by verb, status (null: no answer) and fault;
    - `creates` by our key: requests that arrived, whether or not a brand came of them;
    - `brands` that exist, `keyless` among them, and `duplicates`: keys with more than one, oldest first;
    - the same of campaigns: `campaign_creates`, `campaigns` that have not ended, `campaign_keyless` and
      `campaign_duplicates` among them, and `billed`: how many periods were paid, by key;
    - of numbers: `number_creates`, assignments that arrived, by number; `numbers_on`, how many stand on a campaign
      now, by campaign; `number_duplicates`, those that stand on more than one; `numbers_unaccounted`, numbers of which
      the ledger tells other assignments than there are: `{number: [told, there]}`;
    - `crossings` of the account's limits; `webhooks` by outcome ("" still waiting).
    """
    entries = LedgerEntry.objects.filter(account=account) if account else LedgerEntry.objects.all()
    brands = Brand.objects.filter(account__fingerprint=account) if account else Brand.objects.all()
    deliveries = Delivery.objects.filter(event__account=account) if account else Delivery.objects.all()
    creates = entries.filter(verb="create").exclude(key="")
    by_key = defaultdict(list)
    for key, brand_id in brands.living(moment).exclude(key="").order_by("number").values_list("key", "id"):
        by_key[key].append(str(brand_id))
    return {
        "requests": entries.count(),
        "by_verb": _counts(entries, "verb"),
        "by_status": _counts(entries, "answer_status"),
        "by_fault": _counts(entries.exclude(fault=""), "fault"),
        "creates": _counts(creates.filter(resource="brand"), "key"),
        "brands": brands.living(moment).count(),
        "keyless": brands.living(moment).filter(key="").count(),
        "duplicates": {key: ids for key, ids in by_key.items() if len(ids) > 1},
        "campaign_creates": _counts(creates.filter(resource="campaign"), "key"),
        **_campaigns(account, moment),
        "number_creates": _counts(creates.filter(resource="number"), "key"),
        **_numbers(account, entries, moment),
        "crossings": {name: entries.filter(crossed=name).count() for name in ("rate", "in_flight")},
        "unanswered": entries.filter(Q(answer_status=None)).count(),
        "webhooks": _counts(deliveries, "outcome"),
    }


def _campaigns(account: str, moment: Moment) -> dict[str, Any]:
    rows = Campaign.objects.filter(account__fingerprint=account) if account else Campaign.objects.all()
    billed: dict[str, int] = defaultdict(int)
    active: dict[str, list[str]] = defaultdict(list)
    for row in rows.there().select_related("account").order_by("number"):
        now = row.standing(moment)
        billed[row.key] += len(now.billed)
        if now.is_active:
            active[row.key].append(str(row.id))
    return {
        "campaigns": sum(map(len, active.values())),
        "campaign_keyless": len(active.get("", ())),
        "campaign_duplicates": {key: ids for key, ids in active.items() if key and len(ids) > 1},
        "billed": dict(billed),
    }


def _numbers(account: str, entries: Any, moment: Moment) -> dict[str, Any]:
    rows = Link.objects.filter(account__fingerprint=account) if account else Link.objects.all()
    now = rows.current(moment).order_by("pk")
    on: dict[str, int] = defaultdict(int)
    places: dict[tuple[str, str], int] = defaultdict(int)
    for owner, e164, campaign in now.values_list("account__fingerprint", "number__e164", "campaign__id"):
        on[str(campaign)] += 1
        places[owner, e164] += 1
    # What was committed carries its campaign, whatever the caller was told.
    told = entries.filter(resource="number", verb="create", campaign__isnull=False)
    counts = _counts(told, "key")
    there = _counts(rows.filter(made_by=Link.MadeBy.CREATE), "number__e164")
    differing = {e164 for e164 in {*counts, *there} if counts.get(e164, 0) != there.get(e164, 0)}
    return {
        "numbers_on": dict(on),
        "number_duplicates": sorted(e164 for (_owner, e164), count in places.items() if count > 1),
        "numbers_unaccounted": {
            e164: [counts.get(e164, 0), there.get(e164, 0)] for e164 in sorted(differing)
        },
    }


def _counts(rows: Any, column: str) -> dict[str, int]:
    counted = rows.order_by().values(column).annotate(n=Count("pk")).values_list(column, "n")
    return {"none" if value is None else str(value): count for value, count in counted}
