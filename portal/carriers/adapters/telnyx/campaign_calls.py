"""Telnyx's campaign endpoints behind the portal's contract: a part of `TelnyxCarrier`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from portal.carriers.adapters.telnyx import campaign_mapping, campaign_states, mapping
from portal.carriers.adapters.telnyx.calls import BRANDS, part, rows, withholding
from portal.carriers.adapters.telnyx.rules import POLICY
from portal.carriers.campaigns import (
    CampaignFiling,
    CampaignListed,
    CampaignReading,
    CampaignState,
    Network,
    Qualification,
)
from portal.carriers.contract import (
    Created,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unavailable,
)
from portal.carriers.http import Http, Limits

BUILDER = "/10dlc/campaignBuilder"
CAMPAIGNS = "/10dlc/campaign"

# A listed campaign comes with all of its texts: 40 kB at the most, so that a page of these stays below our cap.
A_PAGE = 50

_ENDED = frozenset({CampaignState.EXPIRED, CampaignState.DEACTIVATED})


class CampaignCalls:
    """The verbs of campaigns. Our key travels as `referenceId` and in the path of `webhookURL`."""

    def __init__(self, http: Http, *, webhook_base: str, limits: Limits) -> None:
        self._http = http
        self._webhook_base = webhook_base
        self._limits = limits
        # Network ids are the registry's, the same for every campaign: each is asked for once.
        self._network_names: dict[str, str] = {}

    def qualify(self, brand_reference: str, use_case: str) -> Qualification:
        """`GET /10dlc/campaignBuilder/brand/{brandId}/usecase/{usecase}`.

        Raises Unavailable, Unauthorized, NotFound.
        """
        path = f"{BUILDER}/brand/{part(brand_reference)}/usecase/{part(use_case)}"
        return campaign_mapping.qualification_of(self._http.read(path), use_case)

    def create_campaign(self, filing: CampaignFiling, *, key: str) -> Created:
        """File a campaign: `POST /10dlc/campaignBuilder`, once. Costs money.

        A refusal of our own reference means that it was filed before: that outcome is unknown until it is found.
        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused.
        """
        url = mapping.webhook_url(self._webhook_base, key)
        try:
            answer = self._wrote(
                "POST", BUILDER, campaign_mapping.campaign_body(filing, key=key, webhook_url=url)
            )
        except NotFound as nothing_there:
            self._check_brand(filing.brand_reference)
            raise Unavailable(str(nothing_there)) from None
        except Refused as refused:
            if campaign_mapping.is_taken(refused.reasons):
                raise OutcomeUnknown(f"POST {BUILDER}: the reference is taken already") from None
            raise
        reference = answer.get("campaignId")
        if not isinstance(reference, str) or not reference.strip():
            raise OutcomeUnknown(f"POST {BUILDER}: the answer names no campaignId")
        return Created(reference, raw=mapping.withheld(answer, ()))

    def read_campaign(self, reference: str) -> CampaignReading:
        """Read one campaign, and what each mobile carrier makes of it once they were asked.

        Raises Unavailable, Unauthorized, NotFound.
        """
        return self._reading(reference, self._http.until(self._limits.total))

    def find_campaign(self, filing: CampaignFiling, *, key: str) -> CampaignReading | None:
        """List the campaigns of the brand, oldest first, and compare both places of the key.

        One that has ended is found as well: it was filed and paid for, and filing it again would be the second
        time. Raises Unavailable, Unauthorized.
        """
        until = self._http.until(POLICY.search_deadline.value)
        for row in self._of_brand(filing.brand_reference, until):
            reference = row["campaignId"]
            try:
                shown = campaign_mapping.keys_of(row, self._webhook_base)
                if key in (shown or self._keys(reference, until)):
                    return self._reading(reference, until)
            except NotFound:
                if key in shown:
                    # Listed, and not to be read any more: ended, but it was filed.
                    return replace(
                        campaign_mapping.reading_of(row, reference=reference, base=self._webhook_base),
                        state=CampaignState.DEACTIVATED,
                    )
        return None

    def list_campaigns(self) -> Iterator[CampaignListed]:
        """The campaigns of every brand of the account, each once; Telnyx lists them by brand only.

        Raises Unavailable (also at the end, after gaps), Unauthorized.
        """
        seen: set[str] = set()
        try:
            for brand in rows(self._http, BRANDS, {}, name="brandId"):
                for row in self._of_brand(brand["brandId"], None):
                    # Were the filter ever ignored, each brand would bring them all.
                    if row["campaignId"] in seen:
                        continue
                    seen.add(row["campaignId"])
                    yield campaign_mapping.listed_of(row, brand=brand["brandId"], base=self._webhook_base)
        except NotFound as wrong_place:
            raise Unavailable(str(wrong_place)) from None

    def update_campaign(self, reference: str, filing: CampaignFiling, *, key: str) -> Created:
        """`PUT /10dlc/campaign/{campaignId}` with samples, message flow, HELP reply and renewal, nothing else.

        The campaign is read before, to know which samples have to go.
        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        standing = self._campaign(reference, None)
        url = mapping.webhook_url(self._webhook_base, key)
        body = campaign_mapping.update_body(filing, standing, webhook_url=url)
        return _written(self._wrote("PUT", _place(reference), body), reference)

    def appeal_campaign(self, reference: str, reason: str) -> Created:
        """`POST /10dlc/campaign/{campaignId}/appeal`: sets it back to TCR_ACCEPTED, where people look again.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        path = f"{_place(reference)}/appeal"
        answer = self._wrote("POST", path, {"appeal_reason": reason})
        _check_done(answer, reference)
        return Created(reference, raw=mapping.withheld(answer, ()))

    def set_auto_renewal(self, reference: str, renews: bool) -> Created:
        """`PUT /10dlc/campaign/{campaignId}` with the flag alone.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        answer = self._wrote("PUT", _place(reference), {"autoRenewal": renews})
        made = _written(answer, reference)
        if answer.get("autoRenewal", renews) is not renews:
            raise OutcomeUnknown(f"PUT {CAMPAIGNS}/…: the answer shows the other choice")
        return made

    def renew_campaign(self, reference: str, *, key: str) -> Created:
        """Not offered: Telnyx renews by its flag (`Capabilities.renewal`). Raises Refused."""
        raise Refused(
            "Telnyx renews a campaign by its flag",
            reasons=(Reason("not-offered", "This carrier renews a campaign by itself."),),
        )

    def deactivate_campaign(self, reference: str) -> None:
        """`DELETE /10dlc/campaign/{campaignId}`. One that is gone or has ended is deactivated, whoever did it.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound only for a reference that can be none.
        """
        path = _place(reference)
        try:
            with withholding():
                _check_done(self._http.act("DELETE", path), reference)
        except NotFound:
            return
        except Refused:
            if not self._has_ended(reference):
                raise

    def _has_ended(self, reference: str) -> bool:
        try:
            return campaign_states.state_of(self._campaign(reference, None))[0] in _ENDED
        except NotFound:
            return True

    def _wrote(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with withholding():
            return self._http.write(method, path, body)

    def _check_brand(self, reference: str) -> None:
        """Raises Refused when the brand is not there, Unavailable and Unauthorized when nobody knows."""
        try:
            self._http.read(f"{BRANDS}/{part(reference)}")
        except NotFound:
            raise Refused(
                f"POST {BUILDER}: there is no such brand",
                reasons=(Reason("no-brand", "The carrier does not know the brand.", ("brand_reference",)),),
            ) from None

    def _of_brand(self, brand: str, until: float | None) -> Iterator[Mapping[str, Any]]:
        """The rows of one brand; none for a brand that is gone, since none can be without its brand."""
        try:
            yield from rows(
                self._http, CAMPAIGNS, {"brandId": brand}, name="campaignId", size=A_PAGE, until=until
            )
        except NotFound as nothing_there:
            try:
                self._http.read(f"{BRANDS}/{part(brand)}", until=until)
            except NotFound:
                return
            raise Unavailable(str(nothing_there)) from None

    def _keys(self, reference: str, until: float) -> tuple[str, ...]:
        return campaign_mapping.keys_of(self._campaign(reference, until), self._webhook_base)

    def _campaign(self, reference: str, until: float | None) -> Mapping[str, Any]:
        campaign = self._http.read(_place(reference), until=until)
        _check_subject(campaign, reference)
        if not campaign_mapping.is_campaign(campaign):
            raise Unavailable(f"GET {CAMPAIGNS}/…: the answer is no campaign")
        return campaign

    def _reading(self, reference: str, until: float) -> CampaignReading:
        campaign = self._campaign(reference, until)
        networks: tuple[Network, ...] = ()
        if campaign_states.asks_networks(campaign):
            networks = self._networks(campaign, reference, until)
        return campaign_mapping.reading_of(
            campaign, reference=reference, base=self._webhook_base, networks=networks
        )

    def _networks(self, campaign: Mapping[str, Any], reference: str, until: float) -> tuple[Network, ...]:
        """What each carrier says; none may have it yet. A verdict without it is half an answer: Unavailable."""
        try:
            answer = self._http.read(f"{_place(reference)}/operationStatus", until=until)
        except NotFound as gone:
            if campaign_states.state_of(campaign)[0] is CampaignState.CARRIERS:
                return ()
            # The campaign was there a moment ago: what happened to it, the next reading will say.
            raise Unavailable(str(gone)) from None
        _check_subject(answer, reference)
        found = campaign_states.networks_of(answer, self._network_names)
        if all(one.code in self._network_names for one in found):
            return found
        self._learn_names(reference, until)
        return campaign_states.networks_of(answer, self._network_names)

    def _learn_names(self, reference: str, until: float) -> None:
        """A name is no part of any verdict: without it a carrier is called by its number until the next time."""
        try:
            answer = self._http.read(f"{_place(reference)}/mnoMetadata", until=until)
        except (NotFound, Unavailable):
            return
        if len(self._network_names) < campaign_states.MOST_NETWORKS:
            self._network_names.update(campaign_states.names_of(answer))


def _place(reference: str) -> str:
    return f"{CAMPAIGNS}/{part(reference)}"


def _check_subject(
    answer: Mapping[str, Any], reference: str, trouble: Callable[[str], Exception] = Unavailable
) -> None:
    """Taking over a stranger's verdict is worse than any delay. Raises `trouble`."""
    if answer.get("campaignId", reference) != reference:
        raise trouble(f"{CAMPAIGNS}: the answer is about another campaign")


def _check_done(answer: Mapping[str, Any], reference: str) -> None:
    """A success that nothing was promised for. Raises OutcomeUnknown for one that speaks of errors."""
    _check_subject(answer, reference, OutcomeUnknown)
    if answer.get("errors"):
        raise OutcomeUnknown(f"{CAMPAIGNS}: a success that speaks of errors")


def _written(answer: Mapping[str, Any], reference: str) -> Created:
    """The campaign as it stands after a write to it. Raises OutcomeUnknown for an answer that is no campaign."""
    _check_subject(answer, reference, OutcomeUnknown)
    if "campaignId" not in answer and not campaign_mapping.is_campaign(answer):
        raise OutcomeUnknown(f"{CAMPAIGNS}: the answer is no campaign")
    return Created(reference, raw=mapping.withheld(answer, ()))
