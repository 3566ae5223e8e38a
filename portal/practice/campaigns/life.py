"""The life of a campaign as a fold: steps in, its standing at a moment out. Pure; all moments are business time.

A step is something that happened or will happen at a moment, written down in advance where it comes by itself, so
no process has to wake up for it. Renewal and expiry are no steps: they follow from the day of activation, the
flag `autoRenewal` as it stood at the end of the period, and arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.practice.campaigns.months import PERIOD, months_after
from portal.practice.campaigns.networks import REVIEW

Step = dict[str, Any]

# Acts that are verdicts: silence holds those back that come by themselves.
VERDICTS = frozenset(
    {
        *("registry_accepted", "registry_failed", "provider_accepted", "provider_rejected", "carrier"),
        *("carriers_rejected", "provisioned", "provisioning_failed", "odd", "suspended", "dormant", "term"),
    }
)
_WORDS = {
    "filed": "TCR_PENDING",
    "registry_accepted": "TCR_ACCEPTED",
    "registry_failed": "TCR_FAILED",
    "provider_accepted": "MNO_PENDING",
    "provider_rejected": "TELNYX_FAILED",
    "carriers_rejected": "MNO_REJECTED",
    "provisioned": "MNO_PROVISIONED",
    "provisioning_failed": "MNO_PROVISIONING_FAILED",
    "appealed": "TCR_ACCEPTED",
    "expired": "TCR_EXPIRED",
    "deactivated": "TCR_EXPIRED",
}
APPEALABLE = frozenset({"TELNYX_FAILED", "MNO_REJECTED"})


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that has happened: `act` as in the steps, or renewed, expired or renewal_failed by arithmetic."""

    at: datetime
    act: str
    step: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Standing:
    """What a campaign is at a moment. `word` is the vendor's campaignStatus.

    `networks` is one word per carrier id, empty before the carriers have it. `renewal` says what a renewal will
    meet: "ok", "refused", or "late" by `renewal_late`. `billed` are the moments at which a period was paid.
    """

    word: str = "TCR_PENDING"
    renews: bool = True
    networks: dict[str, str] = field(default_factory=dict)
    network_reasons: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    reasons: list[dict[str, str]] = field(default_factory=list)
    activated_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    removed_at: datetime | None = None
    suspended: bool = False
    dormant: bool = False
    odd: str = ""
    renewal: str = "ok"
    renewal_late: timedelta = timedelta(0)
    billed: list[datetime] = field(default_factory=list)
    appeals: int = 0
    happened: list[Happening] = field(default_factory=list)
    # The first day of the present counting, and how many periods of it are paid.
    anchor: datetime | None = None
    paid: int = 0
    clock: datetime | None = None

    @property
    def status(self) -> str:
        """campaignStatus as it is answered."""
        if self.ended_at is not None:
            return "TCR_EXPIRED"
        return self.odd or ("TCR_SUSPENDED" if self.suspended else self.word)

    @property
    def is_active(self) -> bool:
        """Does it count against its brand: taken by the registry, and not ended?"""
        return self.ended_at is None and self.removed_at is None and self.word != "TCR_FAILED"


def standing_at(steps: Iterable[Step], at: datetime, silent_since: datetime | None = None) -> Standing:
    """What a campaign with these steps is at `at`; with `silent_since`, verdicts from then on are unheard."""
    now = Standing()
    for step in sorted(steps, key=lambda one: one["at"]):
        moment = moment_of(step)
        if moment > at:
            break
        if is_held(step, silent_since):
            continue
        _renew(now, moment)
        if now.removed_at is None and (now.ended_at is None or step["act"] == "removed"):
            _apply(now, step, moment)
        now.clock = moment
    _renew(now, at)
    return now


def next_after(
    steps: Iterable[Step], now: Standing, at: datetime, silent_since: datetime | None
) -> datetime | None:
    """The next moment at which something happens by itself, or None when nothing ever will."""
    if now.removed_at is not None:
        return None
    if now.ended_at is not None:
        return None
    found = [moment_of(step) for step in steps if not is_held(step, silent_since)]
    if now.ends_at is not None:
        late = now.renewal_late if now.renewal == "late" and now.renews else timedelta(0)
        found.append(now.ends_at + late)
    return min((moment for moment in found if moment > at), default=None)


