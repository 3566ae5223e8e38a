"""Brands as a file, CSV or JSON, written while they are read. A tax id is in it as it is on pages: masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse

from brands.models import Brand
from brands.versions import sendings, unsent_among
from portal.audit.models import Event
from portal.lib.tables import in_utc, in_zone
from portal.lifecycle.models import Submission
from portal.tenancy.access import Acting
from portal.tenancy.streaming import as_file, in_batches

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
    return as_file(kind, acting, _rows(acting, brands), COLUMNS, name="brands", asked=asked, at=at)


def _rows(acting: Acting, brands: Callable[[], QuerySet[Brand]]) -> Batches:
    zone = ZoneInfo(acting.organization.time_zone)

    def fetch(last: Row | None) -> list[Row]:
        rows = brands().select_related("tax_identity").order_by("-created_at", "-pk")
        if last is not None:
            created, pk = last["place"]
            rows = rows.filter(Q(created_at__lt=created) | Q(created_at=created, pk__lt=pk))
        found = list(rows[:BATCH])
        unsent, registered, sent = unsent_among(found), _registrations(found), sendings(found)
        return [_row(one, zone, one.pk in unsent, registered.get(one.pk), sent) for one in found]

    return in_batches(acting, fetch)


def _registrations(brands: Sequence[Brand]) -> dict[Any, Submission]:
    """The registration of each brand that has one: its key is what everybody calls the brand by."""
    pks = [brand.pk for brand in brands]
    made = Submission.objects.filter(kind=Brand.kind, subject_id__in=pks, purpose="register")
    return {one.subject_id: one for one in made.only("subject_id", "key", "version").order_by("accepted_at")}


def _row(
    brand: Brand,
    zone: ZoneInfo,
    unsent: bool,
    registered: Submission | None,
    sent: Mapping[tuple[UUID, int], Event],
) -> Row:
    sending = sent.get((brand.pk, registered.version)) if registered else None
    reasons = "\n".join(f"{one['code']}: {one['text']}".removeprefix(": ") for one in brand.reasons)
    return {
        "place": (brand.created_at, brand.pk),
        "id": str(brand.pk),
        "name": brand.name,
        "status": brand.status,
        "status_word": str(brand.look.word),
        "status_since_utc": in_utc(brand.since),
        "status_since_local": in_zone(brand.since, zone),
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
        "created_utc": in_utc(brand.created_at),
        "created_local": in_zone(brand.created_at, zone),
        "saved_utc": in_utc(brand.saved_at),
        "submitted_utc": in_utc(sending.at if sending else None),
        "reviewed_again_utc": in_utc(brand.revetted_at),
        "confirmation_asked_utc": in_utc(brand.confirmation_asked_at),
        "terms_version": brand.terms_version,
        "terms_accepted_by": brand.terms_accepted_by,
        "terms_accepted_utc": in_utc(brand.terms_accepted_at),
    }
