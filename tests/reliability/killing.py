"""The kill run: people submit, processes are killed at random, and the registry's own ledger decides.

    .venv/bin/python -m tests.reliability --submissions 1000 --kills 40 --seeds 1 2

The real set of `manage.py up` (web under gunicorn, Celery worker and beat, Valkey, PostgreSQL, practice
registry) on loopback. Drafts are made beforehand through the model (`drafting`); every submit goes over HTTP by
signed-in members of several organizations, some of them twice at once. PostgreSQL holds the registry's database
too, so its death is the registry's as well. All chance comes from the seed; the kernel's timing does not.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg

from portal.embedded.postgres import Postgres
from tests.reliability import invariants, processes
from tests.reliability.running import CHECKOUT, Clearline
from tests.reliability.visitor import Visitor

KEY = "practice-key"
VICTIMS = ("worker", "web", "valkey", "postgres")
# One reading of each brand a week is the plan, so hardly one falls into ten seconds.
FEW = 5
# What the registry does wrong meanwhile, each to so many of a hundred requests. What is late is late by
# less than the quarantine of the run.
FAULTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (4, {"match": {"verb": "create"}, "effect": "status", "phase": "P3", "values": {"status": 500}}),
    (3, {"match": {"verb": "create"}, "effect": "status", "phase": "P2", "values": {"status": 503}}),
    (3, {"match": {"verb": "create"}, "effect": "reset", "phase": "P3"}),
    (3, {"match": {"verb": "create"}, "effect": "reset", "phase": "P4"}),
    (3, {"match": {"verb": "create"}, "effect": "late", "values": {"seconds": 2, "hold": 1}}),
    (3, {"match": {"verb": "create"}, "effect": "body", "values": {"kind": "html"}}),
    (3, {"match": {"verb": "list"}, "effect": "page", "values": {"kind": "skip"}}),
    (3, {"match": {"verb": "list"}, "effect": "stale", "values": {"seconds": 1}}),
    (3, {"match": {"verb": "read"}, "effect": "status", "phase": "P2", "values": {"status": 500}}),
)
_OPEN = (
    "SELECT count(*) AS n FROM lifecycle_submission WHERE subject_id = ANY(%s)"
    " AND state IN ('accepted', 'sending', 'unknown', 'known', 'parked')"
)
_WAITING = (
    "SELECT count(*) AS n FROM brands_brand WHERE id = ANY(%s) AND status IN ('submitting', 'in_review')"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: how much is filed and killed, within how many seconds, and how long it may take to settle.

    `leases_end`: what a killed worker held is free at once, as if its 45 seconds were over. Right only because
    every holder is dead at that moment; the long run waits them out.
    """

    submissions: int
    kills: int
    seed: int
    seconds: float
    deadline: float
    organizations: int = 4
    faults: bool = True
    leases_end: bool = False


@dataclass
class Outcome:
    """What was seen. `problems` is empty when nothing was lost, doubled or forgotten."""

    seed: int
    submitted: int = 0
    gave_up: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    presses: int = 0
    pressed_again: int = 0
    submitting_seconds: float = 0.0
    settled_seconds: float = 0.0
    decided_seconds: float = 0.0
    creates: int = 0
    found_again: int = 0
    sent_again: int = 0
    quiet_requests: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__dataclass_fields__}, default=str)


