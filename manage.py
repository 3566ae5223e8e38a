#!/usr/bin/env python3
"""Clearline's one entry: `python3 manage.py up`, `python3 manage.py test`, and Django's commands.

It needs Python 3.11 and nothing else. Unless it already runs in `.venv` beside this file, and
that holds exactly what the lock file of the command asks for, it prepares `.venv` and starts
itself again there: uv is installed with a checked hash, and uv installs the lock with hashes.
Only the standard library is used here, and only syntax that Python 3.6 can read, so that an
older Python gets a sentence and not a traceback.

Set CLEARLINE_NO_BOOTSTRAP=1 where the packages are already installed (the container image).
"""

# ruff: noqa: UP036 - imports wait until they are needed, and old Pythons do get here

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Clearline needs Python 3.11 or newer; this is {}.{}. Try: python3.11 manage.py {}".format(
            sys.version_info[0], sys.version_info[1], " ".join(sys.argv[1:])
        )
    )

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
UV = os.path.join(VENV, "uv", "bin", "uv")
UV_LOCK = os.path.join(ROOT, "requirements-uv.txt")
# Written last; tells which lock was installed, and with which Python.
STAMP = os.path.join(VENV, "clearline-stamp.json")
# Written first, removed last: an environment that has it was left half-made.
UNFINISHED = os.path.join(VENV, "clearline-unfinished")

# Each lock contains the one before it, so a higher level serves the lower one too.
LEVELS = ["embedded", "dev"]
LOCKS = {level: os.path.join(ROOT, "requirements-" + level + ".txt") for level in LEVELS}
PIP_INSTALL = [
    "install",
    "--quiet",
    "--require-hashes",
    "--disable-pip-version-check",
    "--root-user-action=ignore",
]
DEVELOPER_COMMANDS = ["test", "ci", "bench"]
# These load Django themselves, when and if they need it.
WITHOUT_SETTINGS = ["up", "test", "ci"]


class Trouble(Exception):
    """The environment cannot be prepared; the message says what to do."""


def say(text: str) -> None:
    """One line for the person at the terminal, on stderr: stdout belongs to the command."""
    print(text, file=sys.stderr, flush=True)


def digest(path: str) -> str:
    """The hash of a lock file."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp() -> "dict[str, str]":
    """What the finished environment holds; empty when there is none, or a half-made one."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or os.path.exists(UNFINISHED):
        return {}
    # The Python that it was made from was removed or replaced by another version.
    if not os.access(PYTHON, os.X_OK) or os.path.realpath(PYTHON) != found.get("python"):
        return {}
    return found


def holds(level: str) -> bool:
    """Whether the environment holds at least what `level` asks for, as locked today."""
    return bool(stamp().get(level) == digest(LOCKS[level]))


def inside() -> bool:
    """Whether this process already runs in the environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def prepare(level: str) -> None:
    """Bring the environment to `level`; several processes at once take turns."""
    import fcntl

    with open(os.path.join(ROOT, ".venv.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is preparing the environment; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if holds(level):
            return
        started = time.monotonic()
        if holds_tests() and level != "dev":
            level = "dev"
        say(f"Preparing the environment in .venv ({os.path.basename(LOCKS[level])}) …")
        make_venv()
        install(level)
        # The locks are each contained in the next one.
        done = {name: digest(LOCKS[name]) for name in LEVELS[: LEVELS.index(level) + 1]}
        done["python"] = os.path.realpath(PYTHON)
        with open(STAMP + ".new", "w", encoding="utf-8") as file:
            json.dump(done, file)
        os.replace(STAMP + ".new", STAMP)
        os.remove(UNFINISHED)
        say(f"The environment is ready ({time.monotonic() - started:.1f} s).")


def holds_tests() -> bool:
    """Whether the test tools are there: they are brought up to date, never removed."""
    if os.path.exists(UNFINISHED):
        return False
    return "dev" in stamp() or os.path.exists(os.path.join(VENV, "bin", "pytest"))


def make_venv() -> None:
    """Make an empty environment, or keep the one that is there and works."""
    usable = os.access(PYTHON, os.X_OK) and not os.path.exists(UNFINISHED)
    recorded = None
    with contextlib.suppress(OSError, ValueError), open(STAMP, encoding="utf-8") as file:
        recorded = json.load(file).get("python")
    if usable and recorded in (None, os.path.realpath(PYTHON)):
        mark_unfinished()
        return
    shutil.rmtree(VENV, ignore_errors=True)
    os.makedirs(VENV, exist_ok=True)
    mark_unfinished()
    import venv

    # Without pip: making it costs three times as much as everything else here.
    venv.EnvBuilder(symlinks=True, with_pip=False).create(VENV)


def mark_unfinished() -> None:
    """From here on the environment is not to be trusted until the stamp is written."""
    with open(UNFINISHED, "w"):
        pass
    with contextlib.suppress(FileNotFoundError):
        os.remove(STAMP)


def install(level: str) -> None:
    """Install the lock of `level` with hashes: by uv, or by pip where uv does not work."""
    uv = find_uv()
    if uv:
        command = [uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", LOCKS[level]]
        if run(command, uv_environment()):
            return
        say("uv could not install the packages; trying pip, which is slower.")
    pip = find_pip(PYTHON)
    if not pip:
        raise Trouble(no_pip())
    if not run([*pip, *PIP_INSTALL, "-r", LOCKS[level]], dict(os.environ)):
        raise Trouble(
            "The packages could not be installed: see the messages above. Is the package index reachable?"
        )


def find_uv() -> str:
    """The pinned uv, installed beside the packages; else one that the machine has; else ""."""
    wanted = os.path.join(VENV, "uv", digest(UV_LOCK))
    if os.path.exists(wanted) and os.access(UV, os.X_OK):
        return UV
    pip = find_pip(sys.executable)
    if pip:
        target = os.path.join(VENV, "uv")
        shutil.rmtree(target, ignore_errors=True)
        command = [*pip, *PIP_INSTALL, "--no-deps", "--target", target, "-r", UV_LOCK]
        if run(command, dict(os.environ)) and os.access(UV, os.X_OK):
            with open(wanted, "w"):
                return UV
    return shutil.which("uv") or ""


def find_pip(python: str) -> "list[str]":
    """The start of a command line that runs pip for `python`; empty when there is no pip.

    First the copy that ensurepip brings along, which needs no installation; then the pip of
    the Python that runs us.
    """
    try:
        import ensurepip

        folders = [getattr(ensurepip, "_PKG_DIR", None), getattr(ensurepip, "_WHEEL_PKG_DIR", None)]
        folders += [os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"), "/usr/share/python-wheels"]
    except ImportError:
        folders = ["/usr/share/python-wheels"]
    for folder in folders:
        for name in sorted(os.listdir(folder)) if folder and os.path.isdir(folder) else []:
            if name.startswith("pip-") and name.endswith(".whl"):
                return [python, os.path.join(str(folder), name, "pip")]
    if (
        subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
        ).returncode
        == 0
    ):
        return [sys.executable, "-m", "pip", "--python", python]
    return []


def no_pip() -> str:
    """What to install when Python came without pip."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (
        "This Python has no pip to install packages with. On Debian and Ubuntu:\n"
        "  sudo apt install python3-venv      (or python" + version + "-venv)\n"
        "On other systems install pip or uv for Python " + version + ", then run this command again."
    )


