"""The webhook's body."""

import json

from support.drive import Drive, silent
from support.province import MORNING, conference, inventory


def test_the_document_has_the_agreed_form() -> None:
    drive = Drive(inventory(conferences=(conference(),)), MORNING)
    drive.run(60)
    told = drive.run(6, chu_se_wan=silent)
    one = next(m for m in told if m.contact == "vnpt-tinh" and m.channel == "hook")
    body = json.loads(one.body)
    assert body.pop("text") == one.text
    assert body == {
        "version": "1",
        "key": "LW-000001:opened:vnpt-tinh:hook",
        "event": "opened",
        "incident": {
            "id": "LW-000001",
            "priority": "P1",
            "kind": "down",
            "status": "open",
            "severity": "critical",
            "started_at": "2021-05-15T08:43:10.000+07:00",
            "opened_at": "2021-05-15T08:43:15.000+07:00",
            "restored_at": None,
            "resolved_at": None,
            "site": "chu-se",
            "subject": {"kind": "link", "id": "chu-se-wan"},
            "links": ["chu-se-wan"],
            "carrier": "vnpt",
            "circuits": ["GLI-CHU-SE-WAN"],
            "conference": "txct",
            "measured": {"loss": 1.0},
            "threshold": {"loss": 0.05},
            "direction": None,
            "reason": None,
            "evidence": {"lost": 5.0, "sent": 5.0},
            "path": None,
            "caused_by": None,
            "affects": ["chu-se"],
            "maintenance": None,
            "confidence": None,
            "holder": None,
            "runbook_url": None,
        },
        "contact": {"id": "vnpt-tinh", "level": "province", "role": "province"},
        "ack_url": None,
    }
    assert "\n" not in one.body
