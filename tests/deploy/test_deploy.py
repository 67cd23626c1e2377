"""The files of `deploy/` against the program and against what Slack, Docker and systemd ask of them."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml
from pydantic import SecretStr
from slack_sdk import WebClient
from typer.main import get_command

from bot import unfurling
from bot.slack import http_mode
from inspection_watch import listen
from inspection_watch.cli import app
from inspection_watch.run import Part
from inspection_watch.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()

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
                "app_home": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "home_tab_enabled": {"type": "boolean"},
                        "messages_tab_enabled": {"type": "boolean"},
                        "messages_tab_read_only_enabled": {"type": "boolean"},
                    },
                },
                "unfurl_domains": {"type": "array", "uniqueItems": True, "maxItems": 5, "items": TEXT},
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
                "event_subscriptions": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "bot_events": {"type": "array", "uniqueItems": True, "maxItems": 100, "items": TEXT}
                    },
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


def test_the_manifest_for_http_differs_in_nothing_but_where_slack_posts_to(manifest: dict) -> None:
    http = yaml.safe_load((DEPLOY / "slack-manifest-http.yaml").read_text())
    address = f"https://inspection-watch.example.org{http_mode.PATH}"
    assert not http["settings"].pop("socket_mode_enabled")
    assert http["features"]["slash_commands"][0].pop("url") == address
    assert [http["settings"][of].pop("request_url") for of in ("interactivity", "event_subscriptions")] == [address] * 2
    over_a_line = {**manifest["settings"]}
    del over_a_line["socket_mode_enabled"]
    assert http == manifest | {"settings": over_a_line}


def test_the_way_in_for_slack_leads_to_the_bot_and_to_one_path_alone() -> None:
    proxy = (DEPLOY / "Caddyfile").read_text()
    assert re.findall(r"^\s*path (.*)$", proxy, re.MULTILINE) == [http_mode.PATH]
    assert "reverse_proxy {$BOT:127.0.0.1:8080}" in proxy
    laid_over = yaml.safe_load((DEPLOY / "compose.http.yaml").read_text())["services"]
    listens_on = COMPOSE["services"]["bot"]["environment"]["INSPECTION_WATCH_LISTEN"].rpartition(":")[2]
    assert laid_over["proxy"]["environment"]["BOT"] == f"bot:{listens_on}"
    assert list(laid_over) == ["proxy"]


SCOPES = (DEPLOY / "slack-scopes.md").read_text()
ROOMS = [path.read_text() for path in (DEPLOY.parent / "bot").rglob("*.py")]


def rows(begins: str) -> list[list[str]]:
    """The rows of the table whose heading begins with this word."""
    table = SCOPES[SCOPES.index(f"| {begins} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def methods_called() -> set[str]:
    """The methods of Slack's Web API that the bot calls, as Slack writes them."""
    called = {name for text in ROOMS for name in re.findall(r"client\.([a-z]+_\w+)\(", text)}
    api = {name for name in called if callable(getattr(WebClient, name, None)) and name != "is_connected"}
    return {as_slack_writes_it(name) for name in api}


def as_slack_writes_it(name: str) -> str:
    """`chat_postMessage` is chat.postMessage, `apps_connections_open` apps.connections.open."""
    return {"files_upload_v2": "files.uploadV2"}.get(name, name.replace("_", "."))


def test_every_scope_has_its_reason_and_no_other_is_named(manifest: dict) -> None:
    assert (
        sorted(scope for row in rows("scope") for scope in named(row[0])) == manifest["oauth_config"]["scopes"]["bot"]
    )


def test_every_method_the_bot_calls_has_its_scope_and_every_scope_something_it_is_for() -> None:
    free = set(named(SCOPES[SCOPES.index("These methods need no scope") : SCOPES.index("## The app-level token")]))
    listed = {word for row in rows("scope") for word in named(row[2])} - {"link_shared"}
    assert methods_called() == listed | free
    assert all(row[2] for row in rows("scope"))


def test_every_event_that_is_answered_is_subscribed_to_and_no_other(manifest: dict) -> None:
    answered = sorted({name for text in ROOMS for name in re.findall(r"app\.event\(\s*\"(\w+)\"", text)})
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == answered
    assert sorted(event for row in rows("event") for event in named(row[0])) == answered


