"""The settings, from the environment or a `.env` file in the working directory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

from inspection_watch.logs import keep_secret
from watchers.schedule import DEFAULT as DEFAULT_PLAN
from watchers.schedule import DEFAULT_WALKS, parse_plan, parse_walks
from watchers.wire import is_this_machine


class SettingsError(Exception):
    """One sentence for each setting that is wrong: its name, what is wrong, what to write instead."""


SITE = "https://reports.ofsted.gov.uk"
MISTYPED = 0.9
"""So much like a setting's name that it must be meant for it (of 1.0)."""
CHANNEL = re.compile("[CG][A-Z0-9]+")
"""Slack's id of a channel."""
LONGEST_WAIT = timedelta(days=7)
SHORTEST_MEMORY, LONGEST_MEMORY = 60, 36_500
"""Days. What is younger is still corrected in place, or looked for after a crash."""


def _http(url: str) -> str:
    parts = urlsplit(_ascii(url))
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or ""):
        raise ValueError("must be an address that begins with http:// or https:// and the name of a host")
    _ = parts.port  # raises ValueError, in words, where it is no port
    if "@" in parts.netloc:
        raise ValueError("must have no name and no password in it: it is written into logs")
    return url


def _guarded(url: str) -> str:
    """The token goes there with every call."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        raise ValueError("must begin with https://, or be an address of this machine: the token is sent there")
    return url


def _is_host(name: str) -> bool:
    return all(0 < len(label) < 64 for label in name.removesuffix(".").split("."))


def _ascii(text: str) -> str:
    """It goes into the head of a request, where nothing else is allowed."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must be written in plain letters without accents, digits and signs (printable ASCII)")
    return text


def _plan(text: str) -> str:
    try:
        longest = max(rule.every for rule in parse_plan(text))
    except OverflowError:
        longest = timedelta.max
    if longest > LONGEST_WAIT:
        raise ValueError("must look at least once a week, for example every 3h")
    return text


def _walks(text: str) -> str:
    parse_walks(text)
    return text


