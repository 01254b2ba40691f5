"""Each test goes to a worker that can run it, whatever the order of events and whoever dies; none is lost."""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.scheduler import LoadScheduling

from tl_passlab.pytest_schedule import DeviceScheduling


class Worker:
    """As xdist's: it begins a test when it knows the next one, or that there is none."""

    def __init__(self, name: str, kinds: str) -> None:
        self.gateway = SimpleNamespace(id=name, spec=SimpleNamespace(ssh=name))
        self.kinds = kinds
        self.shutting_down = False
        self.queue: list[int] = []

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        assert not self.shutting_down
        self.queue += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def busy(self) -> bool:
        return len(self.queue) >= 2 or (bool(self.queue) and self.shutting_down)


class Run:
    """xdist's session around a scheduler. A test is named after the kind of device that it needs, `-` for none."""

    def __init__(self, tests: Sequence[str], workers: Sequence[Worker], scheduler: Any = None) -> None:
        self.tests = [f"{kind}{index}" for index, kind in enumerate(tests)]
        self.scheduler = scheduler or DeviceScheduling(Any)
        self.ran: dict[str, list[str]] = {test: [] for test in self.tests}
        self.crashed: list[str] = []
        self.alive: list[Worker] = []
        for worker in workers:
            self.start(worker)
        for worker in workers:
            self.collect(worker)

    def start(self, worker: Worker) -> None:
        getattr(self.scheduler, "starting", set()).add(worker)
        self.alive.append(worker)
        self.scheduler.add_node(worker)

    def collect(self, worker: Worker) -> None:
        kinds = {index: test[0] for index, test in enumerate(self.tests) if test[0] != "-"}
        reasons = {index: "" if kind in worker.kinds else f"no {kind} here" for index, kind in kinds.items()}
        getattr(self.scheduler, "reasons", {})[worker] = reasons
        self.scheduler.add_node_collection(worker, self.tests)
        if self.scheduler.collection_is_completed:
            self.scheduler.schedule()
        self.after_event()

    def after_event(self) -> None:
        if self.scheduler.tests_finished:
            for worker in self.scheduler.nodes:
                worker.shutdown()

    def complete(self, worker: Worker) -> None:
        index = worker.queue.pop(0)
        self.ran[self.tests[index]].append(worker.gateway.id)
        self.scheduler.mark_test_complete(worker, index, 0.0)
        self.after_event()

    def kill(self, worker: Worker, replacement: Worker | None) -> None:
        was_busy = worker.busy
        crashed = self.scheduler.remove_node(worker)
        assert (crashed is not None) == was_busy
        self.crashed += [crashed] if crashed else []
        self.alive.remove(worker)
        if replacement is not None:
            self.start(replacement)
        elif self.scheduler.collection_is_completed:
            self.scheduler.schedule()
        self.after_event()
        if replacement is not None:
            self.collect(replacement)

    def finish(self, chance: random.Random, deaths: int = 0) -> None:
        while busy := [worker for worker in self.alive if worker.busy]:
            if deaths and chance.random() < 0.1:
                deaths -= 1
                victim = chance.choice(self.alive)
                again = Worker(f"{victim.gateway.id}+", victim.kinds) if chance.random() < 0.5 else None
                self.kill(victim, again)
            else:
                self.complete(chance.choice(busy))
        assert self.scheduler.tests_finished, "the run hangs"

    def wrong(self) -> list[str]:
        """Tests that went to a worker without their device though some worker has it."""
        kinds = {worker.gateway.id: worker.kinds for worker in [*self.alive]}
        able = "".join(kinds.values())
        return [t for t, ids in self.ran.items() if t[0] != "-" and t[0] in able for i in ids if t[0] not in kinds[i]]


def kinds_of(chance: random.Random) -> list[str]:
    return [chance.choice("ab--x") for _ in range(chance.randrange(40))]


