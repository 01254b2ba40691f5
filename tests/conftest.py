"""The tests make projects of their own, which behave as at a desk; a test about CI sets the variable itself.

The variable is dropped here, when the tests are collected, because fixtures of a whole session run before any
function's. The suite's own run has been configured by then: `--snapshot-update` was refused already if this is CI.
"""

from __future__ import annotations

import os

os.environ.pop("CI", None)
