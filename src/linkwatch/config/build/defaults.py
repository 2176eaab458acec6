"""The defaults that are tables; those of single keys stand in the schema.

Thresholds: RTT of the WAN from the one-way targets of ITU-T G.114 and client limits of video
services, scaled to distances inside a province; jitter and loss from the same services' limits;
utilisation from QCVN 34's occupancy limits.
"""

from collections.abc import Mapping
from datetime import time

from linkwatch.model.people import DailyHours, EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Limits, Thresholds
from linkwatch.model.topology import LinkKind

_JITTER = Limits(0.015, 0.030)
_LOSS = Limits(0.01, 0.05)
_UTILISATION = Limits(0.80, 0.90)

THRESHOLDS: Mapping[LinkKind, Thresholds] = {
    LinkKind.WAN: Thresholds(Limits(0.050, 0.100), _JITTER, _LOSS, _UTILISATION),
    LinkKind.INTERNET: Thresholds(Limits(0.100, 0.300), _JITTER, _LOSS, _UTILISATION),
}

ESCALATION: Mapping[Priority, tuple[EscalationStep, ...]] = {
    Priority.P1: (
        EscalationStep(
            notify=(Role.DUTY, Role.PROVINCE, Role.SITE, Role.OPERATOR), all_channels=True
        ),
        EscalationStep(after=120.0, notify=(Role.LEADER,), when_wide=True),
        EscalationStep(after=180.0, notify=(Role.OPERATOR,), task_call=True),
        EscalationStep(after=300.0, notify=(Role.LEADER,)),
        EscalationStep(after=600.0, notify=(Role.DEPARTMENT,)),
        EscalationStep(repeat=300.0, times=6),
    ),
    Priority.P2: (
        EscalationStep(notify=(Role.DUTY, Role.OPERATOR)),
        EscalationStep(after=600.0, notify=(Role.UP,)),
        EscalationStep(after=1200.0, notify=(Role.LEADER,)),
        EscalationStep(repeat=1800.0, times=4),
    ),
    Priority.P3: (EscalationStep(notify=(Role.DUTY,), hours=DailyHours(time(6), time(22))),),
    Priority.P4: (),
}
