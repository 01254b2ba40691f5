"""The one door to tvm and tilelang. One module per upstream era, each with the same few names; `era()` picks one.

Importing this package imports tilelang (two seconds), so commands import it inside functions. It checks the pins first:
a wrong apache-tvm-ffi would abort the process.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from tl_passlab import lanes

lanes.check_pins()
# tvm lies inside tilelang's wheel: importing tilelang is what makes `import tvm` possible.
import tilelang  # noqa: E402, F401


def era() -> ModuleType:
    """The module of the running lane's era."""
    lane, _ = lanes.running_lane()
    return importlib.import_module(f"tl_passlab.compat.{lane.era}")
