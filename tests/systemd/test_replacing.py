"""An upgrade keeps what it may need to go back, and goes back by itself."""

import re
from pathlib import Path

import pytest

from linkwatch.store.schema import REVISION
from support.service import CLONE, Service, province

LATER = "0099"
STEP = f'''
"""A later step."""
import sqlalchemy as sa
from alembic import op

revision = "{LATER}"
down_revision = "{REVISION}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
'''
PARTS = "config deploy docs scripts src LICENSE README.md pyproject.toml requirements.lock"
SOURCE = Path(__file__).parents[2] / "src" / "linkwatch"


def unpack(service: Service, version: str, *, works: bool) -> str:
    """A later version as an unpacked archive, with one more step of the schema; its path."""
    tree, machine = f"/srv/linkwatch-{version}", service.machine
    machine.run("mkdir", "-p", tree)
    machine.run("sh", "-c", f"cd {CLONE} && cp -r {PARTS} {tree}")
    machine.run("sed", "-i", f's/^version = .*/version = "{version}"/', f"{tree}/pyproject.toml")
    schema = f"{tree}/src/linkwatch/store/schema.py"
    machine.run("sed", "-i", f's/^REVISION = .*/REVISION = "{LATER}"/', schema)
    machine.write(f"{tree}/src/linkwatch/store/migrations/versions/v{LATER}_later.py", STEP)
    if not works:
        daemon = (SOURCE / "app" / "daemon.py").read_text(encoding="utf-8")
        never = daemon.replace("            if ready:\n", "            if ready is None:\n")
        assert never != daemon
        machine.write(f"{tree}/src/linkwatch/app/daemon.py", never)
    return tree


def revision(service: Service) -> str:
    """The store's schema, as the release in use sees it."""
    said = service.machine.run(
        *("sh", "-c", "cd /root && runuser -u linkwatch -- linkwatch store status"), check=False
    ).stdout
    found = re.search(r"linkwatch\.db: schema (\d+)", said)
    assert found, said
    return found[1]


def version(service: Service) -> str:
    """Of the daemon that runs."""
    assert service.state() == "active"
    return str(service.status()["version"])


@pytest.fixture
def old(service: Service) -> str:
    """What runs before."""
    return version(service)


def test_an_upgrade_is_taken_back_by_one_command(service: Service, old: str) -> None:
    tree = unpack(service, "7.0.0", works=True)
    process = service.process()
    service.configure("version: 1\n")
    refused = service.install(tree=tree, check=False)
    assert refused.returncode == 2
    assert "has errors, named above: 7.0.0-" in refused.stderr
    assert (version(service), service.process()) == (old, process)

    service.configure(province())
    upgraded = service.install(tree=tree)
    assert "is running: linkwatch status" in upgraded.stdout
    assert (version(service), revision(service)) == ("7.0.0", LATER)

    process = service.process()
    refused = service.deploy("rollback", check=False)
    assert refused.returncode == 2
    assert "cannot work on the store; --restore-store puts /var/lib/linkwatch/" in refused.stderr
    assert service.process() == process

    service.deploy("rollback", "--restore-store")
    assert (version(service), revision(service)) == (old, REVISION)
    service.deploy("rollback")
    assert (version(service), revision(service)) == ("7.0.0", LATER)
    service.deploy("rollback", "--restore-store")
    assert version(service) == old


def test_an_upgrade_that_is_not_ready_in_time_goes_back_by_itself(
    service: Service, old: str
) -> None:
    before = service.release()
    failed = service.install("--wait", "8", tree=unpack(service, "8.0.0", works=False), check=False)
    assert failed.returncode == 1
    assert "was not ready in 8 s: rolling back to" in failed.stderr
    assert "is running again" in failed.stderr
    assert (version(service), revision(service)) == (old, REVISION)
    assert service.release() == before
    kept = service.machine.run("ls", "/var/lib/linkwatch").stdout
    assert "linkwatch.db.replaced-" in kept


def test_a_backup_that_cannot_be_put_back_leaves_the_service_running(
    service: Service, old: str
) -> None:
    service.install(tree=unpack(service, "9.0.0", works=True))
    assert version(service) == "9.0.0" != old
    # What it is chosen by is whole; a page further on is not.
    damage = (
        "for copy in /var/lib/linkwatch/linkwatch.db.backup-*;"
        " do dd if=/dev/zero of=$copy bs=4096 seek=10 count=1 conv=notrunc; done"
    )
    service.machine.run("sh", "-c", damage)
    failed = service.deploy("rollback", "--restore-store", check=False)
    assert failed.returncode == 2
    assert "could not be put back, as said above: 9.0.0-" in failed.stderr
    service.machine.wait(20, "it is back", lambda: service.state() == "active")
    assert (version(service), revision(service)) == ("9.0.0", LATER)
    # Nothing older can follow on this store.
    service.deploy("uninstall", "--purge")
