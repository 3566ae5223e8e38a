"""Each protection taken away in turn: the runs that claim to prove it must turn red, or they prove nothing.

    .venv/bin/python -m tests.reliability.mutants            # all
    .venv/bin/python -m tests.reliability.mutants fencing    # some
    .venv/bin/python -m tests.reliability.mutants --kill-run search fencing quarantine inbox form-token outbox

With `--kill-run` it is a whole kill run of a hundred submissions that has to turn red, not a test of its own.
Works on a copy of the checkout in a folder of its own; the checkout itself is never changed. Prints one line a
mutant with the first thing that turned red, and ends with 1 if one stayed green.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CRASHES = "tests/reliability/test_crash_points.py"
STALE = "tests/reliability/test_stale_holder.py"
PLAN = "tests/reliability/test_fault_plan.py"
GATE = "tests/lifecycle/test_gate.py"
HELD = "tests/lifecycle/test_gate_held.py"
PAUSES = "tests/lifecycle/test_account_pauses.py"
FAIRNESS = "tests/lifecycle/test_fairness.py"
SECONDS = 280
KILL_RUN = "--submissions 90 --campaigns 10 --kills 8 --seconds 40 --deadline 200 --seeds 3"
KILL_RUN_SECONDS = 420


@dataclass(frozen=True, slots=True)
class Mutant:
    """One protection, where it stands (`old` is replaced by `new`, in each file once), and what must notice."""

    says: str
    edits: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]
    only: str = ""


MUTANTS = {
    "search": Mutant(
        "what may have arrived is sent again without a search",
        (
            (
                "portal/lifecycle/filing.py",
                "        found = filing.search(carrier, submission)\n",
                "        found = None\n",
            ),
        ),
        (PLAN,),
        "plan_says and (F04 or F05 or F06 or F13)",
    ),
    "fencing": Mutant(
        "whoever held a row once may write to it for ever",
        (
            ("portal/lifecycle/filing.py", "state=since, attempt__lte=claim.attempt)", "state=since)"),
            ("portal/lifecycle/claiming.py", "item=claim.item, attempt=claim.attempt)", "item=claim.item)"),
            (
                "portal/lifecycle/filing.py",
                "    if time.monotonic() + longest > claim.good_until:\n",
                "    if False:\n",
            ),
            ("portal/lifecycle/gate.py", "if time.monotonic() > errand.begin_by:", "if False:"),
        ),
        (STALE,),
    ),
    "quarantine": Mutant(
        "an unknown outcome is searched at once, and believed",
        (
            (
                "portal/lifecycle/filing.py",
                "rest: timedelta = gateway.quarantine(claim.account)",
                "rest = timedelta(0)",
            ),
            (
                "portal/lifecycle/schedule.py",
                "SEARCH_AGAIN = timedelta(seconds=5)",
                "SEARCH_AGAIN = timedelta(0)",
            ),
        ),
        (PLAN,),
        "plan_says and (F07 or F08)",
    ),
    "one-search": Mutant(
        "one search that finds nothing is believed",
        (("portal/lifecycle/schedule.py", "SEARCHES = 2", "SEARCHES = 1"),),
        (PLAN,),
        "plan_says and F03",
    ),
    "outbox": Mutant(
        "the work is written after the person's transaction, not in it",
        (
            (
                "portal/lifecycle/models.py",
                '    crash_here("accepting")\n    Due.objects.create(\n        item=submission.pk,',
                '    crash_here("accepting")\n    _after_commit(\n        item=submission.pk,',
            ),
            (
                "portal/lifecycle/models.py",
                "def accept(\n",
                "def _after_commit(**row: Any) -> None:\n"
                "    from django.db import transaction\n\n"
                "    from portal.audit.recording import CLEARLINE\n"
                "    from portal.tenancy.scope import acting_for\n\n"
                "    def write() -> None:\n"
                '        crash_here("accepted")\n'
                '        with acting_for(row["organization_id"], by=CLEARLINE):\n'
                "            Due.objects.create(**row)\n\n"
                "    transaction.on_commit(write)\n\n\n"
                "def accept(\n",
            ),
        ),
        (CRASHES,),
        "in_a_submit",
    ),
    "lease": Mutant(
        "a row that a dead process held is never free again",
        (("portal/lifecycle/schedule.py", "LEASE = timedelta(seconds=45)", "LEASE = timedelta(days=4000)"),),
        (CRASHES,),
        "register-claimed or register-taken",
    ),
    "guard": Mutant(
        "a move does not ask where its row stands",
        (
            (
                "portal/lifecycle/states.py",
                "filter(pk=row.pk, status__in=move.sources)",
                "filter(pk=row.pk)",
            ),
        ),
        ("tests/brands/test_submitting.py",),
        "twenty",
    ),
    "form-token": Mutant(
        "neither the state of the brand nor an open submission stands in the way of another one",
        (
            ("portal/lifecycle/states.py", "filter(pk=row.pk, status__in=move.sources)", "filter(pk=row.pk)"),
            (
                "portal/lifecycle/migrations/0001_initial.py",
                "fields=('kind', 'subject_id', 'purpose'), name='one_open_submission'",
                "fields=('key', 'subject_id', 'purpose'), name='one_open_submission'",
            ),
        ),
        ("tests/brands/test_submitting.py",),
        "twenty",
    ),
    "inbox": Mutant(
        "an event that was heard before counts again",
        (("portal/lifecycle/inbox.py", "        if count > 1:\n            return False\n", ""),),
        ("tests/lifecycle/test_inbox.py", "tests/lifecycle/test_inbox_faults.py"),
        "fifty or duplicate or second_delivery",
    ),
    "missing-point": Mutant(
        "one crash point is not in the code",
        (("portal/lifecycle/filing.py", '        crash_here("taken")\n', ""),),
        (CRASHES,),
        "exactly_once or register-taken",
    ),
    "refusal-retried": Mutant(
        "what the carrier refused is tried again",
        (
            (
                "portal/lifecycle/filing.py",
                "        _refused(claim, submission, refusal, read())\n",
                "        _later(claim, submission, refusal, read(), back_to=State.ACCEPTED)\n",
            ),
        ),
        (PLAN,),
        "plan_says and (F10 or F15)",
    ),
    "one-miss": Mutant(
        "one empty answer is believed",
        (("brands/lifecycle.py", "MISSES = 2", "MISSES = 1"),),
        ("tests/brands/test_reading.py", PLAN),
        "miss or (plan_says and F12)",
    ),
    "own-clock": Mutant(
        "the gate believes the clock of whoever asks",
        (
            (
                "portal/lifecycle/gate.py",
                '            "now": errand.now(),\n',
                '            "now": errand.now() or __import__("django.utils.timezone").utils.timezone.now(),\n',
            ),
        ),
        ("tests/lifecycle/test_gate_clock.py",),
        "what_time_it_is",
    ),
    "permit-at-start": Mutant(
        "a permit is taken when a step begins, and none at its requests",
        (
            ("portal/lifecycle/gateway.py", "        gate=gate(account),\n", ""),
            (
                "portal/lifecycle/loop.py",
                "            STEPS[one.kind](one, read)\n",
                "            gateway.gate(one.account).enter(within=2)\n            STEPS[one.kind](one, read)\n",
            ),
        ),
        (HELD,),
        "permit_of_its_own",
    ),
    "held-fails": Mutant(
        "what our own gate held back counts as a failure of the carrier",
        (
            (
                "portal/carriers/http.py",
                "        self._enter(call, at)\n        try:\n",
                "        try:\n            self._enter(call, at)\n",
            ),
        ),
        (HELD,),
        "held_back",
    ),
    "pause-at-gate": Mutant(
        "a person's pause stops readings at the gate, too",
        (
            (
                "portal/lifecycle/gate.py",
                "WHEN %(writes)s AND paused_for = 'person'",
                "WHEN paused_for = 'person'",
            ),
        ),
        (PAUSES,),
        "persons_pause",
    ),
    "pause-at-claim": Mutant(
        "during a person's pause no reading is claimed",
        (("portal/lifecycle/claiming.py", "= 'person' AND queue.kind = 'submission'", "= 'person'"),),
        (PAUSES,),
        "persons_pause",
    ),
    "held-walk": Mutant(
        "after a row that the gate held back the next one of its queue is tried",
        (
            (
                "portal/lifecycle/loop.py",
                "        if held_for:\n            self._shut[queue] = time.monotonic() + held_for\n",
                "",
            ),
        ),
        (FAIRNESS,),
        "row_by_row",
    ),
    "one-lane": Mutant(
        "accounts are worked on one after the other",
        (("portal/lifecycle/loop.py", "lanes[account].start()", "lanes[account].run()"),),
        (FAIRNESS,),
        "slow_account",
    ),
    "people-last": Mutant(
        "the background goes before people",
        (
            (
                "portal/lifecycle/loop.py",
                "    return rest + people if number % BACKGROUND_EVERY == BACKGROUND_EVERY - 1 else people + rest\n",
                "    return rest + people\n",
            ),
        ),
        (FAIRNESS,),
        "people_go_first",
    ),
    "starved": Mutant(
        "the background waits for as long as people have work",
        (
            (
                "portal/lifecycle/loop.py",
                "    return rest + people if number % BACKGROUND_EVERY == BACKGROUND_EVERY - 1 else people + rest\n",
                "    return people + rest\n",
            ),
        ),
        (FAIRNESS,),
        "people_go_first",
    ),
    "starved-at-gate": Mutant(
        "people leave no permit to the background",
        (("portal/lifecycle/gate.py", "CASE WHEN background_at <= now - %(seldom)s", "CASE WHEN false"),),
        (GATE,),
        "starve",
    ),
}


def main(names: list[str]) -> int:
    """Try the mutants with these names, or all. 1 when one survived, 2 when one could not be made."""
    stayed_green, whole = 0, "--kill-run" in names
    for name in [name for name in names if name != "--kill-run"] or MUTANTS:
        with tempfile.TemporaryDirectory(prefix="clearline-mutant-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o711)
            tree = Path(folder) / "checkout"
            copy(tree)
            try:
                mutate(tree, MUTANTS[name])
            except ValueError as problem:
                print(f"{name:<16} CANNOT BE MADE  {problem}", flush=True)
                return 2
            red, said = kill_run(tree) if whole else run(tree, MUTANTS[name])
        print(f"{name:<16} {'red  ' if red else 'GREEN'}  {said}", flush=True)
        stayed_green += not red
    return int(stayed_green > 0)


def copy(tree: Path) -> None:
    """The checkout's files without what git ignores; the environment is shared, because nothing writes to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=CHECKOUT, capture_output=True, check=True
    ).stdout
    for one in filter(None, listed.decode().split("\0")):
        source, target = CHECKOUT / one, tree / one
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (tree / ".venv").symlink_to(CHECKOUT / ".venv")


