"""Every purpose of a submission about a campaign: how one comes about, and what must be true when it has ended."""

from __future__ import annotations

from typing import Any

import httpx

from brands import states as brand_states
from brands.models import Brand
from campaigns import appealing, deleting, renewing, resubmitting, states
from campaigns.models import Campaign
from campaigns.resubmitting import correct
from tests.factories import submitted_campaign, unique_name
from tests.lifecycle.moments import work
from tests.reliability.kinds import Kind, ended_once
from tests.reliability.worlds import World

SAMPLES = [
    "Acme Plumbing: your plumber comes on Monday at 8 AM. Reply YES to confirm it. Reply STOP to opt out.",
    "Acme Plumbing: your repair is done. An agent will follow up on your ticket. Reply STOP to opt out.",
]
REASON = "The privacy policy at https://www.acme.example/privacy says now that numbers are not shared."


def brand_of(world: World) -> Brand:
    """A verified brand of the first organization."""
    (brand,) = world.submit(legal_name=unique_name())
    world.settle()
    world.registry.approve(world.fresh(brand).reference)
    world.pass_(minutes=5)
    work(world.later)
    brand = world.fresh(brand)
    assert brand.status == brand_states.VERIFIED
    return brand


def register(world: World, **answers: Any) -> Campaign:
    """A campaign that was just submitted."""
    brand = brand_of(world)
    return submitted_campaign(world.owner(brand), brand, **answers)


def reference_of(world: World, campaign: Campaign) -> str:
    """What stands for it at the carrier now."""
    with world.owner(campaign).acting():
        registration = campaign.registration()
    assert registration is not None
    return registration.reference


def active(world: World) -> Campaign:
    """A campaign that everybody approved."""
    campaign = register(world)
    world.settle()
    world.registry.approve_campaign(reference_of(world, campaign))
    return _read(world, campaign, states.ACTIVE)


def rejected(world: World) -> Campaign:
    """A campaign that the provider's reviewers returned."""
    campaign = register(world)
    world.settle()
    world.registry.reject_campaign(reference_of(world, campaign), stage="provider", code="803", text="No.")
    return _read(world, campaign, states.REJECTED)


def expired(world: World) -> Campaign:
    """A campaign whose period is past."""
    campaign = active(world)
    world.registry.decide_campaign(reference_of(world, campaign), "expire")
    return _read(world, campaign, states.EXPIRED, days=2)


def resubmitted(world: World) -> Campaign:
    """An expired campaign, submitted again."""
    campaign = expired(world)
    with world.owner(campaign).acting():
        resubmitting.resubmit(campaign, by=world.owner(campaign).actor, times=world.later())
    return campaign


def update(world: World) -> Campaign:
    """A rejected campaign, corrected and filed as the next version; an appeal follows by itself."""
    campaign = rejected(world)
    with world.owner(campaign).acting():
        campaign.save_answers({"samples": SAMPLES}, times=world.later())
        correct(campaign, by=world.owner(campaign).actor, times=world.later())
    return campaign


def appeal(world: World) -> Campaign:
    """A rejected campaign, appealed as it is."""
    campaign = rejected(world)
    with world.owner(campaign).acting():
        appealing.ask(campaign, REASON, by=world.owner(campaign).actor, times=world.later())
    return campaign


def delete(world: World) -> Campaign:
    """An active campaign that somebody wants deleted, and the time to undo it is over."""
    campaign = active(world)
    with world.owner(campaign).acting():
        deleting.ask_deletion(campaign, by=world.owner(campaign).actor, times=world.later())
    world.pass_(minutes=2)
    return campaign


def auto_renewal(world: World) -> Campaign:
    """An active campaign whose owner wants it renewed by itself from now on."""
    campaign = active(world)
    with world.owner(campaign).acting():
        renewing.switch(campaign, renews=True, by=world.owner(campaign).actor, times=world.later())
    return campaign


def cancel_twin(world: World) -> Campaign:
    """There are two of one campaign, and the sweep found both."""
    campaign = active(world)
    plant_twin(world, reference_of(world, campaign))
    world.sweep_lists()
    return campaign


