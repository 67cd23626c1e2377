"""The command line as a person meets it: what it says, how it ends, and that no traceback is ever shown."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.types import OPERATOR
from inspection_watch import cli, listen, wiring
from inspection_watch import settings as configuration
from inspection_watch.demo.histories import SCENES, build_site
from inspection_watch.demo.site import LocalSite, Site
from inspection_watch.health import healthz
from inspection_watch.settings import Settings
from judgements.types import NotRead, Status
from storage.alone import alone
from storage.store import Store
from storage.types import KnownDocument, Sent
from tests.bot.histories import fill, histories
from tests.bot.validators import check
from tests.counterparts import Postgres


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Ask = Callable[..., Said]


@pytest.fixture
def site() -> Site:
    return build_site(6)


@pytest.fixture
def ask(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Ask]:
    """Run the program with these words, between a local site and an empty state directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("INSPECTION_WATCH_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("INSPECTION_WATCH_GAP", "0")
    monkeypatch.setenv("INSPECTION_WATCH_LISTEN", "127.0.0.1:0")
    monkeypatch.setattr(cli.out, "width", 200)

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["inspection-watch", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(int(ended.value.code or 0), said.out, said.err)

    mask = os.umask(0o022)
    on_ctrl_c = signal.getsignal(signal.SIGINT)
    with LocalSite(site) as address:
        monkeypatch.setenv("INSPECTION_WATCH_SITE_URL", address)
        yield run
    os.umask(mask)
    signal.signal(signal.SIGINT, on_ctrl_c)


def test_help_lists_the_commands_that_exist_and_no_other(ask: Ask) -> None:
    said = ask("--help")
    assert said.status == 0
    for command in ("run", "poll", "parse", "judgements", "export", "replay", "db", "doctor", "demo"):
        assert f" {command} " in said.out


def test_a_poll_ends_with_a_summary_and_the_judgements_can_be_asked_for(ask: Ask, site: Site) -> None:
    first = ask("poll")
    assert first.status == 0
    assert first.err.splitlines() == [f"{done} of 153 authorities looked at" for done in range(25, 153, 25)]
    assert first.out.startswith("153 authorities seen, 153 opened,")
    assert "0 changes to tell" in first.out
    site.publish(SCENES["west-sussex"].stage(date(2026, 11, 20)))
    assert "1 documents read, 1 changes to tell." in ask("poll").out
    card = ask("judgements", "west", "sussex").out
    assert "West Sussex" in card
    assert "published 20 November 2026" in card
    again = ask("reparse")
    assert again.status == 0
    assert "documents read, 0 differ from what was stored." in again.out


def test_a_reading_that_differs_ends_reparse_with_1_until_it_is_accepted(
    ask: Ask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("poll")
    with monkeypatch.context() as yesterday:
        yesterday.setattr(Store, "archived", lambda store, all=Store.archived: tuple(map(_unread, all(store)))[:2])
        said = ask("reparse")
        assert said.status == 1
        assert "2 documents read, 2 differ from what was stored." in said.out
        assert "cut off" in said.out
        assert ask("reparse", "--accept").status == 0
    assert ask("reparse").status == 0


def _unread(document: KnownDocument) -> KnownDocument:
    return replace(document, reading=NotRead(status=Status.UNREADABLE, why="cut off"))


def test_a_site_that_fails_ends_a_poll_with_1_and_one_sentence(ask: Ask, site: Site) -> None:
    site.answer("/search", status=500, times=None)
    said = ask("poll")
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "answered 500" in said.err


def test_a_page_that_fails_ends_a_poll_with_1_and_one_sentence(ask: Ask, site: Site) -> None:
    site.answer("/provider/44/80578", status=410, times=None)
    said = ask("poll")
    assert said.status == 1
    assert "West Sussex: " in said.err
    assert "answered 410" in said.err


def test_a_list_that_shrinks_ends_a_poll_with_1_and_says_by_how_much(ask: Ask, site: Site) -> None:
    site.shrink(4)
    said = ask("poll")
    assert said.status == 1
    assert "shows 4 authorities, 149 that should be there are missing" in said.err


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["west-susex"], "West Sussex"),
        (["northamptonshire"], "North Northamptonshire"),
        (["xyzzy"], "xyzzy"),
        (["subscribe", "west-sussex"], "--channel"),
        (["subscribe"], "subscribe"),
        (["help"], "west-sussex"),
    ],
)
def test_what_cannot_be_answered_says_what_to_type_next(ask: Ask, typed: list[str], words: str) -> None:
    said = ask("judgements", *typed)
    assert said.status == (0 if typed == ["help"] else 1)
    assert words in said.out


