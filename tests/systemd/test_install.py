"""One command installs, and refuses what would not start."""

from support.service import CONFIG, SECRET, Service, province


def test_from_nothing_to_a_running_service(bare: Service) -> None:
    machine = bare.machine
    first = bare.install()
    assert f"{CONFIG} is the sample: edit it, then run this again" in first.stdout
    assert bare.state() == "inactive"
    modes = machine.run("stat", "-c", "%a %U:%G", CONFIG, "/etc/linkwatch/secrets").stdout
    assert modes == "640 root:linkwatch\n700 root:root\n"

    bare.configure(province().replace("rate: 20Mbps", "rate: 20", 1))
    refused = bare.install(check=False)
    assert refused.returncode == 2
    assert f"{CONFIG}:22:" in refused.stderr
    assert "'20' has no unit" in refused.stderr
    assert bare.state() == "inactive"

    bare.configure(province())
    machine.write(SECRET, "of-the-test\n")
    assert "is running: linkwatch status" in bare.install().stdout
    assert bare.state() == "active"
    assert bare.status()["ready"]
    assert bare.systemctl("is-enabled").stdout == "enabled\n"

    before = bare.process()
    again = bare.install().stdout
    assert "is installed already" in again
    assert bare.process() == before
