"""Find an adapter by name. The only module that names a concrete one."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

from portal.carriers.campaign_policy import CampaignPolicy
from portal.carriers.config import BadCarrierConfig, CarrierConfig
from portal.carriers.contract import Carrier, EventReader
from portal.carriers.number_policy import NumberPolicy
from portal.carriers.policy import CarrierPolicy

__all__ = [
    "Adapter",
    "BadCarrierConfig",
    "CarrierConfig",
    "campaign_policy",
    "events",
    "known",
    "load",
    "number_policy",
    "policy",
]

GROUP = "clearline.carriers"

BUILT_IN = {"telnyx": "portal.carriers.adapters.telnyx:ADAPTER"}


@dataclass(frozen=True, slots=True)
class Adapter:
    """What a package offers under the entry point group `clearline.carriers`.

    `events` reads the carrier's webhooks; None for a carrier that signs none.
    """

    build: Callable[[CarrierConfig], Carrier]
    policy: CarrierPolicy
    campaigns: CampaignPolicy
    numbers: NumberPolicy
    events: EventReader | None = None


def known() -> tuple[str, ...]:
    """The names of every adapter: the built-in ones and those of installed packages, sorted."""
    return tuple(sorted({*BUILT_IN, *(found.name for found in entry_points(group=GROUP))}))


def load(config: CarrierConfig) -> Carrier:
    """The carrier of `config`; nothing is sent yet. Raises BadCarrierConfig."""
    return _adapter(config.name).build(config)


def policy(name: str) -> CarrierPolicy:
    """The dated rules of the carrier `name`. Raises BadCarrierConfig."""
    return _adapter(name).policy


def campaign_policy(name: str) -> CampaignPolicy:
    """The dated rules of the carrier `name` for campaigns. Raises BadCarrierConfig."""
    return _adapter(name).campaigns


def number_policy(name: str) -> NumberPolicy:
    """The dated rules of the carrier `name` for numbers. Raises BadCarrierConfig."""
    return _adapter(name).numbers


def events(name: str) -> EventReader | None:
    """How the webhooks of the carrier `name` are read. Raises BadCarrierConfig."""
    return _adapter(name).events


@functools.cache
def _adapter(name: str) -> Adapter:
    # Kept, since a look through every installed package takes tens of milliseconds.
    installed = [found for found in entry_points(group=GROUP) if found.name == name]
    # A package must not slip itself under the name of an adapter that somebody else configured.
    if len(installed) + (name in BUILT_IN) > 1:
        raise BadCarrierConfig(f"carrier {name!r}: more than one adapter has this name")
    if installed:
        offered = installed[0].load()
    elif name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        offered = getattr(importlib.import_module(module), attribute)
    else:
        raise BadCarrierConfig(f"carrier {name!r} is not known; known are: {', '.join(known())}")
    if not isinstance(offered, Adapter):
        raise BadCarrierConfig(f"carrier {name!r}: its entry point is no portal.carriers.loading.Adapter")
    return offered