def test_a_poll_by_hand_does_not_wait_for_a_source_that_rests(ask: Ask, site: Site) -> None:
    site.answer("/search", status=500, times=3)
    assert ask("poll").status == 1
    assert ask("poll").status == 0


def test_a_poll_by_hand_waits_for_a_source_that_asked_for_it(ask: Ask, site: Site) -> None:
    site.answer("/search", status=429, headers={"Retry-After": "3600"})
    assert ask("poll").status == 1
    site.forget_requests()
    said = ask("poll")
    assert said.status == 1
    assert "Nothing done: Ofsted's list of local authorities asked us not to come back before" in said.out
    assert site.requests == ()


def test_the_version_is_said(ask: Ask) -> None:
    assert ask("--version").out.startswith("inspection-watch 0.")


@pytest.fixture
def stored(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """The histories of West Sussex and Norfolk, in the state directory of `ask`."""
    with wiring.store(configuration.load()) as store:
        fill(store, {urn: documents for urn, documents in histories().items() if urn in ("80578", "80418")})
    capsys.readouterr()


def test_an_answers_picture_is_offered_and_saved_where_it_is_wanted(ask: Ask, stored: None, tmp_path: Path) -> None:
    assert "add --save and a folder to get west-sussex-timeline.png" in ask("judgements", "history", "west-sussex").out
    said = ask("judgements", "history", "west-sussex", "--save", "pictures")
    assert (said.status, "pictures/west-sussex-timeline.png" in said.out) == (0, True)
    assert (tmp_path / "pictures/west-sussex-timeline.png").read_bytes().startswith(b"\x89PNG")


def test_an_export_goes_down_a_pipe_or_into_a_file(ask: Ask, stored: None, tmp_path: Path) -> None:
    said = ask("export", "csv")
    assert said.status == 0
    latest = list(csv.DictReader(said.out.removeprefix("\ufeff").splitlines()))
    assert {row["authority"] for row in latest} == {"West Sussex", "Norfolk"}
    assert ask("export", "json", "--history", "--output", "new/all.json").status == 0
    everything = json.loads((tmp_path / "new/all.json").read_text(encoding="utf-8"))
    assert len(everything) > len(latest)


def test_an_export_of_nothing_says_so(ask: Ask) -> None:
    assert ask("db", "upgrade").status == 0
    said = ask("export", "csv")
    assert (said.status, said.out) == (1, "")
    assert "No judgement of any authority has been read yet" in said.err


def test_who_is_not_in_an_export_is_said_beside_it(ask: Ask, stored: None) -> None:
    assert "no grade has been read yet: 151 of 153 authorities" in " ".join(ask("export", "csv").err.split())


def test_a_past_day_is_replayed(ask: Ask, stored: None) -> None:
    said = ask("replay", "2023-05-11")
    assert said.status == 0
    assert "West Sussex improved overall: inadequate → requires improvement to be good" in said.out
    assert ask("replay", "someday").status == 1


def test_judgements_without_a_word_is_a_call_for_help(ask: Ask) -> None:
    said = ask("judgements")
    assert said.status == 0
    assert said.out == ask("judgements", "help").out
    for command in ("west-sussex", "subscribe west-sussex", "mute 14d"):
        assert f"inspection-watch judgements {command}" in said.out
    assert "say which one with --channel" in said.out


def waiting(channel: str) -> list[str]:
    """What this channel is owed, in the words of the notifications."""
    with wiring.store(configuration.load()) as store:
        claimed = store.claim_deliveries(wiring.now(), timedelta(minutes=1), "test", 9)
        told = [one.message.text for one in claimed if (one.team, one.channel) == ("T1", channel)]
        for one in claimed:
            check(one.message)
        store.record([Sent(delivery=one, ts="1.0", next_at=wiring.now()) for one in claimed], wiring.now())
    return told


IN_CHANNEL = ("judgements", "--team", "T1", "--channel", "C1")


@pytest.mark.parametrize(
    ("before", "typed", "said"),
    [
        ((), "subscribe kent, england letters weekly", "told only about letters on all of England and Kent"),
        (("subscribe kent",), "subscribe kent daily", "What is different for Kent"),
        (("subscribe kent",), "unsubscribe kent", "This channel will no longer be told about Kent."),
        (("subscribe kent",), "unsubscribe all", "This channel will no longer be told about anything."),
        ((), "mute 14d", "Muted until"),
        (("mute 14d",), "unmute", "This channel will be told again from now on."),
        ((), "unfurl off", "will no longer show what they say"),
    ],
)
def test_what_changes_a_channel_is_done_at_the_terminal_too_and_said_in_the_channel(
    ask: Ask, before: tuple[str, ...], typed: str, said: str
) -> None:
    for one in before:
        ask(*IN_CHANNEL, *one.split())
        assert len(waiting("C1")) == 1
    asked = ask(*IN_CHANNEL, *typed.split())
    assert asked.status == 0
    assert "The channel C1 will be told the same" in asked.out
    (told,) = waiting("C1")
    assert said in told
    assert "@U" not in asked.out


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("subscriptions", 0, "Kent"),
        ("subscribe kent", 0, "Nothing has changed"),
        ("unsubscribe york", 0, "was not subscribed to York"),
        ("subscribe medwy", 1, "inspection-watch judgements --channel C1 subscribe medway"),
        ("subscribe kent at 9", 1, "inspection-watch judgements --channel C1 subscribe kent daily 09:00"),
        ("mute for ever", 1, "inspection-watch judgements --channel C1 mute 14d"),
        ("unmute", 0, "was not muted"),
        ("unfurl", 0, "posted in this channel show what they say"),
        ("replay 2023-05-11", 0, "What this channel would have been sent on 11 May 2023"),
    ],
)
def test_what_is_only_answered_is_printed_and_said_to_nobody_else(ask: Ask, typed: str, status: int, said: str) -> None:
    ask(*IN_CHANNEL, "subscribe", "kent")
    waiting("C1")
    asked = ask(*IN_CHANNEL, *typed.split())
    assert (asked.status, said in asked.out) == (status, True)
    assert "is told the same" not in asked.out
    assert waiting("C1") == []


