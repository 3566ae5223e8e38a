"""Dying at every named point, in the middle of every kind of work: another process finishes it, and once only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from portal.lifecycle import handlers
from portal.lifecycle.crashing import POINTS, VARIABLE
from portal.lifecycle.schedule import LEASE
from tests.factories import brand_draft, unique_name
from tests.reliability import number_kinds
from tests.reliability.campaign_kinds import CAMPAIGN_KINDS
from tests.reliability.kinds import KINDS as BRAND_KINDS
from tests.reliability.number_kinds import NUMBER_KINDS
from tests.reliability.running import CHECKOUT
from tests.reliability.settling import STEP, left
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow]

KINDS = {**BRAND_KINDS, **CAMPAIGN_KINDS, **NUMBER_KINDS}
# What the registry calls a thing that is written; a brand is what every path without a name of its own is about.
RESOURCE = {"campaign": "campaign", "assignment": "number"}
# In whose transaction a person submits; all others are in the loop.
SUBMITTING = ("accepting", "accepted")
READING = ("reading", "read", "applied")

# What has to go wrong so that a write comes by a point at all; the others lie on the straight way.
_REFUSED = {
    "errors": [{"code": "10015", "title": "Bad Request", "detail": "No.", "source": {"pointer": "/x"}}]
}
TROUBLE: dict[str, dict[str, object]] = {
    "refused": {"effect": "status", "phase": "P2", "status": 400, "body": _REFUSED},
    "not-taken": {"effect": "status", "phase": "P2", "status": 429},
    "gone": {"effect": "status", "phase": "P2", "status": 404, "times": 2},
    "open": {"effect": "status", "phase": "P3", "status": 500},
    "searching": {"effect": "status", "phase": "P3", "status": 500},
    "not-found": {"effect": "status", "phase": "P2", "status": 503},
}
# What this registry does not offer, and where it is tested with a carrier that does.
OTHER_CARRIER = {("campaign", "renew"): "renewal by call: tests/campaigns/test_renewing.py"}
# The registry made nothing of the first request, and nobody lived to write that down: it is made again.
MADE_AGAIN = ("refused", "not-taken", "not-found", "gone")


def drive_to(world: World, point: str) -> None:
    """Work in processes that die at `point`, with time going by between them, until one has."""
    for _minute in range(10):
        if world.die(point).was_killed:
            return
        world.pass_(seconds=STEP)
    raise AssertionError(f"nobody came by {point!r}")


CASES = [
    (kind, point)
    for kind, work in KINDS.items()
    for point in POINTS
    if point not in (*SUBMITTING, *READING, *work.never)
]


@pytest.mark.parametrize(("kind", "point"), CASES, ids=[f"{kind}-{point}" for kind, point in CASES])
def test_a_process_that_dies_between_two_commits_of_a_write_costs_time_and_nothing_else(
    mortal_world: World, kind: str, point: str
) -> None:
    world = mortal_world
    work = KINDS[kind]
    brand = work.start(world)
    if point in TROUBLE:
        match = {"verb": work.verb} | ({"resource": RESOURCE[work.of]} if work.of in RESOURCE else {})
        world.registry.fault(account=world.key, match=match, **TROUBLE[point])  # type: ignore[arg-type]
        drive_to(world, point)
    else:
        drive_to(world, f"{point}:{work.passes}")
    world.settle()
    world.sweep()
    work.holds(world, brand)
    world.assert_sound(resent={"*"} if work.resent or point in MADE_AGAIN else (), decided=True)


@pytest.mark.parametrize("point", READING)
def test_a_process_that_dies_in_a_reading_costs_time_and_nothing_else(
    mortal_world: World, point: str
) -> None:
    world = mortal_world
    (brand,) = world.submit()
    world.settle()
    (there,) = world.registry.brands(account=world.key)
    world.registry.approve(there["id"])
    drive_to(world, point)
    world.sweep()
    world.assert_sound(decided=True)
    assert world.actions(brand).count("verified") == 1


@pytest.mark.parametrize("point", READING)
def test_a_process_that_dies_in_the_reading_of_a_campaigns_list_costs_time_and_nothing_else(
    mortal_world: World, point: str
) -> None:
    world = mortal_world
    assignment = number_kinds.assign(world, 3)
    world.settle()
    world.registry.settle_numbers(world.key)
    drive_to(world, point)
    world.sweep()
    world.assert_sound(decided=True)
    assert world.fresh(assignment).state == "on"


@pytest.mark.parametrize("point", SUBMITTING)
def test_a_process_that_dies_in_a_submit_leaves_all_of_it_or_nothing(mortal_world: World, point: str) -> None:
    """And whoever saw no answer presses the button again."""
    world = mortal_world
    draft = brand_draft(world.people[0], legal_name=unique_name())
    press = {"what": "submit", "organization": str(draft.organization_id), "subject": str(draft.pk)}
    assert world.die(point, **press).was_killed
    if point == "accepting":
        assert world.fresh(draft).status == "draft"
        assert world.die("", **press).ended == 0
    assert len(left()) == 1
    assert world.die("", **press).ended == 1, "a second submit must be refused"
    world.settle()
    world.sweep()
    world.assert_sound(decided=True)
    assert world.fresh(draft).status == "verified"


def test_every_named_point_is_in_the_code_exactly_once() -> None:
    found: list[str] = []
    for package in ("portal", "brands", "campaigns", "phone_numbers"):
        for path in sorted((CHECKOUT / package).rglob("*.py")):
            found += _points_of(path)
    assert sorted(found) == sorted(POINTS)


def test_every_named_point_is_died_at_and_every_purpose_dies() -> None:
    assert {point for _kind, point in CASES} | set(READING) | set(SUBMITTING) == set(POINTS)
    died = {(work.of, work.purpose or name) for name, work in KINDS.items()}
    assert set(handlers._filings) - set(OTHER_CARRIER) == died


def _points_of(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        str(ast.literal_eval(call.args[0]))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "crash_here"
    ]


def test_a_deployment_refuses_to_start_with_a_crash_point(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from portal.lifecycle import crashing

    monkeypatch.setenv(VARIABLE, "taken")
    settings.EMBEDDED = False  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured):
        crashing.arm()
    settings.EMBEDDED = True  # type: ignore[attr-defined]
    monkeypatch.setenv(VARIABLE, "nowhere")
    with pytest.raises(ImproperlyConfigured):
        crashing.arm()


def test_a_step_of_time_is_longer_than_a_lease() -> None:
    assert LEASE.total_seconds() < STEP
