"""What docker-compose.yml promises. Images are neither built nor run here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from portal.embedded.programs import CHECKOUT
from portal.management.commands.ci import COMPOSE_NAMES

pytestmark = pytest.mark.slow

TEXT = (CHECKOUT / "docker-compose.yml").read_text()
# A command ends by itself; only what stays needs a health check.
ENDS = {"migrate"}


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services, with YAML's anchors resolved."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
    return found


def test_it_has_the_parts_of_a_deployment(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis"}


def test_everything_that_stays_has_a_health_check(services: dict[str, dict[str, Any]]) -> None:
    without = {name for name, service in services.items() if "healthcheck" not in service}
    assert without == ENDS


def test_the_portal_starts_after_its_migrations(services: dict[str, dict[str, Any]]) -> None:
    for name in ("web", "worker", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["postgres"] == waits["redis"] == {"condition": "service_healthy"}


def test_only_the_migrations_know_the_owner_of_the_tables(services: dict[str, dict[str, Any]]) -> None:
    knows = {name for name, service in services.items() if "DATABASE_OWNER_URL" in service["environment"]}
    assert knows == {"migrate"}
    for name in ("web", "worker", "beat"):
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgresql://portal_app:")


def test_no_password_or_key_has_a_default() -> None:
    used = re.findall(r"\$\{(\w+)([^}]*)\}", TEXT)
    secret = [(name, rest) for name, rest in used if re.search("PASSWORD|(?<!PUBLIC_)KEYS?$", name)]
    assert secret
    assert [name for name, rest in secret if not rest.startswith(":?")] == []
    # A password written out would stand after a colon and before an @.
    assert re.findall(r"://[^$/@\s]*:[^$@\s]+@", TEXT) == []


def test_every_variable_is_explained_in_the_example() -> None:
    example = (CHECKOUT / ".env.example").read_text()
    missing = {
        name
        for name, _ in re.findall(r"\$\{(\w+)([^}]*)\}", TEXT)
        if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)
    }
    assert missing == set()


def test_nothing_is_reachable_from_outside_but_the_web_port_on_loopback(
    services: dict[str, dict[str, Any]],
) -> None:
    open_ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert open_ports == {"web": ["127.0.0.1:${WEB_PORT:-8000}:8000"]}


def test_the_database_gets_its_roles_from_the_one_file(services: dict[str, dict[str, Any]]) -> None:
    volumes = services["postgres"]["volumes"]
    assert "./portal/embedded/roles.sql:/clearline/roles.sql:ro" in volumes
    script = (CHECKOUT / "deploy" / "postgres-init.sh").read_text()
    assert "/clearline/roles.sql" in script
    assert os.access(CHECKOUT / "deploy" / "postgres-init.sh", os.X_OK)


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
@pytest.mark.parametrize("missing", ["", *COMPOSE_NAMES])
def test_docker_compose_accepts_it_and_names_a_variable_that_is_missing(missing: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    env |= {name: "x" for name in COMPOSE_NAMES if name != missing}
    done = subprocess.run(
        ["docker-compose", "-f", str(CHECKOUT / "docker-compose.yml"), "config", "-q"],
        env=env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (not missing), done.stderr
    assert missing in done.stderr


def test_the_image_installs_the_production_lock_with_hashes_and_is_not_root() -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    assert "pip install --require-hashes -r /tmp/requirements.txt" in dockerfile
    assert "COPY requirements.txt " in dockerfile
    last_stage = dockerfile.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER clearline$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert "CLEARLINE_NO_BOOTSTRAP=1" in last_stage
