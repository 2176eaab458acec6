"""The alarm clock rings at its pace, survives bad jobs and stops cleanly."""

import asyncio

import pytest
from structlog.testing import capture_logs

from linkwatch.host.agenda import SlowSchedule
from linkwatch.ports import Agenda


def accepted_as_agenda(agenda: Agenda) -> Agenda:
    return agenda


def run(scenario: object) -> None:
    assert asyncio.iscoroutine(scenario)
    asyncio.run(asyncio.wait_for(scenario, timeout=10))


def test_a_job_runs_again_and_again() -> None:
    async def scenario() -> None:
        third = asyncio.Event()
        runs = 0

        async def job() -> None:
            nonlocal runs
            runs += 1
            if runs == 3:
                third.set()

        async with SlowSchedule() as schedule:
            accepted_as_agenda(schedule).every("beat", 0.02, job)
            await third.wait()

    run(scenario())


def test_a_job_may_be_named_before_the_clock_starts() -> None:
    async def scenario() -> None:
        rang = asyncio.Event()

        async def job() -> None:
            rang.set()

        schedule = SlowSchedule()
        schedule.every("early", 0.01, job)
        async with schedule:
            await rang.wait()

    run(scenario())


def test_a_namesake_replaces() -> None:
    async def scenario() -> None:
        rang = asyncio.Event()

        async def old() -> None:
            pytest.fail("the replaced job ran")

        async def new() -> None:
            rang.set()

        async with SlowSchedule() as schedule:
            schedule.every("lint", 0.05, old)
            schedule.every("lint", 0.1, new)
            await rang.wait()

    run(scenario())


def test_a_cancelled_job_is_not_run_and_an_unknown_one_is_no_error() -> None:
    async def scenario() -> None:
        rang = asyncio.Event()

        async def doomed() -> None:
            pytest.fail("the cancelled job ran")

        async def other() -> None:
            rang.set()

        async with SlowSchedule() as schedule:
            schedule.every("doomed", 0.02, doomed)
            schedule.every("other", 0.1, other)
            schedule.cancel("doomed")
            schedule.cancel("never-heard-of")
            await rang.wait()

    run(scenario())


def test_an_error_is_logged_and_the_job_goes_on() -> None:
    async def scenario() -> None:
        again = asyncio.Event()
        runs = 0

        async def flaky() -> None:
            nonlocal runs
            runs += 1
            if runs == 1:
                raise ValueError("first time")
            again.set()

        async with SlowSchedule() as schedule:
            schedule.every("flaky", 0.02, flaky)
            await again.wait()

    with capture_logs() as logs:
        run(scenario())
    assert [(entry["event"], entry["job"]) for entry in logs] == [
        ("a scheduled job failed", "flaky")
    ]


def test_leaving_stops_a_job_under_way_and_waits_for_its_end() -> None:
    ended = False

    async def scenario() -> None:
        nonlocal ended
        started = asyncio.Event()

        async def endless() -> None:
            nonlocal ended
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended = True

        async with SlowSchedule() as schedule:
            schedule.every("endless", 0.01, endless)
            await started.wait()
        assert ended

    run(scenario())
    assert ended
