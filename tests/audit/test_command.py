"""`manage.py verify_audit`: what it prints, how it exits, and the seals that were kept outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.tenancy.models import Organization
from tests.audit.chains import house_events, seal_all, tampering, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def acme() -> Organization:
    return Organization.objects.create(name="Acme")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    capsys.readouterr()
    code = 0
    try:
        call_command("verify_audit", *arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, capsys.readouterr().out


def heads() -> list[str]:
    """The digests of all seals, in order."""
    with tampering() as hand:
        return [bytes(one).hex() for (one,) in hand.execute("SELECT digest FROM audit_seal ORDER BY number")]


def test_an_intact_log_ends_with_nought(acme: Organization, capsys: Any) -> None:
    written(acme, 5)
    house_events(2)
    seal_all()
    written(acme, 1)
    code, said = run(capsys)
    assert code == 0
    assert "Acme: 6 events, 5 sealed, 1 waiting: intact" in said
    assert "the house: 2 events, 2 sealed, 0 waiting: intact" in said
    assert said.splitlines()[-1].startswith("8 events in 2 chains, 2 seals: intact, in ")


def test_the_first_bad_row_is_named_with_its_organization(acme: Organization, capsys: Any) -> None:
    events = written(acme, 8)
    seal_all()
    with tampering() as hand:
        hand.execute("UPDATE audit_event SET action = 'x' WHERE id = ANY(%s)", [events[3:5]])
    code, said = run(capsys)
    assert code == 1
    assert "Acme: 8 events, 8 sealed, 0 waiting: DAMAGED (2)" in said
    named = [line for line in said.splitlines() if line.startswith("FIRST BAD ROW")]
    assert named == [
        f"FIRST BAD ROW: changed of Acme: event {events[3]} is not what was sealed: it was changed"
    ]


def test_one_chain_can_be_asked_for(acme: Organization, capsys: Any) -> None:
    rival = Organization.objects.create(name="Rival")
    written(acme)
    written(rival)
    house_events()
    seal_all()
    for arguments, chains in (
        (["--organization", "Acme"], ["Acme"]),
        (["--organization", str(rival.pk)], ["Rival"]),
        (["--house"], ["the house"]),
        (["--house", "--organization", "Acme"], ["the house", "Acme"]),
    ):
        code, said = run(capsys, *arguments)
        assert code == 0
        assert [line.split(":")[0] for line in said.splitlines()[:-1]] == chains


@pytest.mark.parametrize("name", ["Nobody", "8a4ffffd-c288-4c8e-abaa-1053a85913db"])
def test_an_organization_that_is_none_is_an_error_of_its_own(name: str, acme: Organization) -> None:
    with pytest.raises(CommandError, match="no organization") as error:
        call_command("verify_audit", organization=[name])
    assert error.value.returncode == 2


def rewritten(acme: Organization) -> None:
    """A superuser changes an event and rewrites every chain and seal after it, with our own sealer."""
    with tampering() as hand:
        hand.execute(
            "UPDATE audit_event SET actor_name = 'Nobody' WHERE id = (SELECT max(id) - 1 FROM audit_event)"
        )
        hand.execute("DELETE FROM audit_seal")
        hand.execute("DELETE FROM audit_link")
        hand.execute(
            "INSERT INTO audit_unsealed (event_id, organization_id) SELECT id, organization_id FROM audit_event"
        )
    seal_all(batch=2)


def test_a_chain_rewritten_as_a_whole_is_found_by_a_head_that_was_kept(
    acme: Organization, capsys: Any
) -> None:
    written(acme, 4)
    seal_all(batch=2)
    first, last = heads()
    assert run(capsys, "--head", first, "--head", last.upper())[0] == 0
    rewritten(acme)
    assert run(capsys)[0] == 0, "without a kept head nobody can tell"
    code, said = run(capsys, "--head", last)
    assert code == 1
    assert "FIRST BAD ROW: anchor lost" in said


def test_an_end_that_was_cut_off_with_its_seals_is_found_by_a_head_that_was_kept(
    acme: Organization, capsys: Any
) -> None:
    events = written(acme, 4)
    seal_all(batch=2)
    kept = heads()
    with tampering() as hand:
        hand.execute("DELETE FROM audit_event WHERE id >= %s", [events[2]])
        hand.execute("DELETE FROM audit_link WHERE event_id >= %s", [events[2]])
        hand.execute("DELETE FROM audit_seal WHERE number = 2")
    assert run(capsys)[0] == 0
    assert run(capsys, "--head", kept[0])[0] == 0
    assert run(capsys, "--head", kept[1])[0] == 1


def test_the_sealers_own_log_lines_are_anchors(
    acme: Organization, capsys: Any, caplog: Any, tmp_path: Path
) -> None:
    written(acme, 4)
    with caplog.at_level("INFO", logger="portal.audit.sealing"):
        seal_all(batch=2)
    lines = [
        "worker | " + json.dumps({key: value for key, value in record.msg.items() if key != "exc_info"})
        for record in caplog.records
        if isinstance(record.msg, dict)
    ]
    log = tmp_path / "worker.log"
    log.write_text("\n".join(["noise {", '{"event": "something else"}', "[1, 2]", *lines]))
    code, said = run(capsys, "--anchors", str(log))
    assert (code, "2 of them kept outside" in said) == (0, True)
    rewritten(acme)
    code, said = run(capsys, "--anchors", str(log))
    assert code == 1
    assert (
        "FIRST BAD ROW: rewritten of Acme: seal 2 is not the one that was kept" in said
        or "seal 1 is not" in said
    )


@pytest.mark.parametrize("head", ["", "abc", "g" * 64, "a" * 65])
def test_a_head_that_is_none_is_refused(head: str) -> None:
    with pytest.raises(CommandError, match="no digest"):
        call_command("verify_audit", head=[head])


def test_a_file_without_anchors_verifies_nothing_and_says_so(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("nothing here\n")
    for file in (empty, tmp_path / "none"):
        with pytest.raises(CommandError, match=r"holds no seal|cannot be read"):
            call_command("verify_audit", anchors=file)


def test_an_empty_log_is_intact(capsys: Any) -> None:
    code, said = run(capsys)
    assert code == 0
    assert said.splitlines()[-1].startswith("0 events in 1 chains, 0 seals: intact")
