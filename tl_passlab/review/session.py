"""The interactive review: one cluster after the other, one key for each decision. A decision takes effect at once, so
quitting, or a closed terminal, keeps what was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tl_passlab.goldens.pending import Mirror, Pending
from tl_passlab.report.text import Style
from tl_passlab.review import decide, render
from tl_passlab.review.clusters import Cluster
from tl_passlab.review.decide import Outcome

# Fits a terminal of 80 columns.
PROMPT = "a accept  r reject  s skip  n next  d lines  x check  A/R/S all  ? help  q quit"
HELP = """\
a  accept: the new texts become the goldens (those whose lowering breaks a claim stay pending)
r  reject: forget the new texts; the tests go on failing
s  skip: leave the cluster pending
A, R, S  the same for this cluster and all that follow
n  show another golden of the cluster
d  show the golden's own lines
o  open them in $PAGER or $EDITOR
x  execute the shown golden's kernel at every pass boundary (seconds to minutes) and say whether it is still right
q  quit; what was decided stays decided"""


@dataclass
class Session:
    """A walk over clusters; `read_key` gives the next key, `show` prints, `open_text` starts a pager, `execute` says in
    a line what executing the kernel of a golden came to."""

    mirror: Mirror
    clusters: list[Cluster]
    style: Style
    read_key: Callable[[], str]
    show: Callable[[str], None]
    open_text: Callable[[str, str], str]
    execute: Callable[[Pending], str]
    even_if_claims_fail: bool = False
    total: Outcome = field(default_factory=Outcome)

    def run(self) -> Outcome:
        """Walk the clusters until the end or `q`."""
        rest = ""
        for index, cluster in enumerate(self.clusters):
            key = rest or self._ask(cluster, f"{index + 1}/{len(self.clusters)}")
            if key == "q":
                break
            rest = key if key in "ARS" else ""
            self._decide(cluster, key.lower())
        return self.total

    def _ask(self, cluster: Cluster, place: str) -> str:
        """Show a cluster until a key decides on it."""
        example = 0
        self.show(render.cluster_text(self.mirror, cluster, place, self.style, example))
        self.show(self.style.dim(PROMPT))
        while True:
            key = self.read_key()
            if key in tuple("arsARSq"):
                return key
            entries = (*cluster.findings, *cluster.attached)
            if key == "n" and len(entries) == 1:
                self.show("the cluster has no other golden")
            elif key == "n":
                example += 1
                self.show(render.cluster_text(self.mirror, cluster, place, self.style, example))
            elif key in ("d", "o"):
                entry = entries[example % len(entries)]
                text = render.entry_text(self.mirror, entry, self.style if key == "d" else Style(), full=True)
                self.show(text if key == "d" else self.open_text(text, f"{entry.name}.txt"))
            elif key == "x":
                self.show(f"      {self.execute(entries[example % len(entries)])}")
            elif key == "?":
                self.show(HELP)
            elif key.strip():
                self.show(f"{key!r} is no key here; ? lists them")
            self.show(self.style.dim(PROMPT))

    def _decide(self, cluster: Cluster, key: str) -> None:
        if key == "a":
            outcome = decide.accept(self.mirror, cluster.entries, even_if_claims_fail=self.even_if_claims_fail)
        elif key == "r":
            outcome = decide.reject(self.mirror, cluster.entries)
        else:
            self.show("skipped")
            return
        self.total.accepted += outcome.accepted
        self.total.rejected += outcome.rejected
        self.total.refused.update(outcome.refused)
        self.show("\n".join([f"{cluster.title}: {outcome.lines()[-1]}", *outcome.lines()[:-1]]))
        if any("does not hold" in why for why in outcome.refused.values()):
            self.show(f"a change that breaks a claim is accepted only by `passlab accept ... {decide.EVEN}`")
