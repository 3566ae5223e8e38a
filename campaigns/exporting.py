"""Campaigns as a file, CSV or JSON, written while they are read. Statuses are derived, as on pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse

from campaigns.deriving import Seen, all_seen
from campaigns.listing import numbers_on
from campaigns.models import Campaign
from portal.lib.tables import in_utc, in_zone
from portal.lifecycle.models import Submission
from portal.tenancy.access import Acting
from portal.tenancy.streaming import as_file, in_batches

# Rows read at a time: a campaign is up to 20 kB of texts.
BATCH = 200
Row = dict[str, Any]
Batches = Iterator[Sequence[Row]]

# The answers, under the names of the wizard.
_ANSWERS = (
    *("product", "use_case", "sub_use_cases", "description", "message_flow", "consent", "samples"),
    *("collects_opt_ins", "processes_opt_outs", "answers_help"),
    *("categories_fit", "embedded_link", "embedded_phone", "age_gated", "direct_lending", "number_pool"),
    *("age_gate", "embedded_link_sample", "privacy_url", "terms_url"),
    *("optin_keywords", "optout_keywords", "help_keywords"),
    *("optin_message", "optout_message", "help_message", "auto_renewal"),
)
# The columns of the CSV file, and the keys of the JSON file. Times are UTC and, where people read them, local.
COLUMNS = (
    *("id", "name", "brand", "status", "status_word", "status_since_utc", "status_since_local", "version"),
    *("carrier_word", "carrier_reasons", "numbers", *_ANSWERS),
    *("our_reference", "our_key", "registrations", "carrier_reference", "registry_id"),
    *("activated_utc", "ends_utc", "ends_local", "ends_said_by_carrier", "carrier_renews"),
    *("created_utc", "created_local", "saved_utc", "submitted_utc", "copied_from"),
    *("terms_version", "terms_accepted_by", "terms_accepted_utc"),
)


def file_of(
    kind: str, acting: Acting, campaigns: Callable[[], QuerySet[Any]], asked: dict[str, str], *, at: datetime
) -> StreamingHttpResponse:
    """The campaigns that `campaigns` gives inside the organization's scope, newest first, as a file of `kind`."""
    rows = _rows(acting, campaigns, at)
    return as_file(kind, acting, rows, COLUMNS, name="campaigns", asked=asked, at=at)


def _rows(acting: Acting, campaigns: Callable[[], QuerySet[Any]], at: datetime) -> Batches:
    zone = ZoneInfo(acting.organization.time_zone)

    def fetch(last: Row | None) -> list[Row]:
        rows = campaigns().select_related("brand").order_by("-created_at", "-pk")
        if last is not None:
            created, pk = last["place"]
            rows = rows.filter(Q(created_at__lt=created) | Q(created_at=created, pk__lt=pk))
        found = list(rows[:BATCH])
        first, numbers = _first_filings(found), numbers_on(found)
        return [
            _row(one, zone, numbers[one.campaign.pk], first.get(one.campaign.pk))
            for one in all_seen(found, at)
        ]

    return in_batches(acting, fetch)


def _first_filings(campaigns: Sequence[Campaign]) -> dict[Any, Submission]:
    """The first registration of each that was ever submitted: its key is what everybody calls it by."""
    pks = [one.pk for one in campaigns]
    made = Submission.objects.filter(kind=Campaign.kind, subject_id__in=pks, purpose="register")
    rows = made.only("subject_id", "key", "accepted_at").order_by("subject_id", "accepted_at")
    return {one.subject_id: one for one in rows.distinct("subject_id")}


def _row(seen: Seen, zone: ZoneInfo, numbers: int, first: Submission | None) -> Row:
    campaign, registration = seen.campaign, seen.registration
    reasons = "\n".join(f"{one['code']}: {one['text']}".removeprefix(": ") for one in campaign.reasons)
    return {
        "place": (campaign.created_at, campaign.pk),
        "id": str(campaign.pk),
        "name": campaign.display_name,
        "brand": campaign.brand.name if campaign.brand else "",
        "status": seen.status,
        "status_word": str(seen.look.word),
        "status_since_utc": in_utc(campaign.since),
        "status_since_local": in_zone(campaign.since, zone),
        "version": campaign.version,
        "carrier_word": campaign.odd_word or (registration.word if registration else ""),
        "carrier_reasons": reasons,
        "numbers": numbers,
        **{name: getattr(campaign, name) for name in _ANSWERS},
        "our_reference": first.short_key if first else "",
        "our_key": str(first.key) if first else "",
        "registrations": registration.number if registration else 0,
        "carrier_reference": registration.reference if registration else "",
        "registry_id": registration.registry_id if registration else "",
        "activated_utc": in_utc(registration.activated_at if registration else None),
        "ends_utc": in_utc(registration.ends_at if registration else None),
        "ends_local": in_zone(registration.ends_at, zone) if registration and registration.ends_at else None,
        "ends_said_by_carrier": registration.ends_said if registration else None,
        "carrier_renews": registration.renews if registration else None,
        "created_utc": in_utc(campaign.created_at),
        "created_local": in_zone(campaign.created_at, zone),
        "saved_utc": in_utc(campaign.saved_at),
        "submitted_utc": in_utc(first.accepted_at if first else None),
        "copied_from": str(campaign.copied_from) if campaign.copied_from else "",
        "terms_version": campaign.terms_version,
        "terms_accepted_by": campaign.terms_accepted_by,
        "terms_accepted_utc": in_utc(campaign.terms_accepted_at),
    }
