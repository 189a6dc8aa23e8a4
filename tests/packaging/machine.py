"""A made-up machine for the install script: a PATH with stand-ins that note how they are called."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAIN_TOOLS = (
    *(
        "bash",
        "env",
        "cat",
        "chmod",
        "cksum",
        "cp",
        "dirname",
        "basename",
        "grep",
        "head",
        "mkdir",
        "mv",
    ),
    *("rm", "sed", "tail", "touch", "tr", "sh", "flock"),
)

FAKE_UV = """#!/bin/sh
echo "uv $*" >>"$LOG"
case "$1" in
    venv)
        for venv in "$@"; do :; done
        mkdir -p "$venv/bin"
        echo "version_info = 3.11.7" >"$venv/pyvenv.cfg"
        printf '#!/bin/sh\\nexit 0\\n' >"$venv/bin/python"
        chmod +x "$venv/bin/python" ;;
    pip)
        echo "no_sources=$UV_NO_SOURCES find_links=$UV_FIND_LINKS" >>"$LOG"
        exit "${UV_FAILS:-0}" ;;
esac
"""


@dataclass
class Machine:
    """A copy of the project's install script on a machine with only the programs named."""

    folder: Path

    def __post_init__(self) -> None:
        self.tools = self.folder / "bin"
        self.project = self.folder / "my projects" / "segue"
        self.venv = self.project / ".venv"
        self.log_file = self.folder / "log"
        self.tools.mkdir(parents=True)
        (self.project / "packaging").mkdir(parents=True)
        (self.project / "resources").mkdir()
        for name in ("pyproject.toml", "packaging/install.sh", "packaging/segue.desktop"):
            shutil.copy(ROOT / name, self.project / name)
        for file in (ROOT / "packaging").glob("*.xml"):
            shutil.copy(file, self.project / "packaging")
        shutil.copy(ROOT / "resources/segue.svg", self.project / "resources")
        for name in PLAIN_TOOLS:
            found = shutil.which(name)
            if found:
                (self.tools / name).symlink_to(found)
        self.add("uname", "echo Linux")
        self.add("id", "echo 1000")
        self.add("ldconfig", "true")
        self.add("python3", "exit 0")

    def add(self, name: str, script: str) -> None:
        """Give the machine a program that notes its call and then runs `script`."""
        text = (
            script
            if script.startswith("#!")
            else f'#!/bin/sh\necho "{name} $*" >>"$LOG"\n{script}\n'
        )
        file = self.tools / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def add_uv(self) -> None:
        self.add("uv", FAKE_UV)

    def add_debian(self, *, installed: bool) -> None:
        """A Debian on which every package is there, or none."""
        reply = (
            'for p in "$@"; do case "$p" in -*|*Status*) ;; *) printf "ii %s " "$p" ;; esac; done'
        )
        self.add("dpkg-query", reply if installed else "exit 1")
        self.add("apt-get", "exit ${APT_FAILS:-0}")

    def install(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the install script on this machine."""
        return subprocess.run(
            ["bash", str(self.project / "packaging/install.sh"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={
                "PATH": str(self.tools),
                "HOME": str(self.folder / "home"),
                "LOG": str(self.log_file),
                "LC_ALL": "C.UTF-8",
                **environment,
            },
        )

    def called(self, program: str) -> list[str]:
        """How a program was called so far, one line a call."""
        if not self.log_file.exists():
            return []
        lines = self.log_file.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.split(" ")[0].split("=")[0] == program]

    def forget_calls(self) -> None:
        if self.log_file.exists():
            os.unlink(self.log_file)
