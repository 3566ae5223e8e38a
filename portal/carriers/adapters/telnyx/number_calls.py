"""Telnyx's endpoints of numbers behind the portal's contract: a part of `TelnyxCarrier`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter
from typing import Any

from portal.carriers.adapters.telnyx import number_mapping
from portal.carriers.adapters.telnyx.calls import one_page, part, snapshot
from portal.carriers.adapters.telnyx.rules import POLICY
from portal.carriers.contract import Created, NotFound, OutcomeUnknown, Reason, Refused, Unavailable
from portal.carriers.http import Http
from portal.carriers.numbers import NumberListed, NumberPart, NumberReading, NumberState, NumberTrouble

ASSIGNED = "/10dlc/phone_number_campaigns"
NUMBERS = "/phone_numbers"
MESSAGING = f"{NUMBERS}/messaging"
SLIM = f"{NUMBERS}/slim"
PROFILES = "/messaging_profiles"

_BY_NUMBER = {"sort[phone_number]": "asc"}
# "Supports comma-separated list" (filter[phone_number]): an address of 2 kB is taken everywhere.
NAMED = 125

# The messaging profile that numbers are put on: found by its name, made at the first time.
PROFILE = "Clearline"
# "Destinations to which the messaging profile is allowed to send": where 10DLC and toll-free numbers text.
DESTINATIONS = ("US", "CA")
# On the campaign by the vendor's list, and yet not, or not for long.
_NOT_ON_IT = frozenset({NumberState.FAILED, NumberState.RELEASING})


class NumberCalls:
    """The verbs of numbers. A number's key is its E.164 form, at Telnyx a part of the path."""

    _http: Http
    _profile: str = ""

    def assign_number(self, e164: str, campaign_reference: str) -> Created:
        """`POST /10dlc/phone_number_campaigns`. A refusal is looked at: the number may be there already.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound for what can be no number or campaign.
        """
        place = _place(e164)
        part(campaign_reference)
        try:
            return self._assigned("POST", ASSIGNED, e164, campaign_reference)
        except NotFound as nothing_there:
            self._check_campaign(campaign_reference)
            self._check_number(e164)
            raise Unavailable(str(nothing_there)) from None
        except (Refused, OutcomeUnknown) as trouble:
            standing = self._standing(e164) if _says_no(trouble) else None
            if standing is None:
                raise
            if standing.campaign_reference != campaign_reference:
                raise _refused(NumberTrouble.ALREADY_ASSIGNED, _words(trouble)) from None
            if standing.state in _NOT_ON_IT:
                # What is there cannot be made, but replaced.
                return self._assigned("PUT", place, e164, campaign_reference)
            return Created(e164, raw=standing.raw)

    def move_number(self, e164: str, campaign_reference: str) -> Created:
        """`PUT /10dlc/phone_number_campaigns/{phoneNumber}`.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        place = _place(e164)
        part(campaign_reference)
        try:
            return self._assigned("PUT", place, e164, campaign_reference)
        except NotFound as nothing_there:
            # Either of the two is not there.
            self.read_number(e164)
            self._check_campaign(campaign_reference)
            raise Unavailable(str(nothing_there)) from None

    def release_number(self, e164: str) -> Created:
        """`DELETE /10dlc/phone_number_campaigns/{phoneNumber}`. One that is on none, or on its way off, is done.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound only for what can be no number.
        """
        place = _place(e164)
        try:
            with _telling():
                answer = self._http.act("DELETE", place)
        except NotFound:
            return Created(e164)
        except (Refused, OutcomeUnknown) as trouble:
            if not _says_no(trouble):
                raise
            standing = self._standing(e164)
            if standing is not None and standing.state is not NumberState.RELEASING:
                raise
            return Created(e164)
        if answer.get("phoneNumber", e164) != e164 or answer.get("errors"):
            raise OutcomeUnknown(f"DELETE {place}: the answer is about something else")
        return Created(e164, raw=answer)

    def read_number(self, e164: str) -> NumberReading:
        """`GET /10dlc/phone_number_campaigns/{phoneNumber}`. Raises Unavailable, Unauthorized, NotFound."""
        place = _place(e164)
        reading = number_mapping.reading_of(self._http.read(place))
        if reading.e164 != e164:
            raise Unavailable(f"GET {place}: the answer is about another number")
        return reading

    def list_assigned(self, campaign_reference: str) -> Iterator[NumberReading]:
        """`GET /10dlc/phone_number_campaigns?filter[telnyx_campaign_id]=…`, all pages, then sorted by number.

        Raises Unavailable, Unauthorized, NotFound for what can be no reference.
        """
        part(campaign_reference)
        filters = {"filter[telnyx_campaign_id]": campaign_reference}
        until = self._http.until(POLICY.search_deadline.value)
        try:
            links = snapshot(self._http, ASSIGNED, filters, name="phoneNumber", until=until)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        # Were the filter ever ignored, each campaign would have them all.
        readings = map(number_mapping.reading_of, links)
        ours = [one for one in readings if one.campaign_reference == campaign_reference]
        return iter(sorted(ours, key=attrgetter("e164")))

    def list_numbers(self, *, tag: str = "", mark: str = "") -> NumberPart:
        """A page of `GET /phone_numbers/messaging`, sorted by number; those with a tag by `GET /phone_numbers/slim`.

        Only that list filters by tag, and only the first knows what a number can and whether it is set up for texts.
        Raises Unavailable, Unauthorized, NotFound for a mark that is none of ours.
        """
        number = _page_of(mark)
        try:
            if tag:
                asked = {"filter[tag]": tag, "include_tags": "true", "sort": "phone_number"}
                page = one_page(self._http, SLIM, asked, number)
                # A filter that is ignored, or means a part of a tag, must not bring somebody else's numbers.
                if not all(isinstance(row.get("tags"), list) for row in page.rows):
                    raise Unavailable(f"GET {SLIM}: numbers without their tags")
                ours = [row for row in page.rows if tag in number_mapping.tags_of(row)]
                numbers = list(self._known(ours))
            else:
                page = one_page(self._http, MESSAGING, _BY_NUMBER, number)
                numbers = [number_mapping.listed_of(row) for row in page.rows]
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        return NumberPart(tuple(numbers), mark="" if page.is_last else str(number + 1), total=page.total)

    def _known(self, found: Iterable[Mapping[str, Any]]) -> Iterator[NumberListed]:
        """`SlimPhoneNumberDetailed` rows, with what their messaging settings say where they have any."""
        rest = iter(found)
        while named := {number_mapping.number_of(row): row for row in islice(rest, NAMED)}:
            asked = {"filter[phone_number]": ",".join(named), **_BY_NUMBER}
            page = one_page(self._http, MESSAGING, asked, 1)
            settings = {number_mapping.number_of(row): row for row in page.rows}
            if not page.is_last or not settings.keys() <= named.keys():
                # One that only seems to be missing would look as if it could not text.
                raise Unavailable(f"GET {MESSAGING}: other numbers than those that were asked for")
            for e164, row in named.items():
                known = settings.get(e164)
                yield number_mapping.listed_of(known) if known else number_mapping.without_texts(row)

    def enable_number(self, reference: str) -> Created:
        """`PATCH /phone_numbers/{id}/messaging`: put it on our messaging profile.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{NUMBERS}/{part(reference)}/messaging"
        try:
            with _telling():
                answer = self._http.write("PATCH", path, {"messaging_profile_id": self._our_profile()})
        except Refused:
            # It may be the profile that is gone: the next time it is looked for again.
            self._profile = ""
            raise
        number = answer.get("data")
        if not isinstance(number, dict) or number.get("id", reference) != reference:
            raise OutcomeUnknown(f"PATCH {path}: the answer is no number")
        if not number.get("messaging_profile_id"):
            raise OutcomeUnknown(f"PATCH {path}: the number is on no profile")
        return Created(reference, raw=dict(number))

    def _assigned(self, method: str, path: str, e164: str, campaign: str) -> Created:
        """Write it, and the number as it stands then. Raises OutcomeUnknown for an answer about something else."""
        with _telling():
            answer = self._http.write(method, path, number_mapping.assignment_body(e164, campaign))
        if answer.get("phoneNumber") != e164:
            raise OutcomeUnknown(f"{method} {path}: the answer is not about this number")
        if campaign not in (number_mapping.campaign_of(answer), answer.get("campaignId")):
            raise OutcomeUnknown(f"{method} {path}: the answer is about another campaign")
        return Created(e164, raw=answer)

    def _standing(self, e164: str) -> NumberReading | None:
        """Where a number is that was not taken; None on no campaign. Raises Unavailable, Unauthorized."""
        try:
            return self.read_number(e164)
        except NotFound:
            return None

    def _check_campaign(self, reference: str) -> None:
        """Raises Refused when the campaign is not there, Unavailable and Unauthorized when nobody knows."""
        try:
            self._http.read(f"/10dlc/campaign/{part(reference)}")
        except NotFound:
            raise _refused(NumberTrouble.NO_CAMPAIGN, "The carrier does not know the campaign.") from None

    def _check_number(self, e164: str) -> None:
        """Raises Refused when the account does not have the number, Unavailable and Unauthorized when nobody knows."""
        try:
            answer = self._http.read(MESSAGING, {"filter[phone_number]": e164})
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        found = answer.get("data")
        if not isinstance(found, list):
            raise Unavailable(f"GET {MESSAGING}: the answer is no list")
        if not any(isinstance(row, dict) and row.get("phone_number") == e164 for row in found):
            raise _refused(NumberTrouble.NUMBER_NOT_FOUND, "The carrier does not have the number for us.")

    def _our_profile(self) -> str:
        """The id of our messaging profile: looked for, made when there is none, and kept.

        Raises Unavailable, OutcomeUnknown (a profile of unknown outcome is found the next time), Unauthorized, Refused.
        """
        if not self._profile:
            self._profile = self._find_profile() or self._make_profile()
        return self._profile

    def _find_profile(self) -> str:
        try:
            # Of two that were made at once the older is everybody's.
            page = one_page(self._http, PROFILES, {"filter[name][eq]": PROFILE}, 1)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        found = sorted(
            (str(row.get("created_at")), str(row["id"]))
            for row in page.rows
            if row.get("name") == PROFILE and row.get("enabled") is not False and row.get("id")
        )
        return found[0][1] if found else ""

    def _make_profile(self) -> str:
        body = {"name": PROFILE, "whitelisted_destinations": list(DESTINATIONS)}
        try:
            answer = self._http.write("POST", PROFILES, body)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None
        made = answer.get("data")
        reference = made.get("id") if isinstance(made, dict) else None
        if not isinstance(reference, str) or not reference.strip():
            raise OutcomeUnknown(f"POST {PROFILES}: the answer names no id")
        return reference


