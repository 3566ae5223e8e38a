"""Brands as a file, CSV or JSON, written while they are read. A tax id is in it as it is on pages: masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from brands.models import Brand
from brands.versions import unsent_among
from portal.lib.tables import CONTENT_TYPES, csv_file, json_file
from portal.lifecycle.models import Submission
from portal.tenancy.access import Acting
from portal.tenancy.streaming import in_batches, streamed

# Rows read at a time: some 1 MB, and some 20 ms of a connection.
BATCH = 500
Row = dict[str, Any]
Batches = Iterator[Sequence[Row]]

# The answers, under the names of the filing.
_ANSWERS = (
    *("legal_name", "display_name", "entity_type", "country", "street", "city", "state", "postal_code"),
    *("website", "vertical", "stock_exchange", "stock_symbol", "email", "phone", "mobile_phone"),
    *("first_name", "last_name", "business_contact_email"),
)
# The columns of the CSV file, and the keys of the JSON file. Times are UTC and, where people read them, local.
COLUMNS = (
    *("id", "name", "status", "status_word", "status_since_utc", "status_since_local", "version"),
    *("unsent_changes", "registry_word", "registry_reasons", *_ANSWERS[:4], "tax_id_masked", *_ANSWERS[4:]),
    *("our_reference", "our_key", "carrier_reference", "registry_id", "score", "vetting_class"),
    *(
        "campaigns_at_carrier",
        "created_utc",
        "created_local",
        "saved_utc",
        "submitted_utc",
        "reviewed_again_utc",
    ),
    *("confirmation_asked_utc", "terms_version", "terms_accepted_by", "terms_accepted_utc"),
)


def file_of(
    kind: str, acting: Acting, brands: Callable[[], QuerySet[Brand]], asked: dict[str, str], *, at: datetime
) -> StreamingHttpResponse:
    """The brands that `brands` gives inside the organization's scope, newest first, as a file of `kind`."""
    head = {
        "organization": {"id": str(acting.organization.pk), "name": acting.organization.name},
        "time_zone": acting.organization.time_zone,
        "exported_at": _utc(at),
        "exported_by": acting.actor.name,
        "filter": asked,
    }
    local = at.astimezone(ZoneInfo(acting.organization.time_zone))
    stem = slugify(acting.organization.name) or str(acting.organization.pk)[:8]
    rows = _rows(acting, brands)
    pieces = csv_file(rows, COLUMNS) if kind == "csv" else json_file(rows, COLUMNS, head=head, name="brands")
    answer = streamed(pieces, content_type=CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"brands-{stem}-{local:%Y-%m-%d}.{kind}"
    )
    return answer


def _rows(acting: Acting, brands: Callable[[], QuerySet[Brand]]) -> Batches:
    zone = ZoneInfo(acting.organization.time_zone)

    def fetch(last: Row | None) -> list[Row]:
        rows = brands().select_related("tax_identity").order_by("-created_at", "-pk")
        if last is not None:
            created, pk = last["place"]
            rows = rows.filter(Q(created_at__lt=created) | Q(created_at=created, pk__lt=pk))
        found = list(rows[:BATCH])
        unsent, registered = unsent_among(found), _registrations(found)
        return [_row(one, zone, one.pk in unsent, registered.get(one.pk)) for one in found]

    return in_batches(acting, fetch)


def _registrations(brands: Sequence[Brand]) -> dict[Any, Submission]:
    """The registration of each brand that has one: its key is what everybody calls the brand by."""
    pks = [brand.pk for brand in brands]
    made = Submission.objects.filter(kind=Brand.kind, subject_id__in=pks, purpose="register")
    return {
        one.subject_id: one for one in made.only("subject_id", "key", "accepted_at").order_by("accepted_at")
    }


def _row(brand: Brand, zone: ZoneInfo, unsent: bool, registered: Submission | None) -> Row:
    reasons = "\n".join(f"{one['code']}: {one['text']}".removeprefix(": ") for one in brand.reasons)
    return {
        "place": (brand.created_at, brand.pk),
        "id": str(brand.pk),
        "name": brand.name,
        "status": brand.status,
        "status_word": str(brand.look.word),
        "status_since_utc": _utc(brand.since),
        "status_since_local": _local(brand.since, zone),
        "version": brand.version,
        "unsent_changes": unsent,
        "registry_word": brand.odd_word,
        "registry_reasons": reasons,
        **{name: getattr(brand, name) for name in _ANSWERS},
        "tax_id_masked": brand.masked_tax_id,
        "our_reference": registered.short_key if registered else "",
        "our_key": str(registered.key) if registered else "",
        "carrier_reference": brand.reference,
        "registry_id": brand.registry_id,
        "score": brand.score,
        "vetting_class": brand.vetting_class,
        "campaigns_at_carrier": brand.campaigns_there,
        "created_utc": _utc(brand.created_at),
        "created_local": _local(brand.created_at, zone),
        "saved_utc": _utc(brand.saved_at),
        "submitted_utc": _utc(registered.accepted_at if registered else None),
        "reviewed_again_utc": _utc(brand.revetted_at),
        "confirmation_asked_utc": _utc(brand.confirmation_asked_at),
        "terms_version": brand.terms_version,
        "terms_accepted_by": brand.terms_accepted_by,
        "terms_accepted_utc": _utc(brand.terms_accepted_at),
    }


def _utc(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
