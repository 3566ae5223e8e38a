"""Every purpose of a submission about a number: how one comes about, and what must be true when it has ended."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from campaigns.models import Campaign
from phone_numbers.assigning import assign as order_on
from phone_numbers.models import Assignment, Number
from phone_numbers.unassigning import unassign as order_off
from tests.campaigns.numbering import numbers_of
from tests.lifecycle.moments import work
from tests.reliability import campaign_kinds
from tests.reliability.kinds import Kind, ended_once
from tests.reliability.worlds import World


def numbers(world: World, campaign: Campaign, count: int, **fields: Any) -> list[Number]:
    """So many of the campaign's organization, known to the registry."""
    made = numbers_of(world.owner(campaign), count, **{"enabled": True, **fields})
    world.registry.add_numbers(world.key, [one.e164 for one in made])
    return made


def ordered(world: World, campaign: Campaign, chosen: list[Number]) -> list[Assignment]:
    """Numbers that somebody has just ordered to be put on a campaign."""
    person = world.owner(campaign)
    with person.acting():
        rows = Number.objects.filter(pk__in=[one.pk for one in chosen])
        order = order_on(campaign, rows, token=uuid4(), by=person.actor, times=world.later())
        return list(Assignment.objects.filter(order=order).order_by("e164"))


def assign(world: World, count: int = 1) -> Assignment:
    """The first of so many that were just ordered."""
    campaign = campaign_kinds.active(world)
    return ordered(world, campaign, numbers(world, campaign, count))[0]


def on(world: World) -> Assignment:
    """One that the carrier has on its campaign."""
    assignment = assign(world)
    world.settle()
    world.registry.settle_numbers(world.key)
    world.pass_(hours=1)
    work(world.later)
    assignment = world.fresh(assignment)
    assert assignment.state == "on", assignment.state
    return assignment


def unassign(world: World) -> Assignment:
    """One that somebody wants taken off, and the time to undo it is over."""
    assignment = on(world)
    person = world.owner(assignment)
    with person.acting():
        rows = Number.objects.filter(pk=assignment.number_id)
        order_off(rows, token=uuid4(), by=person.actor, times=world.later())
    world.pass_(minutes=2)
    return assignment


def is_on(world: World, assignment: Any) -> None:
    """On its campaign, or refused; and the carrier heard of it once."""
    ended_once("assign")(world, assignment)
    refused = world.look().of(assignment.pk, "assign")[0]["state"] == "refused"
    assert world.fresh(assignment).state == ("failed" if refused else "on")


def is_off(world: World, assignment: Any) -> None:
    """Off its campaign, or refused and on it as before."""
    ended_once("unassign")(world, assignment)
    refused = world.look().of(assignment.pk, "unassign")[0]["state"] == "refused"
    assert world.fresh(assignment).state == ("on" if refused else "released")


NUMBER_KINDS = {
    "number-assign": Kind(
        assign,
        is_on,
        of="assignment",
        purpose="assign",
        verb="create",
        never=("gone",),
        because="what is not there, the number or the campaign, is asked for by name before that is believed",
    ),
    "number-unassign": Kind(
        unassign,
        is_off,
        of="assignment",
        purpose="unassign",
        verb="delete",
        never=("gone",),
        because="what is not there counts as taken off",
    ),
}
