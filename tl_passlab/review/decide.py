"""Accepts and rejects pending goldens, and says of each what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tl_passlab.errors import FindingError, PasslabError
from tl_passlab.goldens import store
from tl_passlab.goldens.pending import Mirror, Pending, accept_pending, discard

EVEN = "--even-if-claims-fail"


@dataclass
class Outcome:
    """What became of the goldens of one decision; `refused` holds why one stays pending."""

    accepted: list[Pending] = field(default_factory=list)
    rejected: list[Pending] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """What to tell the user; goldens of one case and target that are refused for one reason in one line."""
        reasons: dict[tuple[str, str], list[str]] = {}
        for path, why in self.refused.items():
            reasons.setdefault((path.rpartition("/")[0], why), []).append(path)
        rows = [
            f"refused  {paths[0] if len(paths) == 1 else f'{folder}/ ({len(paths)} goldens)'}: {why}"
            for (folder, why), paths in reasons.items()
        ]
        counts = (("accepted", len(self.accepted)), ("rejected", len(self.rejected)), ("refused", len(self.refused)))
        return [*rows, ", ".join(f"{word} {count}" for word, count in counts if count)]


def accept(mirror: Mirror, chosen: Iterable[Pending], *, even_if_claims_fail: bool = False) -> Outcome:
    """Store the texts of the chosen goldens; those whose lowering breaks a claim, or that are stale, stay pending.

    Raises UsageError in CI, FindingError when the file system refuses; what was accepted before that stays accepted.
    """
    store.refuse_in_ci("passlab accept")
    outcome = Outcome()
    for entry in chosen:
        broken = entry.broken_claims
        if broken and not even_if_claims_fail:
            name, why = next(iter(broken.items()))
            outcome.refused[entry.path] = f"{name} does not hold: {(why.splitlines() or [''])[0]}"
            continue
        try:
            accept_pending(mirror, entry)
        except FindingError as error:
            if error.what == "accept":
                outcome.refused[entry.path] = error.why
                continue
            raise _interrupted(error, outcome) from error
        outcome.accepted.append(entry)
    return outcome


def reject(mirror: Mirror, chosen: Iterable[Pending]) -> Outcome:
    """Forget the chosen texts: the goldens stay, and their tests go on failing."""
    outcome = Outcome()
    for entry in chosen:
        discard(mirror, entry.path)
        outcome.rejected.append(entry)
    return outcome


def _interrupted(error: PasslabError, outcome: Outcome) -> FindingError:
    done = f"{len(outcome.accepted)} goldens were accepted before it; the others are still pending"
    return FindingError(error.what, error.where, error.why, evidence=done, next_command=error.next_command)
