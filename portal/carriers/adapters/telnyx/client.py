"""Telnyx's brand endpoints behind the portal's contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from portal.carriers.adapters.telnyx import mapping
from portal.carriers.adapters.telnyx.rules import POLICY
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import (
    BrandFiling,
    BrandListed,
    BrandReading,
    BrandState,
    Capabilities,
    Created,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unavailable,
)
from portal.carriers.http import Http, Limits

BRANDS = "/10dlc/brand"

# "maximum of 500" (GetBrands.recordsPerPage).
PAGE_SIZE = 500

# The end of a list that never ends: a million brands, far beyond any account.
MOST_PAGES = 2000

LIMITS = Limits(
    total=POLICY.call_deadline.value,
    answer_bytes=POLICY.answer_bytes.value,
    retry_after=POLICY.retry_after_cap.value,
)


class TelnyxCarrier:
    """One Telnyx account. Our key of an object travels in the path of its `webhookURL`.

    `transport` and `limits` are for tests.
    """

    capabilities = Capabilities(search=True, renewal="flag")

    def __init__(
        self, config: CarrierConfig, *, transport: httpx.BaseTransport | None = None, limits: Limits = LIMITS
    ) -> None:
        self._webhook_base = config.webhook_base
        self._mock = config.mock
        self._limits = limits
        self._http = Http(
            url=config.url,
            key=config.key,
            limits=limits,
            explain=mapping.refusal_reasons,
            gate=config.gate,
            transport=transport,
        )

    def create_brand(self, filing: BrandFiling, *, key: str) -> Created:
        """File a brand: `POST /10dlc/brand`, once. Costs money.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused.
        """
        body = mapping.brand_body(
            filing, webhook_url=mapping.webhook_url(self._webhook_base, key), mock=self._mock
        )
        secrets = (filing.tax_id,) if filing.tax_id else ()
        try:
            answer = self._http.write("POST", BRANDS, body)
        except Refused as refused:
            reasons = mapping.withheld_reasons(refused.reasons, secrets)
            raise Refused(str(refused), reasons=reasons) from None
        except NotFound as wrong_place:
            # Nothing is looked up here, so 404 speaks about the address: nobody has processed it.
            raise Unavailable(str(wrong_place)) from None
        reference = answer.get("brandId")
        if not isinstance(reference, str) or not reference.strip():
            raise OutcomeUnknown(f"POST {BRANDS}: the answer names no brandId")
        return Created(reference, raw=mapping.withheld(answer, (*secrets, *mapping.tax_ids_in(answer))))

    def read_brand(self, reference: str) -> BrandReading:
        """Read one brand and, when it failed or was not verified, why.

        Raises Unavailable, Unauthorized, NotFound.
        """
        return self._read(reference, self._http.until(self._limits.total))

    def find_brand(self, filing: BrandFiling, *, key: str) -> BrandReading | None:
        """List the brands of this name, read each, compare the key. Raises Unavailable, Unauthorized.

        The list holds neither key nor tax id, and is asked oldest first, so that of twins the older
        is found and brands that arrive meanwhile do not shift the pages.
        """
        until = self._http.until(POLICY.search_deadline.value)
        name = mapping.display_name(filing)
        for row in self._rows({"displayName": name}, until=until):
            # Whether the filter means equal, beginning or part is not said, or it may be ignored.
            if not mapping.same_name(name, row.get("displayName")):
                continue
            try:
                brand = self._brand(row["brandId"], until)
            except NotFound:
                # A deleted brand stays in the list, but cannot be read.
                continue
            if mapping.key_of(brand.get("webhookURL"), self._webhook_base) == key:
                return self._told(brand, row["brandId"], until)
        return None

    def list_brands(self) -> Iterator[BrandListed]:
        """Every brand, each once, oldest first.

        Raises Unavailable (also at the end, after gaps), Unauthorized.
        """
        return (mapping.listed_of(row) for row in self._rows({}))

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def _read(self, reference: str, until: float) -> BrandReading:
        return self._told(self._brand(reference, until), reference, until)

    def _brand(self, reference: str, until: float) -> Mapping[str, Any]:
        brand = self._http.read(f"{BRANDS}/{_part(reference)}", until=until)
        _check_subject(brand, reference)
        if "brandId" not in brand and "status" not in brand:
            raise Unavailable(f"GET {BRANDS}/…: the answer is no brand")
        return brand

    def _told(self, brand: Mapping[str, Any], reference: str, until: float) -> BrandReading:
        """The reading of `brand`, its feedback fetched when there must be some.

        A feedback that cannot be had now makes the whole reading Unavailable: a verdict without its
        reasons would end the waiting, and nobody would fetch them any more.
        """
        feedback: tuple[Reason, ...] = ()
        if mapping.state_of(brand) in (BrandState.UNVERIFIED, BrandState.FAILED):
            try:
                answer = self._http.read(f"{BRANDS}/feedback/{_part(reference)}", until=until)
            except NotFound:
                pass
            else:
                _check_subject(answer, reference)
                feedback = mapping.feedback_reasons(answer)
        return mapping.reading_of(brand, reference=reference, base=self._webhook_base, feedback=feedback)

    def _rows(self, filters: Mapping[str, str], *, until: float | None = None) -> Iterator[Mapping[str, Any]]:
        """The rows of the list, page by page, each brand once, however the pages behave.

        Raises Unavailable at the end when fewer brands came than the list says that there are:
        a page was repeated, skipped or shifted under us, or a row names no brand.
        """
        seen: set[str] = set()
        total: int | None = None
        nameless = pages_without_news = 0
        for page in range(1, MOST_PAGES + 1):
            asked: dict[str, str | int] = {
                **filters,
                "page": page,
                "recordsPerPage": PAGE_SIZE,
                "sort": "createdAt",
            }
            try:
                answer = self._http.read(BRANDS, asked, until=until)
            except NotFound as wrong_place:
                raise Unavailable(str(wrong_place)) from None
            rows = answer.get("records")
            if not isinstance(rows, list):
                raise Unavailable(f"GET {BRANDS}: the answer is no list")
            said = answer.get("totalRecords")
            total = said if type(said) is int else total
            before = len(seen)
            for row in rows:
                reference = row.get("brandId") if isinstance(row, dict) else None
                if not isinstance(reference, str) or not reference.strip():
                    nameless += 1
                elif reference not in seen:
                    seen.add(reference)
                    yield row
            pages_without_news = pages_without_news + 1 if len(seen) == before else 0
            complete = total is not None and len(seen) >= total and len(rows) < PAGE_SIZE
            # One page without news may be a repeated one with more behind it; two are a loop.
            if not rows or complete or pages_without_news == 2:
                break
        else:
            raise Unavailable(f"GET {BRANDS}: the list does not end")
        if nameless or (total is not None and len(seen) < total):
            raise Unavailable(f"GET {BRANDS}: the list has gaps: {len(seen)} of {total} brands came")


def _check_subject(answer: Mapping[str, Any], reference: str) -> None:
    """Taking over a stranger's verdict is worse than any delay. Raises Unavailable."""
    if answer.get("brandId", reference) != reference:
        raise Unavailable(f"GET {BRANDS}: the answer is about another brand")


def _part(reference: str) -> str:
    """A reference as one part of a path. Raises NotFound for what cannot be one."""
    if not reference or reference in (".", ".."):
        raise NotFound("GET: there is no brand without a reference")
    return quote(reference, safe="")
