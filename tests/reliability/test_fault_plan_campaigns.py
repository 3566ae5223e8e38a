"""The fault plan with campaigns: the same faults of the registry on the writes and readings of a campaign."""

from __future__ import annotations

import time

import pytest

from campaigns import states
from campaigns.models import Campaign
from portal.notifications.models import Notification
from tests.factories import submitted_campaign
from tests.lifecycle.moments import work
from tests.reliability import campaign_kinds as kinds
from tests.reliability.test_fault_plan import (
    FILED,
    Case,
    believed_at_the_second_time,
    fault,
    not_believed,
    nothing_more,
    preset,
    refused,
    sent_once,
    shown_as_unknown,
)
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow]
ONLY = {"match": {"resource": "campaign"}}
SEVERAL = {
    "code": "10015",
    "title": "Bad Request",
    "detail": "The samples are alike. The message flow is empty.",
    "source": {"pointer": "/sample1"},
}


def refused_in_a_field(world: World, campaign: Campaign) -> None:
    """The reason names our field."""
    refused(world, campaign)
    assert [reason["fields"] for reason in world.fresh(campaign).reasons] == [["samples"]]


def told_each_word_once(world: World, campaign: Campaign) -> None:
    """Every change is in the log once (invariant 6), the last word stands, and nobody was told twice (7)."""
    sent_once(world, campaign)
    assert world.fresh(campaign).status == states.ACTIVE


FILED_CAMPAIGNS = {name: case for name, case in FILED.items() if name != "F10"} | {
    "F10": Case(
        "400 with an error in a field",
        (fault("status", phase="P2", status=400, body=SEVERAL, **ONLY),),
        refused_in_a_field,
    )
}
READ_CAMPAIGNS = {
    "F12": Case(
        "404 on what exists, twice",
        (fault("status", "read", 2, phase="P2", status=404, **ONLY),),
        believed_at_the_second_time,
    ),
    "F12-once": Case(
        "404 on what exists, once",
        (fault("status", "read", phase="P2", status=404, **ONLY),),
        not_believed,
    ),
    "F16-networks": Case(
        "what the mobile carriers say is a page of HTML",
        (fault("body", "read", 2, kind="html", match={"resource": "network"}),),
        sent_once,
    ),
    "F22": Case("the status flips to and fro", (preset("F22-campaign"),), told_each_word_once),
    "F23": Case("back to review", (preset("F23-campaign"),), told_each_word_once),
    "F44": Case("fields that nobody knows, and one is missing", (preset("F44"),), sent_once),
}


@pytest.mark.parametrize("name", FILED_CAMPAIGNS)
def test_a_filing_of_a_campaign_under_a_fault_ends_as_the_plan_says(world: World, name: str) -> None:
    case = FILED_CAMPAIGNS[name]
    brand = kinds.brand_of(world)
    for order in case.faults:
        world.registry.fault(account=world.key, **order)
    campaign = submitted_campaign(world.owner(brand), brand)
    work(world.later)
    time.sleep(case.wait)
    for _minute in range(30):
        world.pass_(minutes=1)
        work(world.later)
    world.registry.faults_off(world.key)
    world.settle()
    world.sweep()
    (case.holds if case.holds is not nothing_more else alive)(world, campaign)
    world.assert_sound(resent={"*"} if case.resent else (), decided=True)


def alive(world: World, campaign: Campaign) -> None:
    """It came through, however often it was asked for."""
    assert world.fresh(campaign).status == states.ACTIVE


@pytest.mark.parametrize("name", READ_CAMPAIGNS)
def test_a_reading_of_a_campaign_under_a_fault_ends_as_the_plan_says(world: World, name: str) -> None:
    case = READ_CAMPAIGNS[name]
    campaign = kinds.register(world)
    world.settle()
    world.registry.approve_campaign(kinds.reference_of(world, campaign))
    if name == "F23":
        world.pass_(hours=5)
        work(world.later)
    for order in case.faults:
        world.registry.fault(account=world.key, **order)
    for _time in range(10):
        world.pass_(hours=5)
        work(world.later)
    for _time in range(3):
        world.pass_(days=2)
        work(world.later)
    world.sweep()
    case.holds(world, campaign)
    world.assert_sound(decided=True)


def test_a_word_that_nobody_knows_is_shown_said_once_and_no_verdict(world: World) -> None:
    """F16: the word stands until the registry says another."""
    campaign = kinds.register(world)
    world.settle()
    world.registry.decide_campaign(kinds.reference_of(world, campaign), "say", word="PONDERING")
    for _time in range(3):
        world.pass_(hours=5)
        work(world.later)
    campaign = world.fresh(campaign)
    assert campaign.odd_word.startswith("PONDERING")
    assert campaign.status == states.REGISTRY
    world.registry.approve_campaign(kinds.reference_of(world, campaign))
    world.sweep()
    shown_as_unknown(world, campaign)
    world.assert_sound(decided=True)


def test_an_end_that_comes_earlier_than_we_computed_is_the_carriers_to_say(world: World) -> None:
    """F36: shown and told, and submitted again it is a new registration."""
    campaign = kinds.active(world)
    with world.owner(campaign).acting():
        ours = campaign.registration()
    assert ours is not None
    world.registry.decide_campaign(ours.reference, "expire")
    world.pass_(days=2)
    work(world.later)
    campaign = world.fresh(campaign)
    assert campaign.status == states.EXPIRED
    with world.owner(campaign).acting():
        kept = campaign.registration()
        assert kept is not None
        assert kept.ended_at is not None
        assert kept.ended_at < ours.ends_at
        told = Notification.objects.filter(object_id=campaign.pk, state=states.EXPIRED)
        assert told.count() == 1
    world.assert_sound(decided=True)