def _page_of(mark: str) -> int:
    """The number of the page that a mark of ours names. Raises NotFound."""
    if not re.fullmatch(r"[1-9][0-9]{0,6}|", mark, re.ASCII):
        raise NotFound("GET: no such part of the list")
    return int(mark or 1)


def _place(e164: str) -> str:
    if not number_mapping.E164.fullmatch(e164):
        raise NotFound("GET: that can be no number")
    return f"{ASSIGNED}/{part(e164)}"


@contextmanager
def _telling() -> Iterator[None]:
    """Puts our codes on the reasons of a refusal."""
    try:
        yield
    except Refused as refused:
        raise Refused(str(refused), reasons=number_mapping.troubles(refused.reasons)) from None


def _refused(trouble: NumberTrouble, text: str) -> Refused:
    return Refused(f"{ASSIGNED}: {trouble}", reasons=(Reason(str(trouble), text),))


def _says_no(trouble: Refused | OutcomeUnknown) -> bool:
    """Did the carrier answer that it does not do it, as the number stands?"""
    return isinstance(trouble, Refused) or trouble.conflict


def _words(trouble: Refused | OutcomeUnknown) -> str:
    reasons = trouble.reasons if isinstance(trouble, Refused) else ()
    return next((reason.text for reason in reasons), "The number is on another campaign.")
