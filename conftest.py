"""Loads the plugin from this checkout also where the package is not installed."""

from importlib.metadata import entry_points

if not any(point.name == "passlab" for point in entry_points(group="pytest11")):
    pytest_plugins = ["tl_passlab.pytest_plugin"]
