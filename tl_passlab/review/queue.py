"""What is pending now, as clusters whose numbers last from one command to the next.

A script that accepts cluster 1 and then cluster 2 must mean the same clusters as the list it read, so the numbers are
written down beside the pending goldens, until none of those clusters is left.
"""

from __future__ import annotations

import json

from tl_passlab.errors import PasslabError
from tl_passlab.goldens import store
from tl_passlab.goldens.pending import Mirror, entries
from tl_passlab.review.clusters import Cluster, cluster

NUMBERS = "clusters.json"


def pending_clusters(mirror: Mirror) -> list[Cluster]:
    """The clusters of everything pending."""
    numbers = _read_numbers(mirror)
    before = dict(numbers)
    found = cluster(entries(mirror), numbers)
    if numbers != before:
        _write_numbers(mirror, numbers)
    return found


def _read_numbers(mirror: Mirror) -> dict[str, int]:
    try:
        numbers = json.loads((mirror.folder / NUMBERS).read_text(encoding="utf-8"))
        return {str(key): int(number) for key, number in numbers.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write_numbers(mirror: Mirror, numbers: dict[str, int]) -> None:
    try:
        if numbers:
            store.write_whole(mirror.folder / NUMBERS, json.dumps(numbers, indent=1) + "\n")
        else:
            (mirror.folder / NUMBERS).unlink(missing_ok=True)
    except (PasslabError, OSError):
        # A folder that cannot be written is listed all the same; its clusters are numbered anew each time.
        return
