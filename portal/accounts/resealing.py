"""Sealing the secrets of second factors anew, after MFA_KEYS got a new first key."""

from __future__ import annotations

from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from portal.accounts.second_factors import sealer
from portal.lib.sealing import CannotOpen

# Where allauth keeps what it asked us to seal, by kind of factor.
_SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


@dataclass(slots=True)
class Resealed:
    """What a run found: rows, those sealed anew, and the ids of those that no key opens."""

    seen: int = 0
    renewed: int = 0
    shut: list[int] = field(default_factory=list)


def reseal_all(*, check: bool = False) -> Resealed:
    """Seal each secret with the first of MFA_KEYS, one row per transaction; `check` only counts.

    Idempotent: what has the newest key is left alone. A code that is being used meanwhile is waited for.
    """
    found = Resealed()
    keys = sealer(tuple(settings.MFA_KEYS))
    rows = Authenticator.objects.filter(type__in=_SEALED).order_by("pk").values_list("pk", flat=True)
    for pk in list(rows):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            found.seen += 1
            name = _SEALED[Authenticator.Type(row.type)]
            try:
                if keys.is_current(row.data[name]):
                    continue
                row.data[name] = keys.reseal(row.data[name])
            except CannotOpen:
                found.shut.append(pk)
                continue
            found.renewed += 1
            if not check:
                row.save(update_fields=["data"])
    return found
