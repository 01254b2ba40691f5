"""Exploration of schedules: a failure that only some orders have is found, a sound protocol is passed."""

from __future__ import annotations

from tl_passlab.interp.explore import Event, Model, Outcome, Process

FULL, EMPTY = 0, 1


def explored(*processes: list[Event], counts: tuple[int, ...] = (1, 1)) -> Outcome:
    made = [Process(f"p{i}", (), list(events), list(range(len(events)))) for i, events in enumerate(processes)]
    return Model(made, counts, ["full", "empty"], 2).explore()


def producer(rounds: int, parity: int = 1) -> list[Event]:
    steps: list[Event] = []
    for i in range(rounds):
        steps += [("wait", EMPTY, (i + parity) % 2), ("expect", FULL, 8), ("issue", FULL, 8), ("arrive", FULL, 1)]
    return steps


def consumer(rounds: int) -> list[Event]:
    return [step for i in range(rounds) for step in (("wait", FULL, i % 2), ("arrive", EMPTY, 1))]


def test_sound_protocol_is_explored_completely() -> None:
    outcome = explored(producer(4), consumer(4))
    assert outcome.complete and not outcome.kind
    assert outcome.states > 20


def test_consumer_that_waits_once_too_often_deadlocks() -> None:
    outcome = explored(producer(3), consumer(4))
    assert outcome.kind == "deadlock"
    assert "p1 wait for parity 1 of full" in outcome.message


def test_wrong_parity_deadlocks() -> None:
    assert explored(producer(2, parity=0), consumer(2)).kind == "deadlock"


def test_late_waiter_that_misses_a_phase_is_found_though_the_run_passed() -> None:
    """The second process may reach its wait after two phases have ended: then it waits for ever."""
    outcome = explored([("arrive", FULL, 1), ("arrive", FULL, 1)], [("wait", FULL, 0)])
    assert outcome.kind == "deadlock"


def test_arrivals_beyond_the_count_in_some_order_are_found() -> None:
    outcome = explored([("arrive", FULL, 2)], [("arrive", FULL, 1)], counts=(2, 1))
    assert outcome.kind == "over-arrival"


def test_block_barrier_lets_all_continue_when_the_last_comes() -> None:
    assert not explored([("sync", 0, 1, 0)], [("sync", 0, 1, 0)]).kind
    assert explored([("sync", 0, 1, 0)], []).kind == "deadlock"
