"""Every query of every panel, mark and choice, asked of a Prometheus that scrapes a daemon.

In the province an incident is open that nobody has, another is taken, a third is over; one line
loses half of its probes, one site cannot be probed by ourselves; a conference runs, another comes.
"""

from collections.abc import Mapping

from support.netns import requires_root
from support.prometheus import requires_prometheus

pytestmark = [requires_root, requires_prometheus]

SCRAPES = 25
SPAN, STEP = 60.0, 5.0
"""s that graphs show, and from one point of them to the next."""
OPERATOR = "ttcntt-ca-1"
OVER = "dak-po-inet"
DOWN = {"chu-se-wan", "chu-se-inet", "ia-grai-inet"}
THIN = "krong-pa-wan"
BLIND = {"phu-thien-wan", "phu-thien-inet"}
CUT_OFF, HALF, UNKNOWN = "chu-se", {"ia-grai", "krong-pa"}, "phu-thien"
SITES = {CUT_OFF: "cut_off", UNKNOWN: "unknown"} | dict.fromkeys(HALF, "degraded")

Key = tuple[str, str, str]

EMPTY: Mapping[Key, str] = {
    ("linkwatch-carrier", "Bandwidth compliance", "C"): "five minutes of load make the first mean",
    ("linkwatch-itself", "Heartbeat", "A"): "no checker outside is configured",
    ("linkwatch-itself", "Alert channels", "B"): "the log, the only channel here, is not tested",
}
"""What has no figure in this run, and why; it must have none."""
IN_PART: Mapping[Key, tuple[set[str], str]] = {
    ("linkwatch-wall", "Sites over time, worst first", "A"): ({CUT_OFF}, "cut off now"),
    ("linkwatch-wall", "Sites over time, worst first", "B"): (HALF, "degraded now"),
    ("linkwatch-wall", "Sites over time, worst first", "C"): ({UNKNOWN}, "unknown now"),
    ("linkwatch-wall", "Sites over time, worst first", "D"): ({"dak-po"}, "was bad, is up"),
    ("linkwatch-conference", "Its links over time, worst first", "A"): (DOWN, "down now"),
    ("linkwatch-conference", "Its links over time, worst first", "B"): ({THIN}, "degraded now"),
    ("linkwatch-conference", "Its links over time, worst first", "C"): (BLIND, "unknown now"),
    ("linkwatch-conference", "Its links over time, worst first", "D"): ({OVER}, "was bad, is up"),
}
"""Series of some sites or links only: of which, and why."""