def mutate(tree: Path, mutant: Mutant) -> None:
    """Take the protection away. Raises ValueError when the code is not what it was when this was written."""
    for file, old, new in mutant.edits:
        path = tree / file
        text = path.read_text()
        if text.count(old) != 1:
            raise ValueError(f"{file} has {text.count(old)} times {old.strip()[:60]!r}")
        path.write_text(text.replace(old, new))


def run(tree: Path, mutant: Mutant) -> tuple[bool, str]:
    """Did a test turn red, and the first words of what it said."""
    command = [sys.executable, "manage.py", "test", "-n", "0", "-q", "-x", *mutant.tests]
    if mutant.only:
        command += ["-k", mutant.only]
    try:
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False, f"no end within {SECONDS} s"
    failed = re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    words = re.findall(r"^E\s+(\S.*)", done.stdout, re.MULTILINE)
    if done.returncode == 1 and failed:
        return True, f"{failed[0].rpartition('::')[2][-70:]}: {words[0][:150] if words else ''}"
    last = done.stdout.strip().splitlines()[-1:] or done.stderr.strip().splitlines()[-1:]
    return False, f"code {done.returncode}: {' '.join(last)[:200]}"


def kill_run(tree: Path) -> tuple[bool, str]:
    """Did a kill run find something broken, and what first."""
    command = [sys.executable, "-m", "tests.reliability", *KILL_RUN.split()]
    try:
        done = subprocess.run(
            command, cwd=tree, capture_output=True, text=True, timeout=KILL_RUN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"no end within {KILL_RUN_SECONDS} s"
    lines = done.stdout.strip().splitlines()
    if done.returncode != 1 or not lines or not lines[-1].startswith("{"):
        return False, f"code {done.returncode}: {' '.join(done.stderr.strip().splitlines()[-1:])[:200]}"
    problems = json.loads(lines[-1])["problems"]
    return bool(problems), f"{len(problems)} problems, first: {problems[0][:150] if problems else ''}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
