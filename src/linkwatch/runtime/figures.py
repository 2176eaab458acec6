"""A link as boards show it: what the judges know, put together."""

from datetime import datetime

from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId
from linkwatch.ports import LinkFigures
from linkwatch.runtime.state import State


def figures(state: State, link: LinkId, now: datetime) -> LinkFigures:
    """The link's figures at `now`."""
    judge = state.judges[link]
    best = judge.best
    rate = judge.link.contract(now)
    ratio = judge.interface.utilisation.ratio
    return LinkFigures(
        link=link,
        state=judge.state,
        loss=best.loss if best else None,
        rtt_p50=best.rtt(0.5) if best else None,
        rtt_p95=best.rtt(0.95) if best else None,
        jitter=best.jitter if best else None,
        utilisation_receive=ratio[Direction.RECEIVE],
        utilisation_transmit=ratio[Direction.TRANSMIT],
        contracted_receive=rate.receive,
        contracted_transmit=rate.transmit,
        interface=state.samples.get(link),
    )
