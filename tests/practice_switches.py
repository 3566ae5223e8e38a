"""What a test can switch on a practice registry: faults, limits, webhooks, proofs, and odd decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import httpx


def account_of(api_key: str) -> str:
    """What the registry calls the account of an API key, so that the key itself stays out of addresses."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:16]


class Switches:
    """The control API's second part as methods, for `PracticeRegistry`. Accounts are named by API keys."""

    @property
    def url(self) -> str:
        """Where the registry listens."""
        raise NotImplementedError

    def control(
        self, path: str, /, *, json: dict[str, Any] | None = None, delete: bool = False, **params: str
    ) -> dict[str, Any]:
        """One call below `/control/api/`."""
        raise NotImplementedError

    def _decide(self, brand_id: str, **order: Any) -> dict[str, Any]:
        return self.control(f"brands/{brand_id}/verdict", json=order)

    def fault(
        self,
        effect: str = "",
        *,
        account: str,
        preset: str | None = None,
        verb: str | None = None,
        phase: str | None = None,
        times: int | None = 1,
        lasting: float | None = None,
        match: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> int:
        """Switch a fault on for an API key ("*" for all): `times` requests (None: all) on the first phase
        of the effect, for `lasting` seconds (None: until removed). With `preset` that case of the plan, with its
        own times. `values` are the effect's own. The id of the (first) fault.
        """
        order: dict[str, Any] = {"account": account if account == "*" else account_of(account)}
        order["match"] = {**({"verb": verb} if verb else {}), **(match or {})}
        if preset:
            order |= {"preset": preset, "seconds": lasting}
        else:
            order |= {"effect": effect, "phase": phase, "values": values, "times": times, "seconds": lasting}
        found: int = self.control("faults", json=order)["faults"][0]["id"]
        return found

    def fault_counts(self, fault_id: int) -> tuple[int, int]:
        """How many requests fitted a fault, and how many it hit."""
        told = self.control(f"faults/{fault_id}")
        return told["seen"], told["used"]

    def faults_off(self, account: str = "") -> int:
        """Remove the faults of an API key, or all; how many were on."""
        name = account if account in ("", "*") else account_of(account)
        removed: int = self.control("faults", delete=True, account=name)["removed"]
        return removed

    def limit(
        self,
        account: str,
        *,
        rate: float | None = None,
        burst: float | None = None,
        in_flight: int | None = None,
        retry_after: str = "",
    ) -> None:
        """How much an API key may ask; without figures there is no limit."""
        order = {"rate": rate, "burst": burst, "in_flight": in_flight, "retry_after": retry_after}
        self.control("limits", json={"account": account_of(account), **order})

    def seed(self, seed: int | None = None) -> int:
        """The number that all chance comes from; given one, it is set."""
        found: int = self.control("seed", json=None if seed is None else {"seed": seed})["seed"]
        return found

    def invariants(self, account: str = "") -> dict[str, Any]:
        """What the ledger adds up to: creates by key, duplicates, crossings, webhooks (`counting.summary`)."""
        return self.control("invariants", account=account and account_of(account))

    def webhooks(
        self,
        *,
        account: str = "",
        brand: str = "",
        campaign: str = "",
        key: str = "",
        number: str = "",
        outcome: str = "",
    ) -> list[dict[str, Any]]:
        """Deliveries, oldest first, also of a number; `outcome` is waiting, delivered, failed, lost or refused."""
        asked: dict[str, Any] = {
            "account": account and account_of(account),
            "brand": brand,
            "campaign": campaign,
            "key": key,
            "number": number,
            "outcome": outcome,
        }
        found: list[dict[str, Any]] = self.control("webhooks", **asked)["deliveries"]
        return found

    def tell(self, brand_id: str, event_type: str = "BRAND_UPDATE") -> str:
        """Send a webhook about a brand, or a campaign, now; the event's id."""
        found: str = self.control("webhooks", json={"brand": brand_id, "event_type": event_type})["event_id"]
        return found

    def send_again(self, delivery_id: int) -> None:
        """Send the event of a delivery once more."""
        self.control(f"webhooks/{delivery_id}/again", json={})

    def webhooks_off(self, *, off: bool = True, account: str = "") -> None:
        """Send no webhooks to an API key, or to anybody."""
        self.control("webhooks/off", json={"off": off, "account": account_of(account) if account else None})

    def webhook_key(self) -> str:
        """The public key that webhooks are checked with: base64 of 32 bytes."""
        found: str = httpx.get(f"{self.url}/webhook-key").raise_for_status().json()["public_key"]
        return found

    def rotate_webhook_key(self) -> dict[str, Any]:
        """Sign with a new key from now on; `public_key` and `previous_key`."""
        return self.control("webhook-key/rotate", json={})

    def confirm_email(self, brand_id: str) -> None:
        """Click the link in the e-mail to a public company's contact."""
        self.control(f"brands/{brand_id}/confirm", json={})

    def pin(self, brand_id: str) -> str:
        """The newest one-time password, as the owner's phone shows it."""
        found: str = self.control(f"brands/{brand_id}/password")["pin"]
        return found

    def suspend(self, brand_id: str) -> dict[str, Any]:
        """Suspend a brand; the next verdict ends it."""
        return self._decide(brand_id, outcome="suspended")

    def remove(self, brand_id: str) -> dict[str, Any]:
        """Delete a brand at the registry."""
        return self._decide(brand_id, outcome="deleted")

    def reopen(self, brand_id: str) -> dict[str, Any]:
        """Put a brand back to waiting."""
        return self._decide(brand_id, outcome="pending")

    # -- campaigns ------------------------------------------------------------------------------

    def campaigns(
        self, *, account: str = "", brand: str = "", key: str = "", reference: str = ""
    ) -> list[dict[str, Any]]:
        """Campaigns in the order of filing: of an API key, of a brand, with a key, with a reference."""
        found: list[dict[str, Any]] = self.control(
            "campaigns", account=account and account_of(account), brand=brand, key=key, reference=reference
        )["campaigns"]
        return found

    def campaign(self, campaign_id: str) -> dict[str, Any]:
        """One campaign with its steps, what happened to it, and the moments at which it was billed."""
        return self.control(f"campaigns/{campaign_id}")

    def decide_campaign(self, campaign_id: str, act: str, **order: Any) -> dict[str, Any]:
        """Do `act` to a campaign; all of them stand at `campaigns_api.decision` of the registry."""
        return self.control(f"campaigns/{campaign_id}/decision", json={"act": act, **order})

    def approve_campaign(self, campaign_id: str, *, stage: str = "carriers") -> dict[str, Any]:
        """Pass a stage ("registry", "provider"), or the whole way to MNO_PROVISIONED."""
        return self.decide_campaign(campaign_id, "accept", stage=stage)

    def reject_campaign(
        self, campaign_id: str, *, stage: str = "provider", code: str = "", text: str = ""
    ) -> dict[str, Any]:
        """Return it at a stage, with one reason, or the usual one: TCR_FAILED, TELNYX_FAILED or MNO_REJECTED."""
        reasons = [{"code": code, "text": text}] if code or text else []
        return self.decide_campaign(campaign_id, "reject", stage=stage, reasons=reasons)

    def network(self, campaign_id: str, network: str, word: str, text: str = "") -> dict[str, Any]:
        """Let one mobile carrier (its id) say APPROVED, REJECTED, REVIEW or SUSPENDED."""
        reasons = [{"text": text}] if text else []
        return self.decide_campaign(campaign_id, "network", network=network, word=word, reasons=reasons)

    def end_campaign(self, campaign_id: str, *, at: str = "", days: float | None = None) -> dict[str, Any]:
        """Give it another date of renewal or expiry: an ISO moment, or days from now."""
        return self.decide_campaign(campaign_id, "ends", **({"at": at} if at else {"days": days}))

    def renewals(self, campaign_id: str, mode: str = "refused", days: int = 2) -> dict[str, Any]:
        """What its renewals meet: "ok", "refused" (it expires), "late" (paid `days` late)."""
        return self.decide_campaign(campaign_id, "renewal", mode=mode, days=days)

    def pace(self, pace: str) -> None:
        """How long campaigns filed from now on are looked at, by everybody: "days" or "minutes"."""
        self.control("pace", json={"pace": pace})

    def funds(self, account: str, *, funds: bool) -> None:
        """Whether an API key that has called before can pay for a new campaign."""
        self.control("funds", json={"account": account_of(account), "funds": funds})

    # -- numbers --------------------------------------------------------------------------------

    def add_numbers(self, account: str, numbers: Iterable[str], **facts: Any) -> int:
        """Give an API key's account numbers (E.164), or change those that it has; however many. How many.

        `facts`: `tags`, `profile` (false: not set up for texts), `sms` (false: cannot text), `country`, `status`.
        """
        given, added = list(numbers), 0
        for start in range(0, len(given), 5000):
            order = {"account": account_of(account), "numbers": given[start : start + 5000], **facts}
            added += self.control("numbers", json=order)["added"]
        return added

    def numbers(
        self, *, account: str = "", tag: str = "", number: str = "", campaign: str = ""
    ) -> list[dict[str, Any]]:
        """Numbers in their order, each with its campaign and its assignment (the vendor's word, None: on none)."""
        found: list[dict[str, Any]] = self.control(
            "numbers", account=account and account_of(account), tag=tag, number=number, campaign=campaign
        )["numbers"]
        return found

    def number(self, account: str, number: str) -> dict[str, Any]:
        """One number of an API key."""
        (found,) = self.numbers(account=account, number=number)
        return found

    def decide_number(self, account: str, number: str, act: str, **order: Any) -> dict[str, Any]:
        """Do `act` to a number; all of them stand at `numbers_api.decision` of the registry."""
        whole = {"account": account_of(account), "number": number, "act": act, **order}
        return self.control("numbers/decision", json=whole)

    def settle_numbers(self, account: str, campaign: str = "") -> int:
        """Let the mobile carriers answer now what an API key, or one campaign of it, waits for. How many answers."""
        order = {"account": account_of(account), **({"campaign": campaign} if campaign else {})}
        settled: int = self.control("numbers/settle", json=order)["settled"]
        return settled

    def put_number(self, account: str, number: str, campaign: str) -> dict[str, Any]:
        """Put a number on a campaign as somebody does elsewhere: at once, and told to nobody."""
        return self.decide_number(account, number, "put", campaign=campaign)

    def take_number(self, account: str, number: str) -> dict[str, Any]:
        """Take a number off its campaign as somebody does elsewhere."""
        return self.decide_number(account, number, "take")

    def limit_numbers(self, campaign_id: str, most: int | None = 49) -> dict[str, Any]:
        """How many numbers the mobile carriers take for a campaign (None: all; a number pool ends the limit)."""
        return self.decide_campaign(campaign_id, "limit", most=most)
