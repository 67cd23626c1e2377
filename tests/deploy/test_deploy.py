"""The files of `deploy/` against the program and against what Slack, Docker and systemd ask of them."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.main import get_command

from inspection_watch.cli import app
from inspection_watch.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text()

TEXT = {"type": "string", "minLength": 1}
MANIFEST = {
    # Slack's app manifest reference: the members we use, with the lengths it gives for them.
    "type": "object",
    "required": ["display_information", "features", "oauth_config", "settings"],
    "additionalProperties": False,
    "properties": {
        "display_information": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {**TEXT, "maxLength": 35},
                "description": {**TEXT, "maxLength": 140},
                "long_description": {**TEXT, "minLength": 175, "maxLength": 4000},
                "background_color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
            },
        },
        "features": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "bot_user": {
                    "type": "object",
                    "required": ["display_name"],
                    "additionalProperties": False,
                    "properties": {
                        "display_name": {"type": "string", "pattern": "^[a-z0-9._-]{1,80}$"},
                        "always_online": {"type": "boolean"},
                    },
                },
                "slash_commands": {
                    "type": "array",
                    "maxItems": 50,
                    "items": {
                        "type": "object",
                        "required": ["command", "description"],
                        "additionalProperties": False,
                        "properties": {
                            "command": {"type": "string", "pattern": "^/[a-z0-9_-]{1,31}$"},
                            "description": {**TEXT, "maxLength": 2000},
                            "usage_hint": {**TEXT, "maxLength": 1000},
                            "should_escape": {"type": "boolean"},
                        },
                    },
                },
            },
        },
        "oauth_config": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "scopes": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"bot": {"type": "array", "uniqueItems": True, "maxItems": 255, "items": TEXT}},
                }
            },
        },
        "settings": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "interactivity": {
                    "type": "object",
                    "required": ["is_enabled"],
                    "properties": {"is_enabled": {"type": "boolean"}},
                },
                "org_deploy_enabled": {"type": "boolean"},
                "socket_mode_enabled": {"type": "boolean"},
                "token_rotation_enabled": {"type": "boolean"},
            },
        },
    },
}


@pytest.fixture(scope="module")
def manifest() -> dict:
    return yaml.safe_load((DEPLOY / "slack-manifest.yaml").read_text())


def test_the_manifest_is_one_slack_takes(manifest: dict) -> None:
    jsonschema.validate(manifest, MANIFEST)


def test_the_manifest_asks_for_socket_mode_buttons_and_our_command(manifest: dict) -> None:
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert [each["command"] for each in manifest["features"]["slash_commands"]] == ["/judgements"]


def test_every_scope_has_its_reason_in_the_runbook_and_no_other_is_named_there(manifest: dict) -> None:
    table = RUNBOOK[RUNBOOK.index("| scope |") : RUNBOOK.index("## 2.")]
    named = re.findall(r"`([a-z]+:[a-z.]+|commands)`", table)
    assert sorted(named) == manifest["oauth_config"]["scopes"]["bot"]


def test_the_example_of_settings_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted([*Settings.model_fields, "POSTGRES_PASSWORD"])


def test_compose_starts_the_service_on_its_own_postgresql() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    service = services["inspection-watch"]
    assert service["environment"]["INSPECTION_WATCH_DATABASE_URL"].startswith("postgresql+psycopg://")
    assert service["depends_on"]["database"]["condition"] == "service_healthy"
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert service["read_only"]
    assert "healthcheck" in services["database"]


def test_the_container_copies_every_package_and_does_not_run_as_root() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    packages = {path.parent.name for path in DEPLOY.parent.glob("*/__init__.py")} - {"tests"}
    assert set(re.findall(r"^COPY (\w+)/ ", dockerfile, re.MULTILINE)) == packages
    assert dockerfile.count("\nFROM ") == 2 or dockerfile.count("FROM ") == 2
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    assert "/healthz" in dockerfile


def unit_section(name: str) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "inspection-watch.service")
    return unit[name]


def test_the_unit_runs_the_service_with_its_state_and_does_not_restart_on_a_wrong_setting() -> None:
    service = unit_section("Service")
    assert service["ExecStart"].endswith("inspection-watch run")
    assert service["StateDirectory"] == "inspection-watch"
    assert service["RestartPreventExitStatus"] == "2"
    assert int(service["TimeoutStopSec"]) > 5


def test_the_runbook_runs_the_doctor_as_the_unit_runs_the_service() -> None:
    service = unit_section("Service")
    line = RUNBOOK[RUNBOOK.index("systemd-run ") : RUNBOOK.index("inspection-watch doctor\n\n`curl")]
    given = dict(re.findall(r"-p (\w+)=(\S+)", line))
    wanted = ("DynamicUser", "User", "StateDirectory", "WorkingDirectory", "Environment", "EnvironmentFile")
    assert given == {name: service[name] for name in wanted}
    assert service["ExecStart"].removesuffix(" run") in f"{line}inspection-watch"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "inspection-watch.service"
    text = (DEPLOY / "inspection-watch.service").read_text()
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=30)
    about_ours = [line for line in checked.stderr.splitlines() if "inspection-watch" in line]
    assert about_ours == []


def test_the_same_uv_is_pinned_wherever_it_is_installed() -> None:
    texts = [RUNBOOK, *((DEPLOY / name).read_text() for name in ("Dockerfile", "../Makefile"))]
    assert len({re.search(r"uv==([\d.]+)", text)[1] for text in texts}) == 1  # type: ignore[index]


def test_every_command_of_the_runbook_exists() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    there = get_command(app).commands  # type: ignore[attr-defined]
    for service, command in re.findall(r"docker compose run --rm (\S+) (\w+)$", RUNBOOK, re.MULTILINE):
        assert (service in services, command in there) == (True, True)
    for service in re.findall(r"docker compose (?:exec -T|stop|logs -f) (\S+)", RUNBOOK):
        assert service in services