def test_addresses_are_unfolded_of_the_hosts_the_program_knows_and_of_no_others(manifest: dict) -> None:
    assert sorted(manifest["features"]["unfurl_domains"]) == sorted([unfurling.SITE, *unfurling.FILES])


def test_the_example_of_settings_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted([*Settings.model_fields, "POSTGRES_PASSWORD", "PUBLIC_HOST", "COMPOSE_FILE"])


COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def test_compose_runs_every_part_on_one_postgresql_that_is_brought_up_to_date_first() -> None:
    commands = {name: service["command"] for name, service in OURS.items()}
    assert commands == {"upgrade": ["db", "upgrade"]} | {part: ["run", "--only", part] for part in Part}
    assert len({service["environment"]["INSPECTION_WATCH_DATABASE_URL"] for service in OURS.values()}) == 1
    assert OURS["watch"]["environment"]["INSPECTION_WATCH_DATABASE_URL"].startswith("postgresql+psycopg://")
    for part in Part:
        assert OURS[part]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    assert OURS["upgrade"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    check = COMPOSE["services"]["database"]["healthcheck"]["test"]
    assert check[check.index("-h") + 1] == "127.0.0.1", "on its socket it answers before anybody else is let in"


def test_each_part_has_the_tokens_it_needs_and_no_other() -> None:
    secrets = {name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)}
    assert len(secrets) == 3
    taken = {name: {one for one in secrets if service["environment"].get(one) == ""} for name, service in OURS.items()}
    bots = "SLACK_BOT_TOKEN"
    assert taken == {"watch": secrets, "upgrade": secrets, "deliver": secrets - {bots}, "bot": set()}
    assert all(service["env_file"] == ".env" for service in OURS.values()), "what is set here counts before the file"


def test_watchers_and_senders_are_more_than_one() -> None:
    assert {part: OURS[part].get("deploy", {}).get("replicas", 1) for part in Part} == {
        Part.WATCH: 2,
        Part.BOT: 1,
        Part.DELIVER: 2,
    }


@pytest.mark.parametrize("name", OURS)
def test_every_container_of_ours_can_write_nothing_but_its_state_and_gain_nothing(name: str) -> None:
    service = OURS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["archive:/var/lib/inspection-watch"]
    assert "ports" not in service, "its port is for the other containers"
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()


def test_the_monitor_is_brought_along_only_if_it_is_asked_for() -> None:
    assert {name for name, service in COMPOSE["services"].items() if service.get("profiles")} == {"prometheus"}
    assert all(
        port.startswith("127.0.0.1:") for service in COMPOSE["services"].values() for port in service.get("ports", ())
    )


def test_the_container_copies_every_package_and_does_not_run_as_root() -> None:
    packages = {path.parent.name for path in DEPLOY.parent.glob("*/__init__.py")} - {"tests"}
    assert set(re.findall(r"^COPY (\w+)/ ", DOCKERFILE, re.MULTILINE)) == packages
    assert DOCKERFILE.count("\nFROM ") == 2
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.MULTILINE)


def test_the_containers_health_is_asked_of_itself_whatever_proxy_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    _, code, script = json.loads(re.search(r"HEALTHCHECK.*\\\n +CMD (\[.*\])", DOCKERFILE)[1])  # type: ignore[index]
    state = {"/healthz": 200}
    doors = listen.Doors(get={"/healthz": lambda: listen.as_text("", state["/healthz"])})
    with listen.serve(("127.0.0.1", 0), doors) as port:
        command = [sys.executable, code, script.replace("8080", str(port))]
        assert subprocess.run(command, timeout=60).returncode == 0
        state["/healthz"] = 503
        assert subprocess.run(command, timeout=60).returncode == 1
    assert subprocess.run(command, timeout=60, stderr=subprocess.DEVNULL).returncode == 1, "nobody is there"


UNITS = ("inspection-watch.service", "inspection-watch@.service")


def unit_section(name: str, of: str = UNITS[0]) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / of)
    return unit[name]


def test_the_unit_runs_the_service_with_its_state_and_does_not_restart_on_a_wrong_setting() -> None:
    service = unit_section("Service")
    assert service["ExecStart"].endswith("inspection-watch run")
    assert service["StateDirectory"] == "inspection-watch"
    assert service["RestartPreventExitStatus"] == "2"
    assert int(service["TimeoutStopSec"]) > 5


