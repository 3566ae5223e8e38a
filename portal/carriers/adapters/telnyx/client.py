"""Telnyx's brand endpoints behind the portal's contract; the others: `campaign_calls`, `number_calls`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import httpx

from portal.carriers.adapters.telnyx import campaign_mapping, mapping, proofs
from portal.carriers.adapters.telnyx.calls import BRANDS, part, rows, withholding
from portal.carriers.adapters.telnyx.campaign_calls import CampaignCalls
from portal.carriers.adapters.telnyx.number_calls import NumberCalls
from portal.carriers.adapters.telnyx.proofs import NEVER_VETTED, Vetted
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
    PasswordReading,
    Reason,
    Refused,
    Unavailable,
)
from portal.carriers.http import Http, Limits

LIMITS = Limits(
    total=POLICY.call_deadline.value,
    answer_bytes=POLICY.answer_bytes.value,
    retry_after=POLICY.retry_after_cap.value,
)


# Whichever of the two a refusal speaks of: none of their names means two things.
_NAMES = {**campaign_mapping.OURS, **mapping.OURS}


class TelnyxCarrier(CampaignCalls, NumberCalls):
    """One Telnyx account. Our key of an object travels in the path of its `webhookURL`.

    `transport` and `limits` are for tests.
    """

    capabilities = Capabilities(search=True, renewal="flag", brand_updates=True, events=True)

    def __init__(
        self, config: CarrierConfig, *, transport: httpx.BaseTransport | None = None, limits: Limits = LIMITS
    ) -> None:
        self._mock = config.mock
        http = Http(
            url=config.url,
            key=config.key,
            limits=limits,
            explain=partial(mapping.refusal_reasons, known=_NAMES),
            gate=config.gate,
            transport=transport,
        )
        super().__init__(http, webhook_base=config.webhook_base, limits=limits)

    def create_brand(self, filing: BrandFiling, *, key: str) -> Created:
        """File a brand: `POST /10dlc/brand`, once. Costs money.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused.
        """
        body = mapping.brand_body(
            filing, webhook_url=mapping.webhook_url(self._webhook_base, key), mock=self._mock
        )
        secrets = _secrets(filing)
        try:
            with withholding(secrets):
                answer = self._http.write("POST", BRANDS, body)
        except NotFound as wrong_place:
            # Nothing is looked up here, so 404 speaks about the address: nobody has processed it.
            raise Unavailable(str(wrong_place)) from None
        reference = answer.get("brandId")
        if not isinstance(reference, str) or not reference.strip():
            raise OutcomeUnknown(f"POST {BRANDS}: the answer names no brandId")
        return Created(reference, raw=mapping.withheld(answer, (*secrets, *mapping.tax_ids_in(answer))))

    def update_brand(self, reference: str, filing: BrandFiling, *, key: str) -> Created:
        """Replace what is filed: `PUT /10dlc/brand/{brandId}`, always with the address that carries `key`.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{BRANDS}/{part(reference)}"
        body = mapping.update_body(filing, webhook_url=mapping.webhook_url(self._webhook_base, key))
        with withholding(_secrets(filing)):
            answer = self._http.write("PUT", path, body)
        return _written(answer, reference, _secrets(filing))

    def review_brand(self, reference: str) -> Created:
        """`PUT /10dlc/brand/{brandId}/revet`: once after the registration, then once every 3 months.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{BRANDS}/{part(reference)}/revet"
        try:
            with withholding():
                answer = self._http.write("PUT", path)
        except Refused as refused:
            raise Refused(str(refused), reasons=mapping.too_soon(refused.reasons)) from None
        return _written(answer, reference, ())

    def delete_brand(self, reference: str) -> None:
        """`DELETE /10dlc/brand/{brandId}`. A brand that is gone is deleted, whoever did it.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound only for a reference that can be none.
        """
        path = f"{BRANDS}/{part(reference)}"
        try:
            with withholding():
                _check_done(self._http.act("DELETE", path), reference)
        except NotFound:
            return

    def resend_confirmation(self, reference: str) -> None:
        """`POST /10dlc/brand/{brandId}/2faEmail`, answered without a body.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{BRANDS}/{part(reference)}/2faEmail"
        with withholding():
            _check_done(self._http.act("POST", path), reference)

    def send_password(self, reference: str, *, text: str, success_text: str) -> str:
        """`POST /10dlc/brand/{brandId}/smsOtp`; Telnyx names the sending, and puts the digits into `text`.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused (also, unsent, for a `text` that has
        no place for the digits).
        """
        path = f"{BRANDS}/{part(reference)}/smsOtp"
        if proofs.OUR_PLACE not in text:
            raise Refused(f"POST {path}: the text has no place for the password")
        texts = {"pinSms": text.replace(proofs.OUR_PLACE, proofs.THEIR_PLACE), "successSms": success_text}
        with withholding():
            answer = self._http.write("POST", path, texts)
        _check_subject(answer, reference, OutcomeUnknown)
        sending = answer.get("referenceId")
        if not isinstance(sending, str) or not sending.strip():
            raise OutcomeUnknown(f"POST {path}: the answer names no referenceId")
        return sending

    def check_password(self, reference: str, password: str) -> None:
        """`PUT /10dlc/brand/{brandId}/smsOtp`, answered without a body when the digits were right.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{BRANDS}/{part(reference)}/smsOtp"
        with withholding((password,)):
            _check_done(self._http.act("PUT", path, {"otpPin": password}), reference)

    def read_password(self, reference: str) -> PasswordReading | None:
        """`GET /10dlc/brand/{brandId}/smsOtp`: the newest one. Raises Unavailable, Unauthorized."""
        try:
            answer = self._http.read(f"{BRANDS}/{part(reference)}/smsOtp")
        except NotFound:
            return None
        _check_subject(answer, reference)
        if "deliveryStatus" not in answer:
            raise Unavailable(f"GET {BRANDS}/…/smsOtp: the answer is about no password")
        return proofs.password_of(answer)

    def read_brand(self, reference: str) -> BrandReading:
        """Read one brand and, when it failed or was not verified, why; when it was, its vettings.

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
        brand = self._http.read(f"{BRANDS}/{part(reference)}", until=until)
        _check_subject(brand, reference)
        if "brandId" not in brand and "status" not in brand:
            raise Unavailable(f"GET {BRANDS}/…: the answer is no brand")
        return brand

    def _told(self, brand: Mapping[str, Any], reference: str, until: float) -> BrandReading:
        """The reading of `brand`, with its feedback or its vettings where they can say something.

        One that cannot be had now makes the whole reading Unavailable: a verdict without its reasons would
        end the waiting, and a listed company without its vettings would look verified.
        """
        state = mapping.state_of(brand)
        feedback: tuple[Reason, ...] = ()
        vettings = NEVER_VETTED
        if state in (BrandState.UNVERIFIED, BrandState.FAILED):
            feedback = self._feedback(reference, until)
        elif proofs.can_be_vetted(brand, state):
            vettings = self._vettings(reference, until)
        return mapping.reading_of(
            brand, reference=reference, base=self._webhook_base, feedback=feedback, vettings=vettings
        )

    def _feedback(self, reference: str, until: float) -> tuple[Reason, ...]:
        try:
            answer = self._http.read(f"{BRANDS}/feedback/{part(reference)}", until=until)
        except NotFound:
            return ()
        _check_subject(answer, reference)
        return mapping.feedback_reasons(answer)

    def _vettings(self, reference: str, until: float) -> Vetted:
        try:
            rows = self._http.read_list(f"{BRANDS}/{part(reference)}/externalVetting", until=until)
        except NotFound as gone:
            # The brand was there a moment ago: what happened to it, the next reading will say.
            raise Unavailable(str(gone)) from None
        return proofs.vetted(rows)

    def _rows(self, filters: Mapping[str, str], *, until: float | None = None) -> Iterator[Mapping[str, Any]]:
        try:
            yield from rows(self._http, BRANDS, filters, name="brandId", until=until)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None


