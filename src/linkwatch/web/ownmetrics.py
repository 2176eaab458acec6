"""The daemon's own metrics: few series, kept by the library in a registry of ours."""

import math
import platform
from collections import deque
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from linkwatch import __version__
from linkwatch.model.ids import ChannelId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import TrapOutcome
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.daily_test import in_use
from linkwatch.oncall.response import Response

_DETECTION_BUCKETS = (0.5, 1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 900)
_NOTIFY_BUCKETS = (1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 900, 3600)
_ACKNOWLEDGE_BUCKETS = (30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200)
_RESTORE_BUCKETS = (60, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
_RESPONDED_TO = (Priority.P1, Priority.P2, Priority.P3)
"""P4 is for the record only."""


class OwnMetrics:
    """All families that are not one link's or one router's."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library forgot its type
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.incidents_open = self._gauge("incidents_open", "Incidents not closed.", "priority")
        for priority in Priority:
            self.incidents_open.labels(priority)
        self.detection = Histogram(
            "linkwatch_incident_detection_seconds",
            "From the first bad sign to the incident.",
            buckets=_DETECTION_BUCKETS,
            registry=self.registry,
        )
        self.time_to_notify = Histogram(
            "linkwatch_time_to_notify_seconds",
            "From the first lost probe to the channel's acceptance of the message.",
            buckets=_NOTIFY_BUCKETS,
            registry=self.registry,
        )
        self._acknowledge = Histogram(
            "linkwatch_incident_acknowledge_seconds",
            "From the first word to an incident's people until somebody has it in hand.",
            ("carrier", "priority"),
            buckets=_ACKNOWLEDGE_BUCKETS,
            registry=self.registry,
        )
        self._restore = Histogram(
            "linkwatch_incident_restore_seconds",
            "From the verdict to the first good probe, of faults of lines that people were told.",
            ("carrier", "priority"),
            buckets=_RESTORE_BUCKETS,
            registry=self.registry,
        )
        self._carrier_info = self._gauge(
            "carrier_info", "What a carrier is.", "carrier", "carrier_name"
        )
        self._restore_target = self._gauge(
            "carrier_restore_target_seconds",
            "What a carrier has promised to restore within.",
            "carrier",
            "priority",
        )
        self._uplink_info = self._gauge(
            "uplink_info", "A link that our own probes of this kind leave through.", "link", "kind"
        )
        self.notifications = Counter(
            "linkwatch_notifications_total",
            "Attempts to deliver a message.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self.channel_failed = self._gauge(
            "channel_failed", "Whether nothing gets through by the channel.", "channel"
        )
        self.digest_waiting = self._gauge(
            "digest_waiting", "Events of incidents that wait for a contact's next message."
        )
        self.channel_tested_at = self._gauge(
            "channel_last_test_timestamp_seconds",
            "When the channel's last daily test came to its end; NaN before the first.",
            "channel",
        )
        self.channel_test_successful = self._gauge(
            "channel_test_successful",
            "Whether the channel accepted its last daily test; NaN before the first.",
            "channel",
        )
        self.outbox_pending = self._gauge("outbox_pending", "Messages not yet settled.")
        self.outbox_age = self._gauge(
            "outbox_oldest_age_seconds", "Age of the oldest message not yet settled; 0 if none."
        )
        self.roster_gap = self._gauge(
            "roster_gap", "Whether a link's carrier has nobody on duty there.", "carrier", "level"
        )
        self.lag = self._gauge(
            "probe_scheduler_lag_seconds", "The latest a tick of the probe loop came in 60 s."
        )
        self.heartbeats = Counter(
            "linkwatch_heartbeats_total",
            "Beats to the external checker that were due, by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        for beat in ("sent", "failed", "withheld"):
            self.heartbeats.labels(beat)
        self.heartbeat_at = self._gauge(
            "heartbeat_last_success_timestamp_seconds",
            "When the external checker last took a beat; NaN before the first.",
        )
        self.heartbeat_at.set(math.nan)
        self.traps = Counter(
            "linkwatch_snmp_traps_total",
            "Datagrams that came to the trap listener.",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in TrapOutcome:
            self.traps.labels(outcome)
        self.snmp_restarts = Counter(
            "linkwatch_snmp_process_restarts_total",
            "Ends of the process for SNMP that nobody asked for.",
            registry=self.registry,
        )
        self.reload_successful = self._gauge(
            "config_last_reload_successful", "Whether the last configuration read was taken."
        )
        self.reload_at = self._gauge(
            "config_last_reload_timestamp_seconds", "When a configuration was last taken."
        )
        self.store_writable = self._gauge("store_writable", "Whether the last commit succeeded.")
        build = self._gauge("build_info", "What runs here.", "version", "python")
        build.labels(__version__, platform.python_version()).set(1)
        self._kept: dict[Gauge | Counter | Histogram, set[tuple[str, ...]]] = {}

    def follow(self, inventory: Inventory) -> None:
        """Make the children a configuration has, and drop those it has no more."""
        self._follow_carriers(inventory)
        channels = {channel for c in inventory.contacts.values() for channel in c.channels}
        uplinks = inventory.own_uplinks.items()
        self._name(self._uplink_info, ((link, kind) for kind, link in uplinks))
        self._retain(
            self.roster_gap, ((carrier, level) for carrier in inventory.carriers for level in Level)
        )
        tried = in_use(inventory)
        self._retain(self.channel_failed, ((channel,) for channel in tried))
        for metric in (self.channel_tested_at, self.channel_test_successful):
            known = self._kept.get(metric, set())
            self._retain(metric, ((channel,) for channel in tried))
            for labels in self._kept[metric] - known:
                metric.labels(*labels).set(math.nan)
        self._retain(
            self.notifications,
            ((channel, outcome) for channel in channels for outcome in DeliveryOutcome),
        )

    def set_channel_failed(self, channel: ChannelId, failed: bool) -> None:
        """Whether nothing gets through by a channel; one that nobody has any more is no child."""
        if (channel,) in self._kept.get(self.channel_failed, set()):
            self.channel_failed.labels(channel).set(failed)

    def set_channel_tested(self, channel: ChannelId, at: datetime, accepted: bool) -> None:
        """A channel's daily test has come to an end; one that nobody has any more is no child."""
        if (channel,) in self._kept.get(self.channel_tested_at, set()):
            self.channel_tested_at.labels(channel).set(at.timestamp())
            self.channel_test_successful.labels(channel).set(accepted)

    def acknowledged(self, response: Response) -> None:
        """Somebody has an incident in hand."""
        self._observe(self._acknowledge, response)

    def restored(self, response: Response) -> None:
        """A fault is over."""
        self._observe(self._restore, response)

    def _observe(self, metric: Histogram, response: Response) -> None:
        labels = (str(response.carrier), str(response.priority))
        if labels in self._kept.get(metric, set()):
            metric.labels(*labels).observe(response.seconds)

    def _follow_carriers(self, inventory: Inventory) -> None:
        carriers = inventory.carriers.values()
        each = [(one.id, priority) for one in carriers for priority in _RESPONDED_TO]
        self._retain(self._acknowledge, each)
        self._retain(self._restore, each)
        self._name(self._carrier_info, ((one.id, one.name) for one in carriers))
        promised = {(c.id, p): target for c in carriers for p, target in c.restore_target.items()}
        self._retain(self._restore_target, promised)
        for labels, target in promised.items():
            self._restore_target.labels(*labels).set(target)

    def _name(self, info: Gauge, wanted: Iterable[tuple[str, ...]]) -> None:
        self._retain(info, wanted)
        for labels in self._kept[info]:
            info.labels(*labels).set(1)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(f"linkwatch_{name}", help_text, labels, registry=self.registry)

    def _retain(
        self, metric: Gauge | Counter | Histogram, wanted: Iterable[tuple[str, ...]]
    ) -> None:
        now = {tuple(str(value) for value in values) for values in wanted}
        for gone in self._kept.get(metric, set()) - now:
            metric.remove(*gone)
        for values in now:
            metric.labels(*values)
        self._kept[metric] = now


class Peak:
    """The highest value of the last `span` s."""

    def __init__(self, span: float) -> None:
        self._span = span
        self._falling: deque[tuple[float, float]] = deque()

    def add(self, value: float, now: float) -> None:
        """Take a value in; an older one that is not higher will never be the peak again."""
        while self._falling and self._falling[-1][1] <= value:
            self._falling.pop()
        self._falling.append((now, value))

    def at(self, now: float) -> float:
        """The peak as of `now`; 0 where there was nothing."""
        while self._falling and self._falling[0][0] < now - self._span:
            self._falling.popleft()
        return self._falling[0][1] if self._falling else 0.0