def plant_twin(world: World, reference: str) -> str:
    """File what stands under `reference` once more, with its address and without its reference; the twin's id.

    A carrier that takes each reference once makes no twins by itself.
    """
    body = {
        name: value
        for name, value in world.registry.campaign(reference)["filed"].items()
        if name != "referenceId" and value is not None
    }
    answer = httpx.post(
        f"{world.registry.url}/v2/10dlc/campaignBuilder",
        json=body,
        headers={"Authorization": f"Bearer {world.key}"},
    )
    assert answer.status_code == 200, answer.text
    twin: str = answer.json()["campaignId"]
    return twin


def _read(world: World, campaign: Campaign, status: str, **span: float) -> Campaign:
    world.pass_(**(span or {"hours": 1}))
    work(world.later)
    campaign = world.fresh(campaign)
    assert campaign.status == status, campaign.status
    return campaign


# --- what must be true at the end -----------------------------------------------------------------


def registered_twice(world: World, campaign: Any) -> None:
    """Two registrations behind one campaign, the second one alive; or refused, and expired as before."""
    asked = world.look().of(campaign.pk, "register")
    assert [row["state"] for row in asked[:1]] == ["confirmed"]
    assert len(asked) == 2
    kept = [row for row in world.look().registrations if row["campaign_id"] == campaign.pk]
    if asked[1]["state"] == "refused":
        assert len(kept) == 1
        assert world.fresh(campaign).status == states.EXPIRED
    else:
        assert len(kept) == 2
        assert world.fresh(campaign).status == states.ACTIVE


def heard_once(world: World, campaign: Any) -> None:
    """An appeal may cost money: heard once at most, and the campaign has not got stuck."""
    ended_once("appeal")(world, campaign)
    (there,) = world.registry.campaigns(account=world.key)
    assert there["appeals"] <= 1
    assert world.fresh(campaign).status in (states.ACTIVE, states.REJECTED)


def agreed(world: World, campaign: Any) -> None:
    """The carrier's flag is the choice, or it was refused and is the former one."""
    asked = world.look().of(campaign.pk, "auto-renewal")
    assert asked
    assert {row["state"] for row in asked} <= {"confirmed", "refused"}
    (there,) = world.registry.campaigns(account=world.key)
    assert there["renews"] == (asked[-1]["state"] == "confirmed")


def deleted(world: World, campaign: Any) -> None:
    """Gone on both sides, or refused and alive on both."""
    ended_once("delete")(world, campaign)
    (there,) = world.registry.campaigns(account=world.key)
    gone = world.fresh(campaign).status == states.DELETED
    assert gone == (there["ended_at"] is not None)


def one_is_left(world: World, campaign: Any) -> None:
    """Exactly one of the two lives, and it is the one that we go by."""
    ended_once("cancel-twin")(world, campaign)
    living = [row["id"] for row in world.registry.campaigns(account=world.key) if not row["ended_at"]]
    assert living == [reference_of(world, world.fresh(campaign))]


CAMPAIGN_KINDS = {
    "campaign-register": Kind(
        register,
        ended_once("register"),
        of="campaign",
        purpose="register",
        verb="create",
        never=("gone",),
        because="a create looks nothing up but its brand, and where that is gone it waits",
    ),
    "campaign-resubmit": Kind(
        resubmitted,
        registered_twice,
        of="campaign",
        purpose="register",
        verb="create",
        never=("gone",),
        because="a create looks nothing up but its brand, and where that is gone it waits",
    ),
    "campaign-update": Kind(update, ended_once("update"), of="campaign", purpose="update", verb="update"),
    "campaign-appeal-of-a-correction": Kind(
        update, heard_once, of="campaign", purpose="appeal", verb="appeal", passes=2
    ),
    "campaign-appeal": Kind(appeal, heard_once, of="campaign", purpose="appeal", verb="appeal"),
    "campaign-auto-renewal": Kind(auto_renewal, agreed, of="campaign", purpose="auto-renewal", verb="update"),
    "campaign-delete": Kind(
        delete,
        deleted,
        of="campaign",
        purpose="delete",
        verb="delete",
        never=("gone",),
        because="what is not there counts as deleted",
    ),
    "campaign-cancel-twin": Kind(
        cancel_twin,
        one_is_left,
        of="campaign",
        purpose="cancel-twin",
        verb="delete",
        never=("gone",),
        because="what is not there is cancelled",
        resent=True,
    ),
}
