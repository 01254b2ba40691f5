"""A desk and two hosts to log into: network namespaces of this machine. The machine's own network is not touched."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"


@dataclass(frozen=True)
class Host:
    """A namespace with an sshd. `desk` is the namespace it is reached from, `config` how ssh reaches it."""

    name: str
    address: str
    config: Path
    desk: str

    @property
    def spec(self) -> str:
        """The worker on it, as xdist's `--tx` takes it."""
        return f"ssh=root@{self.address}//ssh_config={self.config}"

    @property
    def from_desk(self) -> list[str]:
        """What to put before a command that is to reach it."""
        return ["ip", "netns", "exec", self.desk]


def why_no_hosts() -> str:
    """Why hosts cannot be made here; empty when they can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [tool for tool in ("ip", "ssh", "ssh-keygen", SSHD) if shutil.which(tool) is None]
    if missing:
        return f"no {', '.join(missing)} (Debian: iproute2, openssh-server)"
    name = f"passlab-{uuid.uuid4()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"ip netns add: {made.stderr.strip()}"
    cable = ["ip", "-n", name, "link", "add", "one", "type", "veth", "peer", "name", "two"]
    connected = subprocess.run(cable, capture_output=True, text=True, check=False)
    _ip("netns", "del", name)
    return f"ip link add: {connected.stderr.strip()}" if connected.returncode else ""


@contextlib.contextmanager
def two_hosts(folder: Path) -> Iterator[tuple[Host, Host]]:
    """Two hosts, gone afterwards with all that ran on them. Skips the test where root cannot log in."""
    run = uuid.uuid4().hex[:12]
    desk = f"passlab-{run}-desk"
    config = _keys(folder)
    # sshd insists on this folder, which a machine without a running sshd may lack.
    Path("/run/sshd").mkdir(exist_ok=True)
    found = []
    with contextlib.ExitStack() as made:
        _namespace(desk, made)
        for index, cable in enumerate(("one", "two")):
            host = Host(f"passlab-{run}-{cable}", f"10.9.{index}.2", config, desk)
            _namespace(host.name, made)
            _ip("-n", desk, "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _ip("-n", desk, "addr", "add", f"10.9.{index}.1/24", "dev", cable)
            _ip("-n", desk, "link", "set", cable, "up")
            _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
            _ip("-n", host.name, "link", "set", "eth0", "up")
            _start_sshd(host, folder)
            found.append(host)
        one, two = found
        login = [*one.from_desk, "ssh", "-F", str(config), f"root@{one.address}", "true"]
        done = subprocess.run(login, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"root cannot log in with a key: {done.stderr.strip()}")
        yield one, two


def _namespace(name: str, made: contextlib.ExitStack) -> None:
    _ip("netns", "add", name)
    made.callback(_remove, name)
    _ip("-n", name, "link", "set", "lo", "up")


def _remove(name: str) -> None:
    """A namespace lives on as long as a process in it does: whatever was started in it ends first."""
    for pid in _ip("netns", "pids", name).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    _ip("netns", "del", name)


def _keys(folder: Path) -> Path:
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    config = folder / "ssh_config"
    lines = [
        f"IdentityFile {folder / 'user'}",
        "IdentitiesOnly yes",
        "UserKnownHostsFile /dev/null",
        "StrictHostKeyChecking no",
        "LogLevel ERROR",
        "ConnectTimeout 20",
        "ServerAliveInterval 5",
    ]
    config.write_text("Host *\n" + "".join(f"  {line}\n" for line in lines))
    return config


def _start_sshd(host: Host, folder: Path) -> None:
    """It goes to the background once it listens."""
    options = {
        "ListenAddress": host.address,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "PidFile": "none",
        "StrictModes": "no",
        "PermitRootLogin": "yes",
        "UsePAM": "no",
    }
    words = [word for option, value in options.items() for word in ("-o", f"{option}={value}")]
    command = ["ip", "netns", "exec", host.name, SSHD, "-f", "/dev/null", *words]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout
