"""Every purpose of a submission about a brand: how one comes about, and what must be true when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brands import confirming, contacting, deleting, passwords, resubmitting, states
from brands.models import Brand
from portal import clock
from tests.factories import ALONE, PUBLIC, unique_name
from tests.lifecycle.moments import work
from tests.reliability.worlds import World


def register(world: World) -> Brand:
    """A brand that was just submitted."""
    return world.submit()[0]


def rejected(world: World) -> Brand:
    """A brand that the registry did not verify."""
    brand = _registered(world)
    world.registry.reject(brand.reference, "TAX_ID", "EIN and name do not match.", ["ein"])
    return _read(world, brand, states.REJECTED)


def update(world: World) -> Brand:
    """A rejected brand, corrected and filed as the next version; a review follows by itself."""
    brand = rejected(world)
    with world.owner(brand).acting():
        brand.save_answers({"city": "Tacoma"}, times=world.later())
        resubmitting.resubmit(brand, by=world.owner(brand).actor, times=world.later())
    return brand


def delete(world: World) -> Brand:
    """A verified brand that somebody wants deleted."""
    brand = _registered(world)
    world.registry.approve(brand.reference)
    brand = _read(world, brand, states.VERIFIED)
    with world.owner(brand).acting():
        deleting.ask_deletion(brand, by=world.owner(brand).actor, times=world.later())
    return brand


def to_confirm(world: World) -> Brand:
    """A listed company whose contact has not followed the link."""
    brand = _proving(world, states.CONFIRM, **PUBLIC)
    world.pass_(hours=1)
    return brand


def confirm_mail(world: World) -> Brand:
    """The registry shall mail the contact again."""
    brand = to_confirm(world)
    with world.owner(brand).acting():
        confirming.ask_again(brand, by=world.owner(brand).actor, times=world.later())
    return brand


def contact(world: World) -> Brand:
    """The contact of a listed company has another address."""
    brand = to_confirm(world)
    with world.owner(brand).acting():
        contacting.change(brand, "bea@acme.example", by=world.owner(brand).actor, times=world.later())
    return brand


def send_password(world: World) -> Brand:
    """A sole proprietor shall get a one-time password."""
    name = unique_name("Osei").removesuffix(" LLC")
    brand = _proving(world, states.PASSWORD, **{**ALONE, "display_name": name})
    with world.owner(brand).acting():
        passwords.ask_for(brand, by=world.owner(brand).actor, times=world.later())
    return brand


def check_password(world: World) -> Brand:
    """A sole proprietor has typed the digits."""
    brand = send_password(world)
    world.settle()
    digits = world.registry.pin(brand.reference)
    with world.owner(brand).acting():
        passwords.enter(brand, digits, by=world.owner(brand).actor, times=world.later())
    return brand


def cancel_twin(world: World) -> Brand:
    """The lists lagged behind for longer than the quarantine, and the sweep found both."""
    world.registry.fault("status", account=world.key, verb="create", phase="P3", status=500)
    world.registry.fault("stale", account=world.key, verb="list", times=2, seconds=3600)
    brand = register(world)
    world.settle()
    assert world.registry.invariants(world.key)["duplicates"]
    world.sweep_lists()
    return brand


def _registered(world: World) -> Brand:
    (brand,) = world.submit()
    world.settle()
    return world.fresh(brand)


def _read(world: World, brand: Brand, status: str) -> Brand:
    world.pass_(minutes=5)
    work(world.later)
    brand = world.fresh(brand)
    assert brand.status == status, brand.status
    return brand


def _proving(world: World, status: str, **answers: Any) -> Brand:
    """Both clocks go on, because the registry asks for a proof only after it has looked."""
    clock.follow_practice()
    answers.setdefault("legal_name", unique_name())
    (brand,) = world.submit(**answers)
    world.settle()
    world.registry.advance(seconds=130)
    clock.follow_practice()
    return _read(world, brand, status)


# --- what must be true at the end -----------------------------------------------------------------


def ended_once(purpose: str) -> Callable[[World, Any], None]:
    """Asked for once, and over: done or refused."""

    def holds(world: World, subject: Any) -> None:
        asked = world.look().of(subject.pk, purpose)
        assert len(asked) == 1
        assert asked[0]["state"] in ("confirmed", "refused")

    return holds


def reviewed_once(world: World, brand: Brand) -> None:
    """A review costs money: the registry has counted one at most, and the brand has not got stuck."""
    ended_once("review")(world, brand)
    (there,) = world.registry.brands(account=world.key)
    assert there["revets"] <= 1
    assert world.fresh(brand).status in (states.VERIFIED, states.REJECTED)


def deleted(world: World, brand: Brand) -> None:
    """Gone on both sides, or refused and alive on both."""
    ended_once("delete")(world, brand)
    (there,) = world.registry.brands(account=world.key)
    gone = world.fresh(brand).status == states.DELETED
    assert gone == (there["deleted_at"] is not None)


def one_is_left(world: World, brand: Brand) -> None:
    """Exactly one of the two lives, and it is the one that we go by."""
    ended_once("cancel-twin")(world, brand)
    living = [row["id"] for row in world.registry.brands(account=world.key) if not row["deleted_at"]]
    assert living == [world.fresh(brand).reference]


@dataclass(frozen=True)
class Kind:
    """One purpose: how it comes about, and what must hold at its end.

    `verb` is what the registry calls its write. `passes`: by the loop's straight points another purpose comes
    first, so many times less one. `never`: points that it cannot come by, for the reason in `because`. `resent`:
    a second create is what it is about.
    """

    start: Callable[[World], Any]
    holds: Callable[[World, Any], None]
    of: str = "brand"
    # What it is called in code; "" for the name under which it stands here.
    purpose: str = ""
    verb: str = "write"
    passes: int = 1
    never: tuple[str, ...] = ()
    because: str = ""
    resent: bool = False


KINDS = {
    "register": Kind(
        register,
        ended_once("register"),
        verb="create",
        never=("gone",),
        because="a create looks nothing up, so 404 speaks about the address and not about a brand",
    ),
    "update": Kind(update, ended_once("update"), verb="update"),
    "review": Kind(update, reviewed_once, verb="revet", passes=2),
    "delete": Kind(
        delete, deleted, verb="delete", never=("gone",), because="what is not there counts as deleted"
    ),
    "confirm-mail": Kind(confirm_mail, ended_once("confirm-mail")),
    "contact": Kind(contact, ended_once("contact"), verb="update"),
    "send-password": Kind(send_password, ended_once("send-password")),
    "check-password": Kind(
        check_password,
        ended_once("check-password"),
        never=("open", "searching", "not-found"),
        because="without an answer it ends at once: a person is better off typing the digits again",
    ),
    "cancel-twin": Kind(
        cancel_twin,
        one_is_left,
        verb="delete",
        never=("gone",),
        because="what is not there is cancelled",
        resent=True,
    ),
}