@pytest.mark.parametrize("seed", range(20))
def test_every_test_runs_once_where_its_device_is(seed: int) -> None:
    chance = random.Random(seed)
    run = Run(kinds_of(chance), [Worker("one", "a"), Worker("two", "ab"), Worker("three", "")])
    run.finish(chance)
    assert all(len(ids) == 1 for ids in run.ran.values())
    assert run.wrong() == []


def test_the_check_sees_what_xdist_itself_does() -> None:
    config = SimpleNamespace(getvalue=lambda name: ["popen", "popen"], getoption=lambda name: None)
    run = Run("ab" * 10, [Worker("one", "a"), Worker("two", "b")], LoadScheduling(config))  # type: ignore[arg-type]
    run.finish(random.Random(0))
    assert len(run.wrong()) >= 5


@pytest.mark.parametrize("seed", range(40))
def test_whoever_dies_every_test_is_run_crashed_or_left_over(seed: int) -> None:
    chance = random.Random(seed)
    run = Run(kinds_of(chance), [Worker("one", "a"), Worker("two", "b"), Worker("three", "")])
    run.finish(chance, deaths=4)
    run_once = {test for test, ids in run.ran.items() if len(ids) == 1}
    left = {test for test, _ in run.scheduler.left_over(run_once | set(run.crashed))}
    assert run_once | set(run.crashed) | left == set(run.tests)
    assert len(run_once) + len(set(run.crashed)) + len(left) == len(run.tests)
    # What is left needs a device that went with its host, or there is no host at all.
    kinds = "".join(worker.kinds for worker in run.alive)
    assert not run.alive or all(test[0] in "ab" and test[0] not in kinds for test in left)


def test_scarce_devices_come_first() -> None:
    run = Run("-" * 20 + "a" * 4, [Worker("one", "a"), Worker("two", "")])
    assert {run.tests[index][0] for index in run.alive[0].queue} == {"a"}
    run.finish(random.Random(1))
    assert run.wrong() == []


def test_a_test_nobody_can_run_is_skipped_with_every_reason() -> None:
    run = Run("ax", [Worker("one", "a"), Worker("two", "")])
    assert run.scheduler.unrunnable("x1") == "one (ssh=one), two (ssh=two): no x here"
    assert run.scheduler.unrunnable("a0") == ""
    run.finish(random.Random(0))
    assert len(run.ran["x1"]) == 1


def test_reasons_come_in_the_order_of_the_workers_and_not_of_their_answers() -> None:
    run = Run("xy", [Worker("gw10", ""), Worker("gw2", "x"), Worker("gw0", "y")])
    assert run.scheduler.unrunnable("x0") == ""
    late = Run("x", [Worker("gw10", ""), Worker("gw2", "")])
    assert late.scheduler.unrunnable("x0") == "gw2 (ssh=gw2), gw10 (ssh=gw10): no x here"


def test_what_is_left_over_names_the_lost_host_and_the_reasons_of_the_others() -> None:
    run = Run("a" * 6, [Worker("one", "a"), Worker("two", "")])
    run.scheduler.lost["one (ssh=one)"] = "lost: cut off"
    run.kill(run.alive[0], None)
    run.finish(random.Random(0))
    left = dict(run.scheduler.left_over(set(run.crashed)))
    assert len(left) == 5
    assert "one (ssh=one): lost: cut off" in left["a5"] and "two (ssh=two): no a here" in left["a5"]


def test_a_replacement_that_sees_other_tests_gets_none() -> None:
    run = Run("aaaa", [Worker("one", "a"), Worker("two", "a")])
    other = Worker("three", "a")
    run.start(other)
    run.scheduler.reasons[other] = {}
    run.scheduler.add_node_collection(other, ["another"])
    run.scheduler.schedule()
    run.finish(random.Random(0))
    assert other.queue == [] and other.shutting_down and all(len(ids) == 1 for ids in run.ran.values())