class Run:
    """One kill run against a running Clearline."""

    def __init__(
        self, clearline: Clearline, plan: Plan, say: Callable[[str], None] = lambda _line: None
    ) -> None:
        self.clearline = clearline
        self.say = say
        self.plan = plan
        self.chance = random.Random(plan.seed)
        self.outcome = Outcome(plan.seed)
        self.drafts: list[UUID] = []
        self.saw_success: set[UUID] = set()
        self.lock = threading.Lock()
        self.began = time.monotonic()

    def run(self) -> Outcome:
        """Everything, in order; bounded by the plan's deadline."""
        members = self._members()
        self.say(f"{len(self.drafts)} drafts, {len(members)} members signed in")
        if self.plan.faults:
            self._faults_on()
        self.began = time.monotonic()
        pressing = [threading.Thread(target=self._press_all, args=(*one,), daemon=True) for one in members]
        for thread in pressing:
            thread.start()
        self._kill_all()
        for thread in pressing:
            thread.join(self._left())
        self.outcome.submitting_seconds = self._passed()
        self.say(f"submitted and killed after {self._passed():.0f} s")
        self._settle()
        self.say(f"all ended and decided after {self._passed():.0f} s")
        self._judge()
        return self.outcome

    # --- people ---------------------------------------------------------------------------------

    def _members(self) -> list[tuple[Visitor, list[UUID], int]]:
        printed = subprocess.run(
            [
                *(sys.executable, "-m", "tests.reliability.drafting"),
                *(str(self.plan.submissions), str(self.plan.organizations)),
            ],
            cwd=CHECKOUT,
            env=self.clearline.env | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        ).stdout
        members = []
        for one in json.loads(printed.splitlines()[-1])["members"]:
            visitor = Visitor(self.clearline.address)
            visitor.sign_in(one["email"], one["password"])
            drafts = [UUID(draft) for draft in one["drafts"]]
            members.append((visitor, drafts, self.chance.getrandbits(32)))
            self.drafts += drafts
        return members

    def _press_all(self, visitor: Visitor, drafts: Sequence[UUID], seed: int) -> None:
        """Submit one brand after the other, spread over the time of the run."""
        chance = random.Random(seed)
        pause = self.plan.seconds / max(1, len(drafts))
        for number, brand in enumerate(drafts):
            page = self._opened(visitor, brand)
            ahead = number * pause - self._passed()
            if ahead > 0:
                time.sleep(ahead)
            if page is not None:
                self._press(visitor, brand, page, twice=chance.random() < 0.1)
        visitor.close()

    def _opened(self, visitor: Visitor, brand: UUID) -> httpx.Response | None:
        """The check page, open in the browser before its button is pressed; loaded again until it comes."""
        while self._left() > 0:
            try:
                page = visitor.browser.get(f"/brands/drafts/{brand}/check/")
                if page.status_code == 200:
                    return page
            except httpx.TransportError:
                pass
            time.sleep(0.3)
        self.outcome.gave_up += 1
        return None

    def _press(self, visitor: Visitor, brand: UUID, page: httpx.Response, *, twice: bool) -> None:
        """Press the same form until an answer says that it is submitted: what a person does who sees none."""
        tries = 0
        while self._left() > 0:
            tries += 1
            try:
                other = self._beside(visitor, brand, page) if twice else None
                answer = visitor.press(brand, page)
                if other is not None:
                    other.join(25)
                if answer.status_code in (302, 409):
                    break
            except (httpx.TransportError, AssertionError):
                pass
            time.sleep(0.3)
        else:
            with self.lock:
                self.outcome.gave_up += 1
            return
        with self.lock:
            self.saw_success.add(brand)
            self.outcome.submitted += 1
            self.outcome.presses += tries
            self.outcome.pressed_again += tries > 1

    @staticmethod
    def _beside(visitor: Visitor, brand: UUID, page: httpx.Response) -> threading.Thread:
        """The same form, sent at the same moment by a second click."""

        def press() -> None:
            second = Visitor(visitor.address)
            second.browser.cookies = visitor.browser.cookies
            try:
                second.press(brand, page)
            except (httpx.TransportError, AssertionError):
                pass
            finally:
                second.close()

        thread = threading.Thread(target=press, daemon=True)
        thread.start()
        return thread

    # --- accidents ------------------------------------------------------------------------------

    def _faults_on(self) -> None:
        for percent, order in FAULTS:
            match = {**order["match"], "prob": percent / 100}
            body = {"account": "*", **order, "match": match, "times": None}
            self._stubbornly(lambda body=body: self.clearline.control("faults", json=body))  # type: ignore[misc]

    def _faults_off(self) -> None:
        url = f"{self.clearline.registry_address}/control/api/faults"
        headers = {"X-Practice-Control": "1"}
        self._stubbornly(lambda: httpx.delete(url, headers=headers, timeout=10).raise_for_status())

    def _kill_all(self) -> None:
        """Each victim often enough, in an order and at moments that the seed gives."""
        victims = [VICTIMS[number % len(VICTIMS)] for number in range(self.plan.kills)]
        self.chance.shuffle(victims)
        moments = sorted(self.chance.uniform(0.5, self.plan.seconds) for _ in victims)
        for victim, moment in zip(victims, moments, strict=True):
            ahead = moment - self._passed()
            if ahead > 0:
                time.sleep(ahead)
            self._kill(victim)

    def _kill(self, victim: str) -> None:
        try:
            pids = self.clearline.tree(victim)
        except AssertionError:
            self.outcome.problems.append(f"{victim} was not started again within 20 s")
            return
        # PostgreSQL's first process alone: the others have to notice, and recovery begins.
        processes.kill(pids[:1] if victim == "postgres" else pids)
        self.outcome.kills[victim] += 1
        self.say(f"{self._passed():6.1f} s  killed {victim}; {self.outcome.submitted} submitted")
        if victim == "worker" and self.plan.leases_end:
            try:
                self.clearline.ask(
                    "UPDATE lifecycle_due SET lease_until = clock_timestamp()"
                    " WHERE lease_until > clock_timestamp() RETURNING item"
                )
            except psycopg.Error:
                return

    # --- the end --------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Faults off; wait until every write has ended, then let the registry decide and read it."""
        self._faults_off()
        began = time.monotonic()
        self._until("every submission has ended", lambda: self._count(_OPEN) == 0)
        self.outcome.settled_seconds = time.monotonic() - began
        began = time.monotonic()
        self._stubbornly(lambda: self.clearline.control("clock", json={"hours": 1}))
        self._until("every brand is decided", lambda: self._count(_WAITING) == 0)
        self.outcome.decided_seconds = time.monotonic() - began

    def _judge(self) -> None:
        """The invariants, with the registry's ledger as the oracle."""
        home = self.clearline.home
        database = f"host={home.sockets} user=postgres dbname=clearline"
        self.outcome.quiet_requests = self._quiet_requests()
        seen = invariants.look(database, self.clearline.control, key=KEY)
        problems = invariants.broken(seen, resent={"*"}, decided=True, crossings=False)
        for brand in self.saw_success:
            if not seen.of(brand, "register"):
                problems.append(f"1: lost: {brand} was told to be submitted, and nothing is filed")
        verified = self.clearline.manage("verify_audit")
        if "intact" not in verified.lower():
            problems.append(f"6: the audit log: {verified}")
        if self.outcome.quiet_requests > FEW:
            problems.append(f"10: {self.outcome.quiet_requests} requests in ten quiet seconds")
        if self.outcome.gave_up:
            problems.append(f"2: {self.outcome.gave_up} people never saw that it was submitted")
        self.outcome.creates = sum(seen.sums["creates"].values())
        actions = Counter(action for events in seen.events.values() for action in events)
        self.outcome.found_again, self.outcome.sent_again = actions["found-again"], actions["sent-again"]
        self.outcome.problems += problems

    def _quiet_requests(self) -> int:
        """Requests of the account in ten seconds; asked for again while the last events are still heard."""
        found = FEW + 1
        for _window in range(4):
            if found <= FEW:
                break
            before = self._requests()
            time.sleep(10)
            found = self._requests() - before
        return found

    def _requests(self) -> int:
        found: int = self.clearline.control("invariants")["requests"]
        return found

    def _count(self, question: str) -> int:
        return int(self.clearline.ask(question, self.drafts)[0]["n"])

    def _until(self, what: str, true: Callable[[], bool]) -> None:
        try:
            self.clearline.until(what, true, max(self._left(), 1))
        except AssertionError as late:
            self.outcome.problems.append(f"3: {str(late)[:1500]}")

    def _stubbornly(self, act: Callable[[], Any]) -> None:
        while self._left() > 0:
            try:
                act()
                return
            except httpx.HTTPError:
                time.sleep(0.3)

    def _passed(self) -> float:
        return time.monotonic() - self.began

    def _left(self) -> float:
        return self.plan.deadline - self._passed()


def main() -> int:
    """Run the seeds that were asked for, each on a Clearline of its own; 1 when anything was broken."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--submissions", type=int, default=1000)
    asked.add_argument("--kills", type=int, default=40)
    asked.add_argument("--seconds", type=float, default=200, help="within which everything is submitted")
    asked.add_argument("--deadline", type=float, default=580, help="seconds after which it must be quiet")
    asked.add_argument("--seeds", type=int, nargs="+", default=[1])
    given = asked.parse_args()
    bad = False
    for seed in given.seeds:
        with tempfile.TemporaryDirectory(prefix="clearline-kills-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o711)
            clearline = Clearline(Path(folder) / "data")
            try:
                clearline.start()
                plan = Plan(given.submissions, given.kills, seed, given.seconds, given.deadline)
                outcome = Run(clearline, plan, lambda line: print(line, file=sys.stderr, flush=True)).run()
            finally:
                clearline.stop()
                Postgres(clearline.home).remove()
        print(outcome, flush=True)
        bad |= bool(outcome.problems)
    return int(bad)
