"""Which worker runs which test, where the workers of a pytest-xdist run differ in their devices.

xdist's own schedulers take every worker to be able to run every test. Sent to a host without the device, a test would
be skipped although another host could run it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import pytest

# xdist's worker begins a test when it knows the one after it.
LEAST_QUEUE = 2


class Node(Protocol):
    """What is used of xdist's controller of a worker."""

    @property
    def gateway(self) -> Any:
        """Its connection: `id` and `spec`."""

    @property
    def shutting_down(self) -> bool:
        """Whether it takes no more tests."""

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        """Queue tests."""

    def shutdown(self) -> None:
        """Finish what is queued, and end."""


def describe(node: Node) -> str:
    """A worker as the user knows it: `gw1 (ssh=root@gpu)`."""
    spec = node.gateway.spec
    kinds = ("ssh", "vagrant_ssh", "socket")
    return f"{node.gateway.id} ({next((f'{k}={v}' for k in kinds if (v := getattr(spec, k, None))), 'popen')})"


class DeviceScheduling:
    """A scheduler in xdist's protocol: each test goes to a worker that can run it, those few can run first.

    A test that no worker can run goes to any, which skips it. One that only a lost worker could run is left over.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.collection: list[str] | None = None
        self.pending: list[int] = []
        self.starting: set[Node] = set()
        self.lost: dict[str, str] = {}
        # Of each worker: why it cannot run a test that needs a device; empty where it can.
        self.reasons: dict[Node, Mapping[int, str]] = {}
        self._collections: dict[Node, list[str]] = {}
        self._queues: dict[Node, list[int]] = {}
        self._wanted: frozenset[int] = frozenset()
        self._aborted = False

    @property
    def nodes(self) -> list[Node]:
        """The workers that are alive."""
        return list(self._queues)

    @property
    def collection_is_completed(self) -> bool:
        """Whether every worker that was started has told its tests."""
        return not self.starting and bool(self._collections)

    @property
    def tests_finished(self) -> bool:
        """Whether nothing is left but each worker's last test, which it runs when it is told to end."""
        if self.starting:
            return False
        if self.collection is None:
            return self._aborted or not self._queues
        if any(self._takers(index) for index in self.pending):
            return False
        return all(len(queue) < LEAST_QUEUE for queue in self._queues.values())

    @property
    def has_pending(self) -> bool:
        """Whether tests are being run."""
        return bool(self.pending) or any(self._queues.values())

    def add_node(self, node: Node) -> None:
        """A worker is up."""
        self._queues[node] = []

    def add_node_collection(self, node: Node, collection: Sequence[str]) -> None:
        """A worker has collected."""
        self.starting.discard(node)
        if self.collection is not None and list(collection) != self.collection:
            # A replacement that sees other tests than the worker it replaces: it cannot be given an index.
            node.shutdown()
            return
        self._collections[node] = list(collection)

    def schedule(self) -> None:
        """Send the first tests; later, give work to a worker that has joined."""
        if self.collection is None and not self._aborted:
            self._begin()
        self._feed_all()

    def _begin(self) -> None:
        from xdist.report import report_collection_diff

        (first, collection), *others = self._collections.items()
        for node, other in others:
            difference = report_collection_diff(collection, other, describe(first), describe(node))
            if difference:
                report = pytest.CollectReport(describe(node), "failed", difference, [])
                self.config.hook.pytest_collectreport(report=report)
                self._aborted = True
        if not self._aborted:
            self.collection = collection
            self.pending = list(range(len(collection)))
            runs = (index for reasons in self.reasons.values() for index, why in reasons.items() if not why)
            self._wanted = frozenset(runs)

    def _feed_all(self) -> None:
        for node in self.nodes:
            self._feed(node)

    def _feed(self, node: Node) -> None:
        """Fill the queue of a worker that has run low: large helpings first, small ones towards the end."""
        queue = self._queues[node]
        if node.shutting_down or node not in self._collections or len(queue) >= LEAST_QUEUE:
            return
        takers = {index: self._takers(index) for index in self.pending}
        mine = sorted((i for i, able in takers.items() if node in able), key=lambda i: len(takers[i]))
        helping = mine[: max(LEAST_QUEUE - len(queue), len(mine) // (4 * len(self._queues)))]
        if helping:
            sent = set(helping)
            self.pending = [index for index in self.pending if index not in sent]
            queue.extend(helping)
            node.send_runtest_some(helping)

    def _takers(self, index: int) -> list[Node]:
        nodes = [node for node in self._collections if not node.shutting_down]
        if index not in self._wanted:
            return nodes
        return [node for node in nodes if not self.reasons[node].get(index)]

    def mark_test_complete(self, node: Node, item_index: int, duration: float = 0) -> None:
        """A worker has finished a test."""
        self._queues[node].remove(item_index)
        self._feed(node)

    def mark_test_pending(self, item: str) -> None:
        """A plugin wants a test to be run again."""
        assert self.collection is not None
        self.pending.insert(0, self.collection.index(item))
        self._feed_all()

    def remove_pending_tests_from_node(self, node: Node, indices: Sequence[int]) -> None:
        """The answer to stealing, which this scheduler never does."""
        raise NotImplementedError

    def remove_node(self, node: Node) -> str | None:
        """A worker has ended; the test that it was running, where it died of it. The rest of its queue goes elsewhere.

        Raises KeyError for a worker that never came up.
        """
        ending = self.tests_finished
        self.starting.discard(node)
        self._collections.pop(node, None)
        queue = self._queues.pop(node)
        # Alone in a queue, a test has begun only if the workers have been told to end.
        running = bool(queue) and (len(queue) >= LEAST_QUEUE or ending)
        self.pending = [*queue[running:], *self.pending]
        self._feed_all()
        return self.collection[queue[0]] if running and self.collection is not None else None

    def unrunnable(self, nodeid: str) -> str:
        """Why no worker of the run can run a test, each in its own words; empty for another test."""
        index = self._index(nodeid)
        answers = self._answers(index)
        return "" if index in self._wanted or not all(answers.values()) else "; ".join(_grouped(answers))

    def left_over(self, reported: set[str]) -> Iterator[tuple[str, str]]:
        """The tests that have no result, and why."""
        for index, nodeid in enumerate(self.collection or ()):
            if nodeid not in reported:
                known = {name: why for name, why in self._answers(index).items() if why}
                words = _grouped({**known, **self.lost})
                yield nodeid, "\n  ".join(["not run: no worker is left that can run it", *words])

    def _answers(self, index: int) -> dict[str, str]:
        """What each worker says of a test, gw0 first, whichever was the first to answer."""
        nodes = sorted(self.reasons, key=lambda node: (len(node.gateway.id), node.gateway.id))
        return {describe(node): self.reasons[node].get(index, "") for node in nodes}

    def _index(self, nodeid: str) -> int:
        return self.collection.index(nodeid) if self.collection and nodeid in self.collection else -1


def _grouped(answers: Mapping[str, str]) -> list[str]:
    """`gw0, gw2: why`, one for each distinct answer."""
    groups: dict[str, list[str]] = {}
    for name, why in answers.items():
        groups.setdefault(why, []).append(name)
    return [f"{', '.join(names)}: {why}" for why, names in groups.items()]
