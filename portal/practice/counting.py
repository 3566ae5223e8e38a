"""What the ledger adds up to: the figures that the fault plan's invariants are checked with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q

from portal.practice.clock import Moment
from portal.practice.models import Brand, Campaign, Delivery, LedgerEntry


def summary(account: str, moment: Moment) -> dict[str, Any]:
    """Figures of one account, or of all with an empty `account`.

    - `requests`, and by verb, status (null: no answer) and fault;
    - `creates` by our key: requests that arrived, whether or not a brand came of them;
    - `brands` that exist, `keyless` among them, and `duplicates`: keys with more than one, oldest first;
    - the same of campaigns: `campaign_creates`, `campaigns` that have not ended, `campaign_keyless` and
      `campaign_duplicates` among them, and `billed`: how many periods were paid, by key;
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


def _counts(rows: Any, column: str) -> dict[str, int]:
    counted = rows.order_by().values(column).annotate(n=Count("pk")).values_list(column, "n")
    return {"none" if value is None else str(value): count for value, count in counted}
