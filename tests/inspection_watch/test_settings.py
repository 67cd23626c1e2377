from __future__ import annotations

from pathlib import Path

import pytest

from inspection_watch.settings import Settings, SettingsError, load


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_has_to_be_set_to_look_at_the_real_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    settings = load()
    assert settings.hosts == ("reports.ofsted.gov.uk", "files.ofsted.gov.uk", "files.api.ofsted.gov.uk")
    assert settings.database_url == f"sqlite:///{tmp_path}/inspection-watch/inspection-watch.sqlite"
    assert settings.SLACK_BOT_TOKEN is None


def test_settings_come_from_the_environment_and_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INSPECTION_WATCH_GAP=0\nINSPECTION_WATCH_CONTACT=from the file\nOTHER=x\n")
    monkeypatch.setenv("INSPECTION_WATCH_CONTACT", "someone@example.org")
    monkeypatch.setenv("INSPECTION_WATCH_FILE_HOSTS", "a.example, b.example:81")
    settings = load()
    assert (settings.INSPECTION_WATCH_GAP, settings.INSPECTION_WATCH_CONTACT) == (0, "someone@example.org")
    assert settings.hosts[1:] == ("a.example", "b.example:81")


@pytest.mark.parametrize("name", ["INSPECTION_WATCH_OPERATOR_CHANEL", "SLACK_APP_TOKENS"])
def test_a_name_that_is_mistyped_in_the_file_is_noticed_as_in_the_environment(tmp_path: Path, name: str) -> None:
    (tmp_path / ".env").write_text(f"POSTGRES_PASSWORD=x\nSLACK_WEBHOOK=x\n{name}=C0OPS\n")
    with pytest.raises(SettingsError, match=rf"^{name} is no setting; did you mean \w+\?$"):
        load()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api/", "http://localhost/api/", "https://slack.example/api/"])
def test_a_stand_in_for_slack_may_be_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SLACK_API_URL", url)
    assert url == load().SLACK_API_URL


def test_an_empty_setting_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    assert load().SLACK_BOT_TOKEN is None


def test_what_a_file_from_windows_adds_to_a_value_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", " xapp-1-A0-beef\r")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "\r")
    monkeypatch.setenv("INSPECTION_WATCH_CONTACT", "a@b.example\r")
    monkeypatch.setenv("INSPECTION_WATCH_GAP", "\r")
    settings = load()
    assert settings.SLACK_APP_TOKEN is not None
    assert settings.SLACK_APP_TOKEN.get_secret_value() == "xapp-1-A0-beef"
    assert settings.SLACK_BOT_TOKEN is None
    assert (settings.INSPECTION_WATCH_CONTACT, settings.INSPECTION_WATCH_GAP) == ("a@b.example", 1)


def test_a_file_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("INSPECTION_WATCH_CONTACT=Jürgen\n".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"\.env is not written in UTF-8"):
        load()


def test_a_file_that_may_not_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INSPECTION_WATCH_GAP=0\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("dotenv.main.DotEnv._get_stream", refuse)
    with pytest.raises(SettingsError, match=r"\.env cannot be read \(Permission denied\)"):
        load()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-swapped-by-mistake", "SLACK_BOT_TOKEN: must begin with xoxb-."),
        ("SLACK_APP_TOKEN", "s3cret-value", "SLACK_APP_TOKEN: must begin with xapp-."),
        ("SLACK_APP_TOKEN", "xapp-1-s3cret…", "copy it again"),
        ("SLACK_BOT_TOKEN", "xoxb-s3cret\nX-Header: 1", "copy it again"),
        ("SLACK_API_URL", "https://släck.example/api/", "printable ASCII"),
        ("INSPECTION_WATCH_SITE_URL", "http://127.0.0.1:99999", "INSPECTION_WATCH_SITE_URL: "),
        ("SLACK_API_URL", "http://a..b/api/", "the name of a host"),
        ("INSPECTION_WATCH_SITE_URL", "https:///search", "the name of a host"),
        ("INSPECTION_WATCH_SITE_URL", "http://[::1", "INSPECTION_WATCH_SITE_URL: "),
        ("INSPECTION_WATCH_CONTACT", "Jürgen", "printable ASCII"),
        ("INSPECTION_WATCH_CONTACT", "a@b.example\nX-Header: 1", "printable ASCII"),
        ("INSPECTION_WATCH_POLL", "every 99999999999999h", "at least once a week"),
        ("INSPECTION_WATCH_POLL", "every 5m; every 999999h", "at least once a week"),
        ("INSPECTION_WATCH_GAP", "nan", "must be a number of seconds, 0 or more"),
        ("INSPECTION_WATCH_GAP", "inf", "must be a number of seconds, 0 or more"),
        ("INSPECTION_WATCH_LISTEN", "127.0.0.1:²", "must be host:port"),
        ("INSPECTION_WATCH_SITE_URL", "reports.ofsted.gov.uk", "must be an address that begins with http"),
        ("INSPECTION_WATCH_POLL", "often-s3cret", "for example"),
        ("INSPECTION_WATCH_WALK", "nightly-s3cret", "for example"),
        ("INSPECTION_WATCH_WALK", "mon-fri 25:00", "for example"),
        ("INSPECTION_WATCH_GAP", "-1", "must be a number of seconds, 0 or more"),
        ("INSPECTION_WATCH_GAP", "fast", "must be a number of seconds, 0 or more"),
        ("INSPECTION_WATCH_FILE_HOSTS", "https://s3cret.example", "must be names of hosts"),
        ("INSPECTION_WATCH_FILE_HOSTS", "files.ofsted.gov.uk, files.api.ofsted.gov.uk/", "without a path"),
        ("INSPECTION_WATCH_FILE_HOSTS", "files..gov.uk", "must be names of hosts"),
        ("INSPECTION_WATCH_LISTEN", "81", "must be host:port"),
        ("INSPECTION_WATCH_LISTEN", "127.0.0.1:99999", "must be host:port"),
        ("INSPECTION_WATCH_CONTCT", "x", "is no setting; did you mean INSPECTION_WATCH_CONTACT?"),
        ("SLACK_BOT_TOKN", "xoxb-1", "is no setting; did you mean SLACK_BOT_TOKEN?"),
        ("INSPECTON_WATCH_GAP", "1", "is no setting; did you mean INSPECTION_WATCH_GAP?"),
        ("SLACK_API_URL", "http://slack.example/api/", "must begin with https://, or be an address of this machine"),
        ("INSPECTION_WATCH_SITE_URL", "https://me:s3cret@mirror.example", "must have no name and no password in it"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write_and_what_was_typed_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load()
    assert str(error.value).startswith(name)
    assert words in str(error.value)
    if name.startswith("SLACK"):
        assert value not in str(error.value)
    if "@" in value:
        assert "s3cret" not in str(error.value)


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-abcdef")
    assert "abcdef" not in repr(load())
    assert "abcdef" not in str(load().model_dump())


@pytest.mark.parametrize(("written", "meant"), [("0.0.0.0:81", ("0.0.0.0", 81)), ("[::1]:81", ("::1", 81))])
def test_where_to_listen_is_a_host_and_a_port(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: tuple[str, int]
) -> None:
    monkeypatch.setenv("INSPECTION_WATCH_LISTEN", written)
    assert load().listen == meant