def _check_subject(
    answer: Mapping[str, Any], reference: str, trouble: Callable[[str], Exception] = Unavailable
) -> None:
    """Taking over a stranger's verdict is worse than any delay. Raises `trouble`."""
    if answer.get("brandId", reference) != reference:
        raise trouble(f"{BRANDS}: the answer is about another brand")


def _check_done(answer: Mapping[str, Any], reference: str) -> None:
    """A success that nothing was promised for. Raises OutcomeUnknown for one that speaks of errors."""
    _check_subject(answer, reference, OutcomeUnknown)
    if answer.get("errors"):
        raise OutcomeUnknown(f"{BRANDS}: a success that speaks of errors")


def _written(answer: Mapping[str, Any], reference: str, secrets: tuple[str, ...]) -> Created:
    """The brand as it stands after a write to it. Raises OutcomeUnknown for an answer that is no brand."""
    _check_subject(answer, reference, OutcomeUnknown)
    if "brandId" not in answer and "status" not in answer:
        raise OutcomeUnknown(f"{BRANDS}: the answer is no brand")
    return Created(reference, raw=mapping.withheld(answer, (*secrets, *mapping.tax_ids_in(answer))))


def _secrets(filing: BrandFiling) -> tuple[str, ...]:
    return (filing.tax_id,) if filing.tax_id else ()
