"""Runs the claims of a case on a lowering: what must hold whatever the goldens say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tl_passlab.model import Trace


def check_claims(claims: Mapping[str, Callable[[Trace], None]], trace: Trace) -> dict[str, str]:
    """For each claim why it fails, empty where it holds. A claim that raises anything at all does not hold."""
    results = {}
    for name, claim in claims.items():
        try:
            claim(trace)
            results[name] = ""
        except AssertionError as error:
            results[name] = str(error).strip() or "its assertion fails"
        except Exception as error:
            results[name] = f"{type(error).__name__}: {error}"
    return results
