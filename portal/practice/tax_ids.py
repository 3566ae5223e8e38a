"""Tax ids in the registry's own rows: sealed in what was filed, and a placeholder in every text about it.

The registry has to give back what was filed, so the value is kept; but it may be somebody's real one,
and a dump of this database must not show it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from portal.lib.sealing import CannotOpen, Sealer
from portal.lib.tax_ids import replaced

NAME = "ein"
SEALED = "sealed:"
PLACEHOLDER = "(tax id)"


def kept(filed: Mapping[str, Any]) -> dict[str, Any]:
    """What was filed, fit to be stored."""
    tax_id = filed.get(NAME)
    return {**filed, NAME: f"{SEALED}{_sealer().seal(tax_id)}"} if tax_id else dict(filed)


def told(filed: Mapping[str, Any]) -> dict[str, Any]:
    """What was filed, word for word; without the tax id when the key of this registry was changed."""
    value = filed.get(NAME)
    if not isinstance(value, str) or not value.startswith(SEALED):
        return dict(filed)
    try:
        return {**filed, NAME: _sealer().open(value.removeprefix(SEALED))}
    except CannotOpen:
        return {name: one for name, one in filed.items() if name != NAME}


def without(value: Any, filed: Mapping[str, Any]) -> Any:
    """A JSON value with the placeholder wherever it quotes the tax id of `filed`, fit to be stored."""
    tax_id = told(filed).get(NAME)
    return replaced(value, {tax_id: PLACEHOLDER}) if tax_id else value


def quoted(value: Any, filed: Mapping[str, Any]) -> Any:
    """The same with the tax id back in its place, as the registry said it."""
    tax_id = told(filed).get(NAME, "")
    if isinstance(value, str):
        return value.replace(PLACEHOLDER, tax_id)
    if isinstance(value, list):
        return [quoted(one, filed) for one in value]
    if isinstance(value, dict):
        return {name: quoted(one, filed) for name, one in value.items()}
    return value


def _sealer() -> Sealer:
    # The registry's key may be of any length; the sealer wants a long one.
    key = hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()
    return Sealer([key], purpose="practice tax id")
