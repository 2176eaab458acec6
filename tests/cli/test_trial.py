"""`test-alert`: what a test through a contact's channels came to."""

import json
from dataclasses import replace
from typing import Protocol

from typer.testing import CliRunner, Result

from linkwatch.cli.root import app
from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.ports import Tried
from linkwatch.runtime.trial import NO_ATTEMPT, trial_messages
from support.province import inventory
from support.waiting import START

PROVINCE = inventory()
CHANNELS = (ChannelId("hook"), ChannelId("mail"))
CONTACT = replace(next(iter(PROVINCE.contacts.values())), channels=CHANNELS)
BY_HOOK, BY_MAIL = trial_messages(PROVINCE, CONTACT, START)
ACCEPTED = Tried(BY_HOOK, DeliveryOutcome.ACCEPTED, "HTTP 200")


class Control(Protocol):
    """What the `daemon` fixture lets a test set."""

    tried: tuple[Tried, ...] | None
    tests: list[tuple[ContactId, bool]]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["test-alert", *arguments])


def test_all_channels_accept_it(daemon: Control) -> None:
    daemon.tried = (ACCEPTED, Tried(BY_MAIL, DeliveryOutcome.ACCEPTED, "250 OK"))
    result = run("duty")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["Test", "to", "duty"],
        ["channel", "outcome", "detail"],
        ["hook", "accepted", "HTTP", "200"],
        ["mail", "accepted", "250", "OK"],
    ]
    assert daemon.tests == [("duty", True)]


def test_one_that_refuses_is_an_answer_of_no_with_the_peers_words(daemon: Control) -> None:
    daemon.tried = (ACCEPTED, Tried(BY_MAIL, DeliveryOutcome.REFUSED, "550 \x1b[2Jno such user"))
    result = run("duty")
    assert result.exit_code == 1
    assert "refused" in result.stdout
    assert "no such user" in result.stdout
    assert "\x1b" not in result.stdout


def test_one_that_is_silent_is_no_success(daemon: Control) -> None:
    daemon.tried = (ACCEPTED, Tried(BY_MAIL, None, NO_ATTEMPT))
    result = run("duty")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].split() == ["mail", "waiting", *NO_ATTEMPT.split()]


def test_a_dry_run_shows_the_words_and_sends_nothing(daemon: Control) -> None:
    daemon.tried = (Tried(BY_HOOK, None, "not sent"), Tried(BY_MAIL, None, "not sent"))
    result = run("duty", "--dry-run")
    assert result.exit_code == 0
    first, subject, short, *text = result.stdout.splitlines()
    assert first == "By: hook, mail; not sent"
    assert subject == f"Subject: {BY_HOOK.subject}"
    assert short == f"Short: {BY_HOOK.short}"
    assert "\n".join(text) == BY_HOOK.text
    assert daemon.tests == [("duty", False)]


def test_as_json(daemon: Control) -> None:
    daemon.tried = (ACCEPTED,)
    (entry,) = json.loads(run("duty", "--json").stdout)
    assert (entry["channel"], entry["outcome"], entry["key"]) == ("hook", "accepted", BY_HOOK.key)


def test_nobody_of_that_name(daemon: Control) -> None:
    result = run("nobody")
    said = "linkwatch: the configuration in force has no contact nobody\n"
    assert (result.exit_code, result.stderr) == (1, said)


def test_a_contact_without_channels_cannot_be_told(daemon: Control) -> None:
    daemon.tried = ()
    result = run("duty")
    assert (result.exit_code, result.stderr) == (1, "linkwatch: duty has no channels\n")


def test_what_the_daemon_does_not_understand_is_told(daemon: Control) -> None:
    assert run(" ").exit_code == 2


def test_without_a_daemon_nothing_is_sent(sites_yaml: object) -> None:
    assert run("duty").exit_code == 3
