"""What systemd is told of the daemon, and what it does with it."""

import hashlib
import hmac
from pathlib import Path

import pytest

from support.receiver import receiver
from support.service import CONFIG, SECRET, START, Service, province

BACK = 5.0
"""s after a kill in which it is ready again."""
UNIT_FILES = Path(__file__).parents[2] / "deploy" / "systemd"


def test_active_is_after_the_first_full_round_however_long_that_takes(service: Service) -> None:
    service.systemctl("stop")
    service.configure(province(links=24, interval="10s"))
    service.drop_in("start", "[Service]\nTimeoutStartSec=6\n")
    service.systemctl("start", "--no-block")
    seen = set()

    def is_active() -> bool:
        # What is asked later is at least as far: active must find it ready.
        state = service.state()
        seen.add((state, service.answers("/readyz")))
        return state == "active"

    took = service.machine.wait(START, "it is active", is_active)
    assert seen <= {("activating", 0), ("activating", 503), ("activating", 200), ("active", 200)}
    assert ("activating", 503) in seen
    assert took > 6
    assert service.restarts() == 0
    assert {link["state"] for link in service.status()["links"]} == {"up"}


def test_a_hung_daemon_is_ended_by_the_watchdog_and_starts_anew(service: Service) -> None:
    service.drop_in("watchdog", "[Service]\nWatchdogSec=4\n")
    service.systemctl("restart")
    since = service.cursor()
    hung = service.kill("STOP")
    service.machine.wait(START, "it is back", lambda: service.is_up_after(hung))
    said = service.journal(since)
    assert "Watchdog timeout" in said
    assert "Fatal Python error: Aborted" in said
    assert "Failed with result 'watchdog'" in said


def back_from_a_kill(service: Service) -> float:
    """The seconds until another process is ready."""
    killed = service.kill("KILL")
    return service.machine.wait(START, "it is back", lambda: service.is_up_after(killed))


def test_it_is_back_soon_after_kill_9(service: Service) -> None:
    took = [back_from_a_kill(service)]
    while len(took) < 3 and min(took) > BACK:
        took.append(back_from_a_kill(service))
    # Another's load can only add to it.
    assert min(took) <= BACK


def test_a_good_change_is_taken_and_a_bad_one_refused_with_its_reason(service: Service) -> None:
    process = service.process()
    service.configure(province(links=3))
    service.systemctl("reload")
    assert len(service.status()["links"]) == 3

    since = service.cursor()
    service.configure(province(links=4).replace("interval: 500ms", "interval: 5"))
    refused = service.systemctl("reload", check=False)
    assert refused.returncode != 0
    assert f"{CONFIG}:6:21: probing.interval: '5' has no unit" in service.journal(since)
    assert (service.state(), service.process()) == ("active", process)
    assert len(service.status()["links"]) == 3


def test_it_stops_in_time_and_in_order(service: Service) -> None:
    took = service.machine.wait(
        START, "it has stopped", lambda: service.systemctl("stop").returncode == 0
    )
    assert took < 5
    assert service.show("ActiveState", "Result", "ExecMainStatus") == {
        "ActiveState": "inactive",
        "Result": "success",
        "ExecMainStatus": "0",
    }


def test_credentials_arrive_and_a_new_one_waits_for_a_restart(service: Service) -> None:
    with receiver(service.machine) as hook:
        service.machine.run("linkwatch", "test-alert", "duty")
        got = hook.wait(20, lambda one: one.body["event"] == "test")
    signed = got.headers["X-Linkwatch-Timestamp"].encode() + b"." + got.raw
    digest = hmac.new(b"of-the-test", signed, hashlib.sha256).hexdigest()
    assert got.headers["X-Linkwatch-Signature"] == f"sha256={digest}"

    since = service.cursor()
    service.machine.write(SECRET.replace("hook", "other"), "another\n")
    service.configure(province().replace("hook-secret", "other-secret"))
    assert service.systemctl("reload", check=False).returncode != 0
    assert "credential:other-secret: systemd has not handed it over" in service.journal(since)
    service.systemctl("restart")
    assert service.state() == "active"


def test_a_secret_that_is_missing_is_told_and_not_tried_again(service: Service) -> None:
    service.machine.run("rm", SECRET)
    since = service.cursor()
    assert service.systemctl("restart", check=False).returncode != 0
    assert service.show("ActiveState", "ExecMainStatus", "NRestarts") == {
        "ActiveState": "failed",
        "ExecMainStatus": "2",
        "NRestarts": "0",
    }
    assert "/etc/linkwatch/secrets/hook-secret" in service.journal(since)


@pytest.mark.parametrize(
    ("groups", "drop_in", "socket", "capabilities"),
    [
        ("1 0", None, "raw", "0000000000002000"),
        ("0 2147483647", "no-capability.conf", "datagram", "0000000000000000"),
    ],
)
def test_icmp_goes_with_the_one_capability_or_without_any(
    service: Service, groups: str, drop_in: str | None, socket: str, capabilities: str
) -> None:
    service.machine.write("/proc/sys/net/ipv4/ping_group_range", groups)
    if drop_in is not None:
        text = (UNIT_FILES / "linkwatch.service.d" / drop_in).read_text(encoding="utf-8")
        service.drop_in(drop_in.removesuffix(".conf"), text)
    since = service.cursor()
    service.systemctl("restart")
    assert f'"sockets": {{"V4": "{socket}", "V6": "{socket}"}}' in service.journal(since)
    status = service.machine.run("cat", f"/proc/{service.process()}/status").stdout
    found = {line.split()[1] for line in status.splitlines() if line.startswith("Cap")}
    assert found == {capabilities}
    assert {link["state"] for link in service.status()["links"]} == {"up"}


def test_the_sandbox_shows_it_nothing_that_it_does_not_need(service: Service) -> None:
    service.machine.write("/home/other/secret", "x")
    root = f"/proc/{service.process()}/root"
    seen = service.machine.run("ls", root, f"{root}/var/lib", f"{root}/run", check=False).stdout
    assert not {"home", "srv", "boot", "dpkg", "dbus"} & set(seen.split())