def test_a_part_runs_as_the_whole_does() -> None:
    whole, part = (dict(unit_section("Service", of)) for of in UNITS)
    assert part.pop("ExecStart") == f"{whole.pop('ExecStart')} --only %i"
    assert part.pop("EnvironmentFile") == "-/etc/inspection-watch.%i.env"
    assert "EnvironmentFile=/etc/inspection-watch.env\n" in (DEPLOY / UNITS[1]).read_text()
    whole.pop("EnvironmentFile")
    assert part == whole


PROGRAM = DEPLOY / "inspection-watch.sh"


def test_the_runbook_runs_commands_as_the_unit_runs_the_service() -> None:
    service = unit_section("Service")
    wanted = ("DynamicUser", "User", "StateDirectory", "WorkingDirectory", "Environment", "EnvironmentFile", "UMask")
    (line,) = re.findall(r"systemd-run .*", PROGRAM.read_text(), re.DOTALL)
    assert dict(re.findall(r"-p (\w+)=(\S+)", line)) == {name: service[name] for name in wanted}
    assert service["ExecStart"].removesuffix("run") + '"$@"' in line
    assert "systemd-run" not in RUNBOOK, "nobody types that"


def test_the_program_is_run_as_the_service_with_every_word_as_it_was_typed(tmp_path: Path) -> None:
    (tmp_path / "systemd-run").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "systemd-run").chmod(0o755)
    given = ["judgements", "why west sussex", "*", ""]
    ran = subprocess.run(
        ["sh", str(PROGRAM), *given], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert ran.stdout.splitlines()[-4:] == given
    assert PROGRAM.stat().st_mode & 0o111


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_unit(unit: str, tmp_path: Path) -> None:
    there = tmp_path / unit.replace("@", "@watch")
    text = (DEPLOY / unit).read_text()
    there.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    checked = subprocess.run(["systemd-analyze", "verify", str(there)], capture_output=True, text=True, timeout=30)
    about_ours = [line for line in checked.stderr.splitlines() if "inspection-watch" in line]
    assert about_ours == []


def test_the_same_uv_is_pinned_wherever_it_is_installed() -> None:
    texts = [RUNBOOK, *((DEPLOY / name).read_text() for name in ("Dockerfile", "../Makefile"))]
    assert len({re.search(r"uv==([\d.]+)", text)[1] for text in texts}) == 1  # type: ignore[index]


CLI = get_command(app)


def commands_of_ours(text: str) -> list[list[str]]:
    """What follows the program's name wherever a command is written out, word by word."""
    written = [line.strip() for line in text.splitlines() if line.startswith("    ")] + re.findall(r"`([^`]+)`", text)
    found = []
    for line in written:
        bare = re.search(r"^(?:/\S+/)?inspection-watch ([a-z].*)", line)
        composed = re.search(r"docker compose run --rm (?:watch|bot|deliver|upgrade) ([a-z].*)", line)
        if match := bare or composed:
            found.append(match[1].split())
    return found


def test_every_command_of_the_runbook_exists() -> None:
    found = commands_of_ours(RUNBOOK)
    assert ["db", "upgrade"] in found
    assert ["doctor"] in found
    assert ["db", "restored"] in found
    assert ["deliveries", "--dead"] in found
    assert ["db", "restore", "copy.sqlite"] in found
    for words in found:
        command = CLI
        for word in words:
            if word.startswith("--"):
                assert word in {option for parameter in command.params for option in parameter.opts}, words
            elif hasattr(command, "commands"):
                assert word in command.commands, words
                command = command.commands[word]


def test_every_service_of_the_runbook_exists() -> None:
    verbs = r"(?:run --rm(?: --\S+| -T| \S*tar)*|exec -T|stop|restart|ps|logs (?:-f|--tail 50)|up -d --wait|up -d)"
    named = [name for words in re.findall(rf"docker compose {verbs}((?: [a-z]+)+)", RUNBOOK) for name in words.split()]
    assert {"watch", "bot", "deliver", "database"} <= set(named)
    for words in re.findall(r"docker compose (?:stop|restart|logs -f)((?: [a-z]+)+)", RUNBOOK):
        assert set(words.split()) <= set(COMPOSE["services"]), words


def test_every_file_the_runbook_names_is_there() -> None:
    for name in re.findall(r"`((?:prometheus|grafana)/\S+|slack-\S+)`", RUNBOOK):
        assert (DEPLOY / name).exists(), name