def _gap(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 3600:
        raise ValueError("must be a number of seconds, 0 or more, for example 1 or 0.5")
    return seconds


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise ValueError("must be host:port, for example 127.0.0.1:8080")
    return text


def _channel(text: str) -> str:
    if text and not CHANNEL.fullmatch(text):
        raise ValueError("must be the id of a channel, C…: it stands at the end of “View channel details” in Slack")
    return text


def _keep(value: object) -> object:
    if value is None or value == "for ever":
        return None
    days = str(value).removesuffix("d")
    if not (days.isascii() and days.isdecimal()) or not SHORTEST_MEMORY <= int(days) <= LONGEST_MEMORY:
        raise ValueError(f"must be “for ever” or a number of days, {SHORTEST_MEMORY} or more, for example 400d")
    return timedelta(days=int(days))


def _hosts(value: object) -> object:
    hosts = tuple(value.replace(",", " ").split()) if isinstance(value, str) else value
    if isinstance(hosts, tuple) and not all(_HOST.fullmatch(host) and _is_host(host.split(":")[0]) for host in hosts):
        raise ValueError("must be names of hosts, for example files.ofsted.gov.uk, without https:// and without a path")
    return hosts


_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def _state_dir() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "inspection-watch"


def _token(prefix: str) -> AfterValidator:
    def check(token: SecretStr | None) -> SecretStr | None:
        text = token.get_secret_value() if token else prefix
        if not text.startswith(prefix):
            raise ValueError(f"must begin with {prefix}")
        if token and not re.fullmatch("[A-Za-z0-9-]+", text.removeprefix(prefix)):
            raise ValueError(f"must be {prefix} and then nothing but letters, digits and hyphens: copy it again")
        return token

    return AfterValidator(check)


def _secret(secret: SecretStr | None) -> SecretStr | None:
    if secret and not re.fullmatch("[0-9A-Za-z]{16,}", secret.get_secret_value()):
        raise ValueError("must be letters and digits only, at least 16 of them: copy it again from Basic Information")
    return secret


Address = Annotated[str, AfterValidator(_http)]


class Settings(BaseSettings):
    """Every setting, under the name it has in the environment. Secrets never print."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    SLACK_BOT_TOKEN: Annotated[SecretStr | None, _token("xoxb-")] = Field(
        None, description="The bot's token (xoxb-…): OAuth & Permissions in the app's settings."
    )
    SLACK_APP_TOKEN: Annotated[SecretStr | None, _token("xapp-")] = Field(
        None, description="The app-level token (xapp-…, scope connections:write) for Socket Mode."
    )
    SLACK_SIGNING_SECRET: Annotated[SecretStr | None, AfterValidator(_secret)] = Field(
        None,
        description="Instead of the app token: Slack posts its signed requests to /slack/events on "
        "INSPECTION_WATCH_LISTEN.",
    )
    SLACK_API_URL: Annotated[Address, AfterValidator(_guarded)] = Field(
        "https://slack.com/api/", description="Slack's Web API; tests point it elsewhere."
    )
    INSPECTION_WATCH_DATABASE_URL: str | None = Field(
        None,
        description="postgresql+psycopg://user:password@host/name, or sqlite:///path; default: a file in the "
        "state directory.",
    )
    INSPECTION_WATCH_SITE_URL: Address = Field(SITE, description="The source site.")
    INSPECTION_WATCH_FILE_HOSTS: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_hosts)] = Field(
        ("files.ofsted.gov.uk", "files.api.ofsted.gov.uk"),
        description="Hosts that documents may be fetched from, besides the site's own; separated by commas.",
    )
    INSPECTION_WATCH_POLL: Annotated[str, AfterValidator(_plan)] = Field(
        DEFAULT_PLAN,
        description="The poll plan, London time: rules separated by semicolons, the first that fits counts.",
    )
    INSPECTION_WATCH_WALK: Annotated[str, AfterValidator(_walks)] = Field(
        DEFAULT_WALKS,
        description="When every authority's page is opened, London time: times of day separated by semicolons.",
    )
    INSPECTION_WATCH_GAP: Annotated[float, BeforeValidator(_gap)] = Field(
        1.0, description="Least seconds between two requests to one host."
    )
    INSPECTION_WATCH_LISTEN: Annotated[str, AfterValidator(_listen)] = Field(
        "127.0.0.1:8080", description="Where /healthz, /readyz and /metrics answer."
    )
    INSPECTION_WATCH_CONTACT: Annotated[str, AfterValidator(_ascii)] = Field(
        "", description="An address or page that the source site's owners can turn to; goes into the User-Agent."
    )
    INSPECTION_WATCH_STATE_DIR: Path = Field(
        default_factory=_state_dir, description="The archive of fetched documents and the SQLite file."
    )

    INSPECTION_WATCH_OPERATOR_CHANNEL: Annotated[str, AfterValidator(_channel)] = Field(
        "", description="The id of the Slack channel (C…) where trouble is reported; never a readers' channel."
    )
    INSPECTION_WATCH_SUBSCRIBERS: Literal["everyone", "admins"] = Field(
        "everyone",
        description="Who may change what a channel is told: everyone in it, or the workspace's admins alone.",
    )
    INSPECTION_WATCH_KEEP_MESSAGES: Annotated[timedelta | None, BeforeValidator(_keep)] = Field(
        None,
        description="How long sent messages are remembered, for example 400d; default: for ever. What is forgotten "
        "is no longer corrected in place.",
    )
    INSPECTION_WATCH_KEEP_COPIES: Annotated[timedelta | None, BeforeValidator(_keep)] = Field(
        None,
        description="How long archived copies are kept that nothing refers to any more (earlier pages, replaced "
        "documents); default: for ever. Listed documents are always kept.",
    )

    @model_validator(mode="before")
    @classmethod
    def _without_what_cannot_be_seen(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """A file written on Windows ends every value with a carriage return; a value of nothing else is unset."""
        tidy = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in tidy.items() if value != ""}

    @property
    def database_url(self) -> str:
        default = f"sqlite:///{self.INSPECTION_WATCH_STATE_DIR.absolute() / 'inspection-watch.sqlite'}"
        return self.INSPECTION_WATCH_DATABASE_URL or default

    @property
    def secrets(self) -> frozenset[str]:
        """What nobody is to read: the tokens, and the database's password as it is written and as it is meant."""
        given = [getattr(self, name) for name in type(self).model_fields]
        hidden = {one.get_secret_value() for one in given if isinstance(one, SecretStr)}
        with suppress(ValueError):  # no address: the database's door says so
            written = urlsplit(self.database_url).password or ""
            hidden |= {written, unquote(written)}
        return frozenset(hidden - {""})

    @property
    def hosts(self) -> tuple[str, ...]:
        return (urlsplit(self.INSPECTION_WATCH_SITE_URL).netloc, *self.INSPECTION_WATCH_FILE_HOSTS)

    @property
    def inside(self) -> str:
        """The host that may be inside a network, as it may be in a test or behind a mirror; "" for Ofsted's own."""
        named = urlsplit(self.INSPECTION_WATCH_SITE_URL).hostname or ""
        return "" if named.removesuffix(".") == urlsplit(SITE).hostname else self.hosts[0]

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port; port 0 is a free one."""
        host, _, port = self.INSPECTION_WATCH_LISTEN.rpartition(":")
        return host.strip("[]"), int(port)


def load() -> Settings:
    """The settings of this process; what is secret in them is blotted from now on.

    Raises `SettingsError`; what was typed is never repeated, it may be a secret.
    """
    try:
        if unknown := [said for name in (*os.environ, *_in_the_file()) if (said := _unknown(name))]:
            raise SettingsError("\n".join(dict.fromkeys(unknown)))
        settings = Settings()
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, e['loc']))}: {_sentence(e['msg'])}" for e in error.errors())
        raise SettingsError("\n".join(wrong)) from None
    except UnicodeDecodeError:
        raise SettingsError("The file .env is not written in UTF-8: save it again in that encoding.") from None
    except OSError as error:
        raise SettingsError(f"The file .env cannot be read ({error.strerror}).") from None
    keep_secret(settings.secrets)
    return settings


NAMES = tuple(Settings.model_fields)


def _in_the_file() -> Iterable[str]:
    return DotEnvSettingsSource(Settings, case_sensitive=True).env_vars


def _unknown(name: str) -> str:
    """What to say of a name that is no setting and seems to be meant for one; "" of all others."""
    if name in NAMES:
        return ""
    near = get_close_matches(name, NAMES, n=1)
    meant = name.startswith("INSPECTION_WATCH_") or get_close_matches(name, NAMES, cutoff=MISTYPED)
    return f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ".") if meant else ""


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".") + "."
