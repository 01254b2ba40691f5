"""Memory barriers: phases, arrivals, transaction bytes."""

from __future__ import annotations

from tl_passlab.interp.barriers import Barrier


def ready(count: int) -> Barrier:
    barrier = Barrier("b")
    barrier.initialise(count, None)
    return barrier


def test_phase_ends_when_all_have_arrived_and_no_bytes_are_outstanding() -> None:
    barrier = ready(1)
    barrier.bytes += 64
    barrier.arrive(1)
    assert not barrier.settle()
    barrier.bytes -= 64
    assert barrier.settle()
    assert barrier.phase == 1 and barrier.pending == 1


def test_wait_passes_on_the_parity_of_a_phase_that_has_ended() -> None:
    barrier = ready(1)
    assert barrier.passed(1) and not barrier.passed(0)
    barrier.arrive(1)
    barrier.settle()
    assert barrier.passed(0) and not barrier.passed(1)


def test_bytes_may_arrive_before_they_are_announced() -> None:
    barrier = ready(1)
    barrier.bytes -= 32
    barrier.arrive(1)
    assert not barrier.settle()
    barrier.bytes += 32
    assert barrier.settle()


def test_arrivals_beyond_the_count_are_reported() -> None:
    assert ready(2).arrive(3) == 1


def test_uninitialised_barrier_never_ends_a_phase() -> None:
    assert not Barrier("b").settle()
