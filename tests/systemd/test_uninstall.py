"""One command takes all of it away."""

from support.service import CLONE, Service


def test_removed_it_leaves_what_is_not_its_own_and_purged_nothing(service: Service) -> None:
    machine = service.machine
    removed = service.deploy("uninstall").stdout
    assert "kept: /etc/linkwatch, /var/lib/linkwatch" in removed
    kept = machine.run("ls", "/etc/linkwatch", "/var/lib/linkwatch").stdout
    assert "sites.yaml" in kept
    assert "linkwatch.db" in kept
    for gone in ("/opt/linkwatch", "/usr/local/bin/linkwatch"):
        assert machine.run("test", "-e", gone, check=False).returncode == 1
    assert service.show("LoadState") == {"LoadState": "not-found"}

    machine.run(f"{CLONE}/deploy/uninstall", "--purge")
    left = machine.run(
        "find", "/etc", "/opt", "/usr/local", "/var/lib", "/run", "-name", "*linkwatch*"
    )
    assert left.stdout == ""
    assert machine.run("id", "linkwatch", check=False).returncode == 1