def test_the_operator_is_named_as_such_where_others_see_it(ask: Ask) -> None:
    ask(*IN_CHANNEL, "subscribe", "kent")
    assert "by the operator" in ask(*IN_CHANNEL, "subscriptions").out
    with wiring.store(configuration.load()) as store:
        (one,) = store.subscriptions("T1", "C1")
    assert one.created_by == OPERATOR


def test_the_workspaces_list_needs_no_channel_and_the_only_workspace_is_meant(ask: Ask) -> None:
    assert "No workspace is known here yet" in ask("judgements", "subscriptions", "workspace").err
    ask(*IN_CHANNEL, "subscribe", "kent")
    listed = ask("judgements", "subscriptions", "workspace")
    assert (listed.status, "#C1" in listed.out, "Kent" in listed.out) == (0, True, True)
    assert ask("judgements", "--channel", "C2", "subscribe", "york").status == 0
    ask("judgements", "--team", "T2", "--channel", "C1", "mute", "2h")
    which = ask("judgements", "--channel", "C1", "subscriptions")
    assert (which.status, which.err.startswith("Several workspaces are known here (T1, T2)")) == (2, True)


def test_the_workspace_of_the_bots_token_is_meant_before_any_other(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(*IN_CHANNEL, "subscribe", "kent")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    signed_in = SimpleNamespace(team="T9", user="U9", workspace="Nine", lacks=())
    monkeypatch.setattr("bot.slack.client.sign_in", lambda client: signed_in)
    ask("judgements", "--channel", "C1", "subscribe", "york")
    with wiring.store(configuration.load()) as store:
        assert [one.team for team in ("T1", "T9") for one in store.subscriptions(team, "C1")] == ["T1", "T9"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--channel", "general", "--channel takes Slack's id"), ("--team", "us", "--team takes Slack's id")],
)
def test_what_is_no_id_of_slacks_is_refused(ask: Ask, option: str, value: str, said: str) -> None:
    ids = {"--channel": "C1", "--team": "T1", option: value}
    refused = ask("judgements", *(word for pair in ids.items() for word in pair), "subscriptions")
    assert (refused.status, refused.err.startswith(said)) == (2, True)


def test_what_concerns_a_channel_says_that_it_has_to_be_named(ask: Ask) -> None:
    for typed in ("subscribe kent", "unsubscribe kent", "subscriptions", "mute 14d", "unmute", "unfurl off"):
        asked = ask("judgements", *typed.split())
        assert (asked.status, "say which one with --channel" in asked.out) == (1, True)


def test_bad_files_have_one_sentence_each_and_the_good_ones_are_read(ask: Ask, site: Site, tmp_path: Path) -> None:
    whole = SCENES["west-sussex"].stage(date(2026, 11, 20)).body
    good = whole() if callable(whole) else whole
    bad = {
        "empty.pdf": b"",
        "page.pdf": b"<html><title>Report not found - Find an Inspection Report - Ofsted</title></html>",
        "cut.pdf": good[: len(good) // 3],
        "noise.pdf": bytes(range(256)) * 20,
    }
    (tmp_path / "good.pdf").write_bytes(good)
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    names = [*bad, "not-there.pdf", "good.pdf"]
    said = ask("parse", "--format", "jsonl", *names)
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert said.status == 1
    assert [line["source"] for line in lines] == names
    assert {line["source"]: line["status"] for line in lines} == {
        "empty.pdf": "unreadable",
        "page.pdf": "not_a_report",
        "cut.pdf": "unreadable",
        "noise.pdf": "unreadable",
        "not-there.pdf": "unreadable",
        "good.pdf": "parsed",
    }
    assert all(line["problems"] for line in lines[:-1])
    assert lines[-1]["authority"]["name"] == "West Sussex"


def document(scene: str) -> bytes:
    body = SCENES[scene].stage(date(2026, 11, 20)).body
    return body() if callable(body) else body


def test_a_table_for_people_shows_each_grade_in_words_with_its_page_and_words(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/good.pdf").write_bytes(document("west-sussex"))
    said = ask("parse", "in/good.pdf")
    assert said.status == 0
    assert said.out.startswith("in/good.pdf: inspection of children's services · West Sussex")
    assert "inspectors were there 28 September to 9 October 2026" in said.out
    assert "publication date not in it · all read" in said.out
    assert "The experiences and progress of care leavers Outstanding" in said.out
    assert "requires improvement to be good" in said.out
    assert "4 areas for improvement" in said.out
    assert "_" not in said.out


def test_a_letter_is_told_with_its_date_its_number_and_its_areas(ask: Ask, tmp_path: Path) -> None:
    for scene in ("focused-visit", "monitoring-visit", "send"):
        (tmp_path / scene).write_bytes(document(scene))
    assert "1 area for priority action" in ask("parse", "focused-visit").out
    visit = ask("parse", "monitoring-visit").out
    assert "published 20 November 2026" in visit
    assert "visit number 3" in visit
    assert "outcome: inconsistent experiences and outcomes (page" in ask("parse", "send").out


def test_a_stranger_s_brackets_and_file_names_of_any_bytes_are_words(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html><title>x [/oops] y</title><h1>x [/oops] y</h1>[/b]</html>")
    assert ask("parse", "x.html").err == ""
    for words in (["parse"], ["parse", "--format", "jsonl"]):
        said = ask(*words, "[/b].pdf", "\udcff.pdf")
        assert (said.status, said.err) == (1, "")
    assert [json.loads(line)["source"] for line in said.out.splitlines()] == ["[/b].pdf", "\udcff.pdf"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("mysql://root:hunter2@db/x", 2),
        ("hunter2", 2),
        ("postgresql+psycopg://watch:hunter2@127.0.0.1:9/x", 1),
        ("sqlite:////nowhere/watch.sqlite", 2),
    ],
    ids=["another kind", "no address", "nobody answers", "no such folder"],
)
def test_a_database_that_cannot_be_opened_is_one_sentence_without_its_password(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, url: str, status: int
) -> None:
    monkeypatch.setenv("INSPECTION_WATCH_DATABASE_URL", url)
    said = ask("poll")
    assert (said.status, said.err.count("\n")) == (status, 1)
    assert "hunter2" not in said.err
    assert "[secret]" not in said.err, "what to write is readable"


@pytest.mark.postgres
def test_a_password_that_is_refused_is_a_wrong_setting(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    for who in (postgres.url("nothing_of_that_name"), postgres.url("postgres").replace("postgres@", "stranger@")):
        monkeypatch.setenv("INSPECTION_WATCH_DATABASE_URL", who)
        said = ask("poll")
        assert (said.status, "names the right host, database, user and password" in said.err) == (2, True)


def test_a_state_directory_that_cannot_be_made_is_a_wrong_setting(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("INSPECTION_WATCH_STATE_DIR", str(tmp_path / "file" / "state"))
    said = ask("poll")
    assert (said.status, "INSPECTION_WATCH_STATE_DIR" in said.err) == (2, True)


def test_a_disk_that_is_full_may_be_mended(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    assert ask("poll").status == 1


def test_a_port_that_is_taken_may_be_free_later_and_one_that_is_none_will_not(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("INSPECTION_WATCH_LISTEN", f"127.0.0.1:{other.getsockname()[1]}")
        said = ask("run", "--only", "watch")
    assert (said.status, "Address already in use" in said.err) == (1, True)
    monkeypatch.setenv("INSPECTION_WATCH_LISTEN", "192.0.2.1:80")
    assert ask("run", "--only", "watch").status == 2


def test_what_is_written_is_for_its_own_user(ask: Ask, tmp_path: Path) -> None:
    assert ask("poll").status == 0
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "state", *(tmp_path / "state").iterdir())}
    assert {"state", "archive", "inspection-watch.sqlite"} <= set(modes)
    assert set(modes.values()) == {0}


def test_run_without_tokens_says_which_and_how_to_get_them(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ask("run")
    assert said.status == 2
    assert [line.split()[0] for line in said.err.splitlines()] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert "slack-manifest.yaml" in said.err
    monkeypatch.setenv("SLACK_BOT_TOKEN", "hunter2")
    said = ask("run")
    assert (said.status, said.err) == (2, "SLACK_BOT_TOKEN: must begin with xoxb-.\n")


def test_run_says_when_slack_cannot_be_reached(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hunter2")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-hunter2")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    said = ask("run")
    assert said.status == 1, "that may pass: a service manager is to start it again"
    assert said.err.splitlines()[-1].startswith("Slack cannot be reached")
    assert "hunter2" not in said.err


def test_the_database_is_upgraded_copied_and_put_back_by_hand(ask: Ask, tmp_path: Path) -> None:
    assert ask("db", "upgrade").out == "The schema was not there yet and is 0001 now.\n"
    assert ask("db", "upgrade").out == "The schema is up to date (0001).\n"
    copy = str(tmp_path / "copy")
    assert f"{copy} is a complete copy of the database" in ask("db", "backup", copy).out
    again = ask("db", "backup", copy)
    assert (again.status, "add --replace" in again.err) == (1, True)
    assert ask("db", "backup", copy, "--replace").status == 0
    said = ask("db", "restore", copy)
    now, before, since = said.out.splitlines()
    assert now == f"The database {tmp_path}/state/inspection-watch.sqlite is now as {copy} has it."
    assert before.startswith("What was there before is kept as ")
    assert Path(before.rpartition(" ")[2].rstrip(".")).exists()
    assert "is looked for in the channels before it is told again" in since
    assert ask("db", "restored").out.startswith("It was copied at ")


def test_a_second_service_on_one_sqlite_file_is_refused_with_what_to_do(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ask("db", "upgrade")
    ask("db", "backup", str(tmp_path / "copy"))
    with alone(f"sqlite:///{tmp_path}/state/inspection-watch.sqlite"):
        second = ask("run", "--only", "watch")
        restored = ask("db", "restore", str(tmp_path / "copy"))
    for said in (second, restored):
        assert said.status == 1
        assert "in use by another inspection-watch" in said.err.splitlines()[-1]
        assert "have them share a PostgreSQL" in said.err


def checked(said: Said) -> dict[str, str]:
    """Each of the doctor's checks with its verdict."""
    return {line[8:18].strip(): line.split()[0] for line in said.out.splitlines()}


def test_the_doctor_names_what_is_missing_and_what_is_well(ask: Ask, site: Site) -> None:
    said = ask("doctor")
    assert said.status == 1
    assert checked(said) == {
        "archive": "ok",
        "database": "ok",
        "site": "ok",
        "contact": "advice",
        "listen": "ok",
        "bot token": "FIX",
        "app token": "FIX",
    }
    site.answer("/search", status=403, times=None)
    assert "answered 403" in ask("doctor").out


def test_the_doctor_looks_closely_at_the_site_alone(ask: Ask, site: Site) -> None:
    said = ask("doctor", "--live")
    assert said.status == 0
    assert "153 authorities on 2 pages" in said.out
    assert {"robots", "missing", "manners"} < checked(said).keys()
    assert "bot token" not in said.out
    site.shrink(9)
    assert ask("doctor", "--live").status == 1


def test_the_doctor_says_when_the_archive_can_no_longer_be_written(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert checked(ask("doctor"))["archive"] == "ok"
    monkeypatch.setattr("tempfile._get_candidate_names", lambda: iter(["no/such/folder"]))
    said = ask("doctor")
    assert checked(said)["archive"] == "FIX"
    assert "cannot be written" in said.out


def test_the_doctor_advises_where_the_disk_is_nearly_full(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=10**12, free=10**8))
    said = ask("doctor")
    assert checked(said)["archive"] == "advice"
    assert "only 0.1 GB are free" in said.out


def test_the_doctor_knows_a_running_service_from_another_program_on_its_port(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen.serve(("127.0.0.1", 0), listen.Doors(get={"/healthz": healthz})) as port:
        monkeypatch.setenv("INSPECTION_WATCH_LISTEN", f"127.0.0.1:{port}")
        assert "the service runs" in ask("doctor").out
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(listen, "CHECK_SECONDS", 0.05)
        monkeypatch.setenv("INSPECTION_WATCH_LISTEN", f"127.0.0.1:{other.getsockname()[1]}")
        said = ask("doctor")
    assert checked(said)["listen"] == "FIX"
    assert "Address already in use" in said.out


def test_the_doctor_says_that_there_are_further_pages(ask: Ask) -> None:
    assert "lists 100 authorities on the first of its pages." in ask("doctor").out


def test_the_doctor_takes_a_page_s_title_as_it_is(ask: Ask, site: Site) -> None:
    site.answer("/search", status=200, body=b"<html><title>[/b] away</title></html>", times=None)
    assert "[/b] away" in ask("doctor").out


def test_a_fault_nobody_foresaw_is_one_sentence_and_the_whole_story_without_its_secret_is_kept(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(
            f"refused\nxapp-hunter2 {'word ' * 55} postgresql://watch:hunter2@{'host' * 20}/x {'on ' * 999}"
        )

    monkeypatch.setattr(cli.checks, "examine", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = ask("doctor")
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "RuntimeError: refused [secret]" in said.err
    assert len(said.err) < 600
    (kept,) = tmp_path.glob("inspection-watch-*")
    assert str(kept) in said.err
    assert "Traceback" in kept.read_text()
    assert "hunter2" not in kept.read_text() + said.err


def test_a_fault_of_the_service_stands_in_its_log_under_the_id_that_is_said(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("xapp-hunter2")

    monkeypatch.setattr(cli.run, "run", fail)
    monkeypatch.setattr(sys, "argv", ["inspection-watch", "run"])
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    line, sentence = capsys.readouterr().err.splitlines()
    assert "Traceback" in json.loads(line)["exception"]
    assert f"id {json.loads(line)['id']}." in sentence
    assert "hunter2" not in line + sentence


def test_ctrl_c_ends_quietly(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.checks, "examine", interrupt)
    assert ask("doctor") == Said(130, "", "")
    monkeypatch.setattr(cli, "app", interrupt)
    assert ask("doctor") == Said(130, "", "")
