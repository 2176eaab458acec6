"""The questions that several boards ask, in PromQL. `chosen` is a selector of the variables."""

from collections.abc import Sequence

from grafana.boards.states import LINK_STATES, SITE_STATES, State

SITE_INFO, LINK_INFO = "linkwatch_site_info", "linkwatch_link_info"
SITE_STATE, LINK_STATE = "linkwatch_site_state", "linkwatch_link_state"
INCIDENT_INFO = "linkwatch_incident_info"
OPENED_AT = "linkwatch_incident_opened_timestamp_seconds"
RECEIVED = "linkwatch_interface_receive_bytes_total"
TRANSMITTED = "linkwatch_interface_transmit_bytes_total"
UTILISATION = "linkwatch_link_utilisation_ratio"
COUNTED = "linkwatch_link_contracted_bytes_per_second"
BOOSTED = "linkwatch_link_promised_bytes_per_second"
SENT, LOST = "linkwatch_probes_sent_total", "linkwatch_probes_lost_total"
BITS = 8


def chosen(metric: str, /, *variables: str, **fixed: str) -> str:
    """A selector of the metric by these variables of the board, and by fixed labels."""
    labels = [f'{name}=~"${name}"' for name in variables]
    labels += [f'{name}="{value}"' for name, value in fixed.items()]
    return f"{metric}{{{','.join(labels)}}}"


def code(metric: str, /, by: str, states: Sequence[State], **fixed: str) -> str:
    """The state's code: of all that the metric gives one series a state, the one that is 1."""
    terms = [f"{s.code} * {chosen(metric, **fixed, state=s.label)}" for s in states if s.code]
    return f"sum by ({by}) ({' or '.join(terms)})"


def site_code(**fixed: str) -> str:
    """Every site's state, or of those with these labels."""
    return code(SITE_STATE, "site", SITE_STATES, **fixed)


def link_code(**fixed: str) -> str:
    """Every link's state, or of those with these labels."""
    return code(LINK_STATE, "link", LINK_STATES, **fixed)


def of_sites(expression: str, among: str) -> str:
    """What is known by site, with the site's name; of the sites among a selector of `site_info`."""
    return f"{expression} * on (site) group_left (site_name) {among}"


def of_links(expression: str, among: str, *labels: str) -> str:
    """What is known by link, with labels of the link; among a selector of `link_info`."""
    return f"{expression} * on (link) group_left ({', '.join(labels)}) {among}"


def only(expression: str, on: str, condition: str) -> str:
    """The series that have one with the same labels in `condition`."""
    return f"({expression}) and on ({on}) ({condition})"


def at_end(metric: str, state: str) -> str:
    """What is in a state at the end of the range shown, whatever it was before."""
    return f'{metric}{{state="{state}"}} @ end() == 1'


def was_bad(metric: str, states: str) -> str:
    """What was in one of the states at any time of the range shown."""
    return f'max_over_time({metric}{{state=~"{states}"}}[$__range] @ end()) > 0'


def worst(metric: str, by: str, states: Sequence[State], shown: str) -> list[str]:
    """`shown` in parts: what is worst at the end of the range first, then what has been bad in it.

    Grafana keeps the order of queries, and Prometheus knows none of its own for ranges.
    """
    bad = [state for state in states if state.label in ("cut_off", "down", "degraded", "unknown")]
    failing = "|".join(s.label for s in bad if s.label != "unknown")
    over = f"{at_end(metric, 'up')} and on ({by}) ({was_bad(metric, failing)})"
    now = [only(shown, by, at_end(metric, state.label)) for state in bad]
    return [*now, only(shown, by, over)]


def loss(window: str, selector: str = "") -> str:
    """The share of probes lost within a window."""
    lost, sent = (f"increase({name}{selector}[{window}])" for name in (LOST, SENT))
    return f"{lost} / ({sent} > 0)"


def bits(metric: str, selector: str = "") -> str:
    """A counter of bytes as bit/s."""
    return f"{BITS} * rate({metric}{selector}[$__rate_interval])"


def against_promise(utilisation: str) -> str:
    """The same traffic as a share of the boost that was promised, proven or not."""
    ratio = f"on (link, direction) {COUNTED} / on (link, direction) {BOOSTED}"
    return f"{utilisation} * {ratio}"


def arrows(expression: str) -> str:
    """With a label `way`: down what the site receives, up what it transmits."""
    down = f'label_replace({expression}, "way", "↓", "direction", "receive")'
    return f'label_replace({down}, "way", "↑", "direction", "transmit")'


def incidents(among: str) -> str:
    """Open incidents, with the s since each was opened."""
    named = f"{among} * on (incident) group_left () (time() - {OPENED_AT})"
    with_site = f"{named} * on (site) group_left (site_name) {SITE_INFO}"
    return f"sort_desc({with_site} or on (incident) {named})"


def quantile(q: float, histogram: str, by: str, window: str = "$__range") -> str:
    """A quantile of what came into a histogram within the window; NaN where nothing did."""
    buckets = f"sum by ({by}, le) (increase({histogram}_bucket[{window}]))"
    return f"histogram_quantile({q}, {buckets})"


def channel_code() -> str:
    """Each channel's state: well, last test refused, failed."""
    untested = "on (channel) (linkwatch_channel_test_successful == bool 0)"
    return f"clamp_max(2 * linkwatch_channel_failed + {untested}, 2)"