def uv_environment() -> "dict[str, str]":
    """The environment for uv, which does not read pip's configuration: a mirror named there counts too."""
    env = dict(os.environ)
    if not any(name in env for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        index = pip_setting("index-url")
        if index:
            env["UV_DEFAULT_INDEX"] = index
    certificates = pip_setting("cert")
    if certificates and "SSL_CERT_FILE" not in env:
        env["SSL_CERT_FILE"] = certificates
    # The cache may lie on another disk; copying is then right and needs no warning.
    if "UV_LINK_MODE" not in env:
        env["UV_NO_PROGRESS"] = "1"
    return env


def pip_setting(name: str) -> str:
    """A setting of pip from its environment or its files, in pip's own order; else ""."""
    import configparser

    found = os.environ.get("PIP_" + name.upper().replace("-", "_"), "")
    if found:
        return found
    home = os.path.expanduser("~")
    config_home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    files = [os.environ.get("PIP_CONFIG_FILE", ""), os.path.join(config_home, "pip", "pip.conf")]
    files += [os.path.join(home, ".pip", "pip.conf"), os.path.join(sys.prefix, "pip.conf"), "/etc/pip.conf"]
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("install", "global"):
            if parser.has_option(section, name):
                return parser.get(section, name).strip()
    return ""


def run(command: "list[str]", env: "dict[str, str]") -> bool:
    """Run a step of the preparation; what it prints is shown only when it fails."""
    try:
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError as error:
        say(f"{command[0]}: {error}")
        return False
    if done.returncode != 0:
        say(done.stdout.decode("utf-8", "replace").rstrip())
    return done.returncode == 0


def bootstrap(command: str) -> None:
    """Return only when this process runs in a prepared environment; otherwise start it there."""
    again = os.environ.pop("CLEARLINE_BOOTSTRAPPED", "")
    level = "dev" if command in DEVELOPER_COMMANDS else "embedded"
    ready = holds(level)
    if ready and inside():
        return
    if again:
        raise Trouble(
            "The environment in .venv does not work: remove that folder and run this command again."
        )
    if not ready:
        prepare(level)
    os.environ["CLEARLINE_BOOTSTRAPPED"] = "1"
    # A variable meant for another Python would break this one.
    os.environ.pop("PYTHONHOME", None)
    os.execv(PYTHON, [PYTHON, os.path.join(ROOT, "manage.py"), *sys.argv[1:]])


def main() -> None:
    """Prepare the environment, then run the command in it."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if os.environ.get("CLEARLINE_NO_BOOTSTRAP") != "1":
        try:
            bootstrap(command)
        except Trouble as trouble:
            sys.exit(str(trouble))
        except ImportError as error:
            sys.exit(f"This Python lacks the module {error.name}: Linux, macOS or WSL is needed.")
        except OSError as error:
            sys.exit(f"The environment in .venv cannot be prepared: {error}")
        except KeyboardInterrupt:
            sys.exit("Stopped. The next run continues where this one ended.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if command in WITHOUT_SETTINGS:
        from importlib import import_module

        import_module("portal.management.commands." + command).Command().run_from_argv(sys.argv)
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
