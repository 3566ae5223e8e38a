"""The kill run: people submit, processes are killed at random, and the registry's own ledger decides.

    .venv/bin/python -m tests.reliability --submissions 1000 --kills 40 --seeds 1 2

The real set of `manage.py up` (web under gunicorn, Celery worker and beat, Valkey, PostgreSQL, practice
registry) on loopback. Drafts are made beforehand through the model (`drafting`); every submit goes over HTTP by
signed-in members of several organizations, some of them twice at once. PostgreSQL holds the registry's database
too, so its death is the registry's as well. All chance comes from the seed; the kernel's timing does not.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from typing import Any
from uuid import UUID

import httpx
import psycopg

from tests.reliability import invariants, processes, quiet
from tests.reliability.beside import Sleeper, web_that_dies
from tests.reliability.killing_plan import (
    CARRIED,
    CARRYING,
    FAULTS,
    FEW,
    OPEN,
    QUIET,
    REPLAYED,
    REVIEWED,
    VICTIMS,
    WAITING,
    Outcome,
    Plan,
)
from tests.reliability.running import CHECKOUT, Clearline
from tests.reliability.visitor import Visitor

KEY = "practice-key"


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
        # Those of the drafts that are campaigns.
        self.campaigns: list[UUID] = []
        self.saw_success: set[UUID] = set()
        self.lock = threading.Lock()
        # While somebody sleeps the database stays: one that wakes without a connection does no harm.
        self.nap = threading.Lock()
        self.dying = ""
        self.began = time.monotonic()

    def run(self) -> Outcome:
        """Everything, in order; bounded by the plan's deadline."""
        members = self._members()
        self.say(f"{len(self.drafts)} drafts, {len(members)} members signed in")
        with ExitStack() as beside:
            if self.plan.exact:
                self.dying = beside.enter_context(web_that_dies(self.clearline))
            if self.plan.faults:
                self._faults_on()
            self.began = time.monotonic()
            threads = [threading.Thread(target=self._press_all, args=(*one,), daemon=True) for one in members]
            if self.plan.exact:
                threads.append(threading.Thread(target=self._sleep, daemon=True))
            for thread in threads:
                thread.start()
            self._kill_all()
            for thread in threads:
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
                *(str(self.plan.submissions), str(self.plan.organizations), str(self.plan.campaigns)),
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
            campaigns = [UUID(draft) for draft in one["campaigns"]]
            drafts = [UUID(draft) for draft in one["drafts"]] + campaigns
            # Brands and campaigns in turns that the seed gives.
            self.chance.shuffle(drafts)
            members.append((visitor, drafts, self.chance.getrandbits(32)))
            self.drafts += drafts
            self.campaigns += campaigns
        if self.campaigns:
            self._verify_brands()
        return members

    def _verify_brands(self) -> None:
        """Let the registry decide on the brands of the campaigns, before anything goes wrong."""
        self._until(
            "the brands of the campaigns have arrived",
            lambda: self._count(CARRIED, self.campaigns) == 0,
        )
        self._stubbornly(lambda: self.clearline.control("clock", json={"hours": 1}))
        self._until(
            "the brands of the campaigns are verified",
            lambda: self._count(CARRYING, self.campaigns) == 0,
        )

    def _of(self, draft: UUID) -> str:
        return "campaigns" if draft in self.campaigns else "brands"

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
                if self.dying and chance.random() < 0.1:
                    self._press_and_lose(visitor, brand, page)
                self._press(visitor, brand, page, twice=chance.random() < 0.1)
        visitor.close()

    def _opened(self, visitor: Visitor, brand: UUID) -> httpx.Response | None:
        """The check page, open in the browser before its button is pressed; loaded again until it comes."""
        while self._left() > 0:
            try:
                page = visitor.browser.get(f"/{self._of(brand)}/drafts/{brand}/check/")
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
                answer = visitor.press(brand, page, of=self._of(brand))
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

    def _press_and_lose(self, visitor: Visitor, brand: UUID, page: httpx.Response) -> None:
        """Press at the web that dies with the commit: no answer comes, and nobody was nudged."""
        other = Visitor(self.dying)
        other.browser.cookies = visitor.browser.cookies
        try:
            other.press(brand, page, of=self._of(brand))
        except (httpx.TransportError, AssertionError):
            with self.lock:
                self.outcome.died_with_the_commit += 1
        finally:
            other.close()

    def _beside(self, visitor: Visitor, brand: UUID, page: httpx.Response) -> threading.Thread:
        """The same form, sent at the same moment by a second click."""

        def press() -> None:
            second = Visitor(visitor.address)
            second.browser.cookies = visitor.browser.cookies
            try:
                second.press(brand, page, of=self._of(brand))
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
            with self.nap if victim == "postgres" else nullcontext():
                self._kill(victim)

    def _sleep(self) -> None:
        """One holder stands still past its lease with a row in its hands, and then goes on."""
        sleeper = Sleeper(self.clearline)
        try:
            for _try in range(3):
                with self.nap:
                    if sleeper.fall_asleep(6):
                        self._leases_end()
                        sleeper.wake()
                        self.outcome.slept += 1
                        return
        except AssertionError:
            # The worker was not there for twenty seconds: that is another one's finding.
            return
        finally:
            sleeper.end()

    def _leases_end(self) -> None:
        """What stands still or is dead holds nothing any more, as if the 45 seconds of its lease were over."""
        if not self.plan.leases_end:
            return
        try:
            self.clearline.ask(
                "UPDATE lifecycle_due SET lease_until = clock_timestamp()"
                " WHERE lease_until > clock_timestamp() RETURNING item"
            )
        except psycopg.Error:
            return

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
        if victim == "worker":
            self._leases_end()

    # --- the end --------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Faults off; wait until every write has ended, then let the registry decide and read it."""
        self._faults_off()
        began = time.monotonic()
        self._until("every submission has ended", lambda: self._count(OPEN) == 0)
        self.outcome.settled_seconds = time.monotonic() - began
        began = time.monotonic()
        self._stubbornly(lambda: self.clearline.control("clock", json={"hours": 1}))
        self._approve_campaigns()
        self._until("every brand is decided", lambda: self._count(WAITING) == 0)
        self._until("every campaign is decided", lambda: self._count(REVIEWED) == 0)
        self.outcome.decided_seconds = time.monotonic() - began

    def _approve_campaigns(self) -> None:
        """The reviewers take days; here everybody approves at once, and the events say so."""
        accept = {"act": "accept", "stage": "carriers"}
        for there in self.clearline.control("campaigns")["campaigns"]:
            if there["status"] in ("TCR_PENDING", "TCR_ACCEPTED", "MNO_PENDING"):
                order = f"campaigns/{there['id']}/decision"
                self._stubbornly(lambda order=order: self.clearline.control(order, json=accept))  # type: ignore[misc]

    def _judge(self) -> None:
        """The invariants, with the registry's ledger as the oracle."""
        home = self.clearline.home
        database = f"host={home.sockets} user=postgres dbname=clearline"
        noisy = quiet.noise(self.clearline.control, key=KEY, seconds=QUIET)
        self.outcome.quiet_requests = len(noisy)
        after_replay = self._replay()
        seen = invariants.look(database, self.clearline.control, key=KEY)
        problems = invariants.broken(seen, resent={"*"}, decided=True, crossings=False)
        for brand in self.saw_success:
            if not seen.of(brand, "register"):
                problems.append(f"1: lost: {brand} was told to be submitted, and nothing is filed")
        verified = self.clearline.manage("verify_audit")
        if "intact" not in verified.lower():
            problems.append(f"6: the audit log: {verified}")
        if len(noisy) > FEW:
            problems.append(
                f"10: {len(noisy)} requests in {QUIET:g} quiet seconds that no event caused: {noisy[:9]}"
            )
        if after_replay > FEW:
            problems.append(f"10: {after_replay} requests after events that were heard before")
        self.outcome.twins = sum(row["purpose"] == "cancel-twin" for row in seen.submissions)
        if self.outcome.twins:
            problems.append(f"1: {self.outcome.twins} twins had to be cancelled")
        if self.plan.exact and not (self.outcome.slept and self.outcome.died_with_the_commit):
            problems.append(
                "no holder slept, or no web died with its commit: the run proves less than it says"
            )
        if self.outcome.gave_up:
            problems.append(f"2: {self.outcome.gave_up} people never saw that it was submitted")
        sums = seen.sums
        self.outcome.creates = sum(sums["creates"].values()) + sum(sums["campaign_creates"].values())
        actions = Counter(action for events in seen.events.values() for action in events)
        self.outcome.found_again, self.outcome.sent_again = actions["found-again"], actions["sent-again"]
        self.outcome.problems += problems

    def _replay(self) -> int:
        """Send the newest events once more, as they were; how many requests come then."""
        told = self.clearline.control("webhooks", outcome="delivered")["deliveries"][-REPLAYED:]
        before = self._requests()
        for one in told:
            self._stubbornly(lambda one=one: self.clearline.control(f"webhooks/{one['id']}/again", json={}))  # type: ignore[misc]
        time.sleep(5)
        self.outcome.replayed = len(told)
        return self._requests() - before

    def _requests(self) -> int:
        found: int = self.clearline.control("invariants")["requests"]
        return found

    def _count(self, question: str, ids: Sequence[UUID] | None = None) -> int:
        return int(self.clearline.ask(question, list(ids or self.drafts))[0]["n"])

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