def moment_of(step: Mapping[str, Any]) -> datetime:
    """When a step happens."""
    return datetime.fromisoformat(step["at"])


def is_held(step: Mapping[str, Any], silent_since: datetime | None) -> bool:
    """Does silence hold the step back? One given by hand is always heard."""
    if silent_since is None or step.get("hand") or step["act"] not in VERDICTS:
        return False
    return moment_of(step) >= silent_since


def _renew(now: Standing, until: datetime) -> None:
    """Let the periods that end up to `until` end: paid for, or the campaign with them."""
    while now.ends_at is not None and now.ended_at is None and now.removed_at is None:
        due = now.ends_at
        if due > until:
            return
        if not now.renews or now.renewal == "refused":
            if now.renews:
                now.happened.append(Happening(due, "renewal_failed"))
            now.happened.append(Happening(due, "expired"))
            now.ended_at, now.word = due, "TCR_EXPIRED"
            return
        paid_at = due + now.renewal_late if now.renewal == "late" else due
        # Never earlier than what has been seen: trouble that ended only now is paid for now.
        paid_at = max(paid_at, now.clock or paid_at)
        if paid_at > until:
            return
        _bill(now, paid_at)


def _bill(now: Standing, at: datetime) -> None:
    now.paid += 1
    now.ends_at = months_after(now.anchor, PERIOD * now.paid) if now.anchor else None
    now.billed.append(at)
    now.happened.append(Happening(at, "renewed"))


def _apply(now: Standing, step: Step, at: datetime) -> None:
    act = step["act"]
    now.happened.append(Happening(at, act, step))
    if act in _WORDS:
        now.word, now.odd = _WORDS[act], ""
        now.reasons = list(step.get("reasons", ()))
    change = _CHANGES.get(act)
    if change is not None:
        change(now, step, at)


def _to_carriers(now: Standing, step: Step, at: datetime) -> None:
    now.networks, now.network_reasons = dict.fromkeys(step["networks"], REVIEW), {}


def _carrier(now: Standing, step: Step, at: datetime) -> None:
    now.networks[step["network"]] = step["word"]
    now.network_reasons[step["network"]] = list(step.get("reasons", ()))


def _activate(now: Standing, step: Step, at: datetime) -> None:
    """The first approval begins the first period; a later one begins nothing anew."""
    if now.activated_at is not None:
        return
    now.activated_at = now.anchor = at
    now.billed.append(at)
    now.paid = 1
    now.ends_at = months_after(at, PERIOD)


def _appeal(now: Standing, step: Step, at: datetime) -> None:
    now.networks, now.network_reasons = {}, {}
    now.appeals += 1


def _term(now: Standing, step: Step, at: datetime) -> None:
    """A date of the registry's own: the counting begins anew from it."""
    now.ends_at = now.anchor = datetime.fromisoformat(step["ends"])
    now.paid = 0


def _renewal(now: Standing, step: Step, at: datetime) -> None:
    now.renewal, now.renewal_late = step["mode"], timedelta(days=step.get("days", 0))


def _setting(name: str, value: Any) -> Callable[[Standing, Step, datetime], None]:
    return lambda now, step, at: setattr(now, name, value)


def _flag(now: Standing, step: Step, at: datetime) -> None:
    now.renews = bool(step["renews"])


def _odd(now: Standing, step: Step, at: datetime) -> None:
    now.odd = step["word"]


def _end(now: Standing, step: Step, at: datetime) -> None:
    now.ended_at = at


def _remove(now: Standing, step: Step, at: datetime) -> None:
    now.removed_at = at


_CHANGES: dict[str, Callable[[Standing, Step, datetime], None]] = {
    "filed": _flag,
    "flag": _flag,
    "provider_accepted": _to_carriers,
    "carrier": _carrier,
    "provisioned": _activate,
    "appealed": _appeal,
    "suspended": _setting("suspended", True),
    "unsuspended": _setting("suspended", False),
    "dormant": _setting("dormant", True),
    "woken": _setting("dormant", False),
    "odd": _odd,
    "term": _term,
    "renewal": _renewal,
    "expired": _end,
    "deactivated": _end,
    "removed": _remove,
}
