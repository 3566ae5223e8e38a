"""Switching faults on and off: orders are read with care, because a misread fault proves nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.practice.clock import Moment
from portal.practice.faults.catalogue import EFFECTS, BadValue, number, values_of, whole
from portal.practice.faults.presets import PRESETS
from portal.practice.models import Fault, Registry
from portal.practice.wire import keepable

VERBS = ("create", "read", "list", "search", "update", "delete", "revet", "appeal", "write", "webhook")
RESOURCES = (
    *("brand", "feedback", "vetting", "two_factor", "otp", "campaign", "network", "usecase"),
    *("number", "inventory"),
)
EVERYBODY = "*"

_ORDER = ("account", "name", "match", "phase", "effect", "values", "times", "seconds", "preset")
_MATCH = ("verb", "resource", "nth", "prob", "key", "brand", "campaign", "type")


class BadFault(ValueError):
    """The fault cannot be switched on; the text says why."""


@transaction.atomic
def switch_on(order: Mapping[str, Any], moment: Moment) -> list[Fault]:
    """Switch on one fault, or all of a preset, for an account. Raises BadFault; then nothing is on.

    `order` has `account` (a fingerprint, or "*" for all), and either `preset` or `effect` with `phase`,
    `values`, `match`, `times` (null: always), `seconds` (how long it lasts, null: until removed) and `name`.
    """
    if set(order) - set(_ORDER):
        raise BadFault(_("A fault knows only %(names)s.") % {"names": ", ".join(_ORDER)})
    account = _account(order.get("account"))
    preset = order.get("preset")
    if preset is None:
        return [_row(account, order, str(order.get("name") or ""), moment)]
    if preset not in PRESETS:
        raise BadFault(_("There is no preset of that name."))
    own = {name: order[name] for name in ("times", "seconds") if order.get(name) is not None}
    match = order.get("match") or {}
    return [
        _row(account, {**one, **own, "match": {**one["match"], **match}}, preset, moment)
        for one in PRESETS[preset].faults
    ]


def active(account: str | None = None) -> list[Fault]:
    """The faults that are on, in the order in which they are tried; of one account, or of all."""
    rows = Fault.objects.filter(removed_at=None).order_by("id")
    return list(rows if account is None else rows.filter(account="" if account == EVERYBODY else account))


def switch_off(moment: Moment, *, fault_id: int | None = None, account: str | None = None) -> int:
    """Remove one fault, all of an account ("*": those for everybody), or all. How many were on."""
    rows = Fault.objects.filter(removed_at=None)
    if fault_id is not None:
        rows = rows.filter(pk=fault_id)
    if account is not None:
        rows = rows.filter(account="" if account == EVERYBODY else account)
    return rows.update(removed_at=moment.machine)


def _row(account: str, order: Mapping[str, Any], name: str, moment: Moment) -> Fault:
    effect = EFFECTS.get(str(order.get("effect")))
    if effect is None:
        raise BadFault(_("effect must be one of %(names)s.") % {"names": ", ".join(EFFECTS)})
    phase = order.get("phase") or effect.phases[0]
    if phase not in effect.phases:
        raise BadFault(
            _("%(effect)s strikes in %(phases)s.")
            % {"effect": effect.name, "phases": ", ".join(effect.phases)}
        )
    try:
        values = values_of(effect, _mapping(order.get("values")))
        match = _match(_mapping(order.get("match")), phase)
        times = None if order.get("times") is None else whole(1, 10**6)(order["times"])
        lasts = None if order.get("seconds") is None else number(0.1, 10**6)(order["seconds"])
    except BadValue as problem:
        raise BadFault(str(problem)) from problem
    if effect.verbs and match.get("verb") not in (
        *effect.verbs,
        *(("search",) if "list" in effect.verbs else ()),
    ):
        raise BadFault(
            _("%(effect)s can only be put on %(verbs)s.")
            % {"effect": effect.name, "verbs": ", ".join(effect.verbs)}
        )
    # Numbers are given out one after the other, also to two orders at once.
    Registry.objects.select_for_update().filter(pk=1).first()
    last = Fault.objects.filter(account=account).aggregate(last=Max("number"))["last"] or 0
    return Fault.objects.create(
        account=account,
        number=last + 1,
        name=name[:20],
        match=match,
        phase=phase,
        effect=effect.name,
        values=values,
        times=times,
        ends_at=None if lasts is None else moment.machine + timedelta(seconds=lasts),
    )


def _account(given: Any) -> str:
    if given == EVERYBODY:
        return ""
    if not isinstance(given, str) or len(given) != 16 or not keepable(given):
        raise BadFault(_("account must be a fingerprint, or * for everybody."))
    return given


def _mapping(given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadValue("match and values must be objects")
    return given


def _match(given: Mapping[str, Any], phase: str) -> dict[str, Any]:
    if set(given) - set(_MATCH):
        raise BadValue(f"match knows only {', '.join(_MATCH)}")
    found = {name: value for name, value in given.items() if value is not None}
    if phase == "P5":
        found.setdefault("verb", "webhook")
    if found.get("verb", "create") not in VERBS:
        raise BadValue(f"verb must be one of {', '.join(VERBS)}")
    if (found.get("verb") == "webhook") != (phase == "P5"):
        raise BadValue("webhooks are hit in P5, and nothing else is")
    if found.get("resource", "brand") not in RESOURCES:
        raise BadValue(f"resource must be one of {', '.join(RESOURCES)}")
    if "prob" in found:
        number(0, 1)(found["prob"])
    if "nth" in found:
        several = found["nth"] if isinstance(found["nth"], list) else [found["nth"]]
        found["nth"] = [whole(1, 10**6)(one) for one in several]
    for name in ("key", "type"):
        if name in found and not (isinstance(found[name], str) and keepable(found[name])):
            raise BadValue(f"{name} must be text")
    for name in ("brand", "campaign"):
        try:
            found |= {name: str(uuid.UUID(str(found[name])))} if name in found else {}
        except ValueError as problem:
            raise BadValue(f"{name} must be an id") from problem
    return found
