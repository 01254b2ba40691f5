"""Loads the plugin from this checkout also where the package is not installed.

Not asked of the package's metadata: what `pip install -e .` leaves in a checkout says that it is installed also on a
host to which the checkout was only copied.
"""

import sys

if "tl_passlab.pytest_plugin" not in sys.modules:
    pytest_plugins = ["tl_passlab.pytest_plugin"]
