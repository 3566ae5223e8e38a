from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from psycopg.conninfo import conninfo_to_dict

from portal.embedded.home import LONGEST_SOCKET_DIR, Home, Unusable
from portal.embedded.programs import CHECKOUT


def test_making_a_home_touches_nothing_on_the_disk(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    assert home.app_url
    assert home.broker_url
    assert not (tmp_path / "data").exists()


def test_libpq_and_the_settings_read_the_same_socket_from_an_address(home: Home) -> None:
    assert conninfo_to_dict(home.app_url) == {
        "user": "portal_app",
        "dbname": "clearline",
        "host": str(home.sockets),
    }
    assert parse_qs(urlsplit(home.practice_url).query)["host"] == [str(home.sockets)]


def test_a_socket_folder_is_short_enough_however_deep_the_temporary_folder_lies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert len(os.fsencode(Home(tmp_path / "data").sockets)) <= LONGEST_SOCKET_DIR


def test_two_data_folders_have_two_socket_folders(tmp_path: Path) -> None:
    assert Home(tmp_path / "one").sockets != Home(tmp_path / "two").sockets


def test_a_shell_with_another_temporary_folder_finds_the_same_sockets(
    monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path
) -> None:
    home.prepare()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert Home(home.data).sockets == home.sockets
    assert home.sockets.parent != tmp_path


def test_the_socket_folder_is_private(home: Home) -> None:
    home.prepare()
    assert stat.S_IMODE(home.sockets.stat().st_mode) == 0o700


def test_a_socket_folder_that_a_stranger_put_there_is_refused(home: Home, tmp_path: Path) -> None:
    home.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(Unusable, match="belongs to somebody else"):
            home.prepare()
    finally:
        home.sockets.unlink()


def test_a_data_folder_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Unusable, match="Not a directory"):
        Home(tmp_path / "file" / "data").prepare()


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(home: Home) -> None:
    first = home.secret("django")
    assert len(first) >= 50
    assert Home(home.data).secret("django") == first
    assert home.secret("practice") != first
    assert stat.S_IMODE((home.data / "secrets" / "django").stat().st_mode) == 0o600


def test_processes_that_ask_at_the_same_time_get_the_same_secret(home: Home) -> None:
    ask = f"""
        import time
        from portal.embedded.home import Home
        time.sleep(max(0, {time.time() + 0.7} - time.time()))
        print([Home({str(home.data)!r}).secret(f"key-{{number}}") for number in range(40)])
    """
    command = [sys.executable, "-c", textwrap.dedent(ask)]
    asked = [subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE) for _ in range(8)]
    answers = {process.communicate()[0] for process in asked}
    assert len(answers) == 1
    assert len(answers.pop()) > 40 * 50
    assert len(list((home.data / "secrets").iterdir())) == 40


def test_run_env_holds_one_line_for_each_address(home: Home) -> None:
    home.prepare()
    home.write_run_env({"PUBLIC_URL": "http://127.0.0.1:8000", "PRACTICE_URL": "http://127.0.0.1:8001"})
    assert home.run_env.read_text() == (
        "PUBLIC_URL=http://127.0.0.1:8000\nPRACTICE_URL=http://127.0.0.1:8001\n"
    )
