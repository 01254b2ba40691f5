"""Compilation targets as users type them: `cuda:sm_90a`, `metal`, `hip:gfx942`, `c`.

A bare `cuda` without a device becomes sm_50 upstream and lowers to code nobody wants, so a spec always names an
architecture: the attached device's, or sm_90a.
"""

from __future__ import annotations

import difflib

from tl_passlab.errors import UsageError
from tl_passlab.model import Target

ARCHITECTURES: dict[str, tuple[str, ...]] = {
    "cuda": ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_100a", "sm_103a", "sm_120a"),
    "metal": (),
    "hip": ("gfx90a", "gfx942", "gfx950"),
    "c": (),
}
EXTENSIONS = {"cuda": "cu", "metal": "metal", "hip": "hip", "c": "c"}
DEFAULT_ARCHITECTURE = {"cuda": "sm_90a", "hip": "gfx942"}

# The targets every case must at least lower on ("does not crash"), in the order tables show them.
SUPPORTED = ("cuda:sm_80", "cuda:sm_90a", "cuda:sm_100a", "metal", "hip:gfx942", "c")


def parse_target(spec: str) -> Target:
    """The target of a spec. Raises UsageError that lists the right ones when the spec is wrong."""
    kind, _, arch = spec.strip().partition(":")
    known = ARCHITECTURES.get(kind)
    if known is None or (arch and arch not in known):
        raise _wrong(spec)
    if known and not arch:
        arch = default_architecture(kind)
    return Target(f"{kind}:{arch}" if arch else kind, kind, arch, EXTENSIONS[kind])


def default_architecture(kind: str) -> str:
    """The architecture of the attached device, or the default of the kind where there is none."""
    if kind == "cuda":
        from tl_passlab.devices import cuda_devices

        for device in cuda_devices():
            # The `a` suffix enables the architecture's own instructions (TMA, wgmma, tcgen05), as kernels expect.
            for arch in (f"{device.arch}a", device.arch):
                if arch in ARCHITECTURES["cuda"]:
                    return arch
    return DEFAULT_ARCHITECTURE[kind]


def all_specs() -> tuple[str, ...]:
    """Every spec `parse_target` takes, without the bare kinds that need an architecture."""
    return tuple(f"{kind}:{a}" if a else kind for kind, archs in ARCHITECTURES.items() for a in (archs or ("",)))


def _wrong(spec: str) -> UsageError:
    close = difflib.get_close_matches(spec, all_specs(), n=1, cutoff=0.5)
    lines = [f"{kind}: {', '.join(f'{kind}:{a}' for a in archs) or kind}" for kind, archs in ARCHITECTURES.items()]
    return UsageError(
        "target",
        spec,
        "unknown target; the supported ones are",
        evidence="\n".join(lines),
        next_command=f"--target {close[0] if close else 'cuda:sm_90a'}",
    )
