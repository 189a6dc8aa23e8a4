"""The install script on made-up machines."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.packaging.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("dnf", "sudo dnf install vlc "),
        ("pacman", "sudo pacman -S --needed vlc vlc-plugins-all "),
        ("brew", "brew install --cask vlc"),
        ("winget", "winget install --exact --id VideoLAN.VLC"),
    ],
)
def test_where_apt_is_not_the_exact_line_is_printed_and_nothing_is_run(machine, name, line):
    machine.add(name, "exit 0")
    done = machine.install("system", "run")
    assert done.returncode == 0
    assert f"    {line}" in done.stderr
    assert machine.called(name) == []


def test_tests_need_more_than_the_player(machine):
    player = machine.install("system", "run", SEGUE_PACKAGE_MANAGER="dnf").stderr
    tests = machine.install("system", "test", SEGUE_PACKAGE_MANAGER="dnf").stderr
    assert "playerctl" not in player
    assert "playerctl" in tests


def test_nothing_is_said_where_vlc_is_there(machine):
    machine.add("dnf", "exit 0")
    machine.add("ldconfig", "echo '\tlibvlc.so.5 (libc6,x86-64) => /usr/lib64/libvlc.so.5'")
    assert machine.install("system", "run").stderr == ""


def test_a_machine_with_no_known_package_manager_is_told_what_to_get(machine):
    done = machine.install("system", "run")
    assert done.returncode == 0
    assert "please install VLC" in done.stderr


def test_as_root_apt_brings_what_is_missing(machine):
    machine.add("id", "echo 0")
    machine.add_debian(installed=False)
    done = machine.install("system", "test")
    assert done.returncode == 0, done.stderr
    update, install = machine.called("apt-get")
    assert update == "apt-get update -qq"
    assert "install --yes --no-remove --no-install-recommends libvlc5 vlc-plugin-base" in install
    assert "playerctl" in install
    assert " pulseaudio " in f"{install} "


def test_apt_is_not_called_when_nothing_is_missing(machine):
    machine.add("id", "echo 0")
    machine.add_debian(installed=True)
    assert machine.install("system", "test").returncode == 0
    assert machine.called("apt-get") == []


def test_a_desktop_with_pipewire_keeps_it(machine):
    machine.add("id", "echo 0")
    machine.add_debian(installed=False)
    only_pipewire = 'case "$*" in *pipewire-pulse*) printf "ii pipewire-pulse " ;; esac'
    machine.add("dpkg-query", only_pipewire)
    machine.install("system", "test")
    install = machine.called("apt-get")[1]
    assert "--no-remove" in install
    assert " pulseaudio-utils" in install
    assert " pulseaudio " not in f"{install} "


def test_only_the_missing_package_is_brought(machine):
    machine.add("id", "echo 0")
    machine.add_debian(installed=True)
    every = (machine.tools / "dpkg-query").read_text()
    machine.add("dpkg-query", every.replace("-*|*Status*)", "-*|*Status*|libxcb-cursor0)"))
    machine.install("system", "run")
    assert machine.called("apt-get")[1].endswith("--no-install-recommends libxcb-cursor0")


def test_without_leave_to_install_the_apt_line_is_printed(machine):
    machine.add_debian(installed=False)
    machine.add("sudo", "exit 1")
    done = machine.install("system", "run")
    assert done.returncode == 0
    assert (
        "    sudo apt-get install --yes --no-remove --no-install-recommends libvlc5" in done.stderr
    )
    assert machine.called("apt-get") == []


def test_sudo_without_password_is_used(machine):
    machine.add_debian(installed=False)
    machine.add("sudo", '[ "$1" = -n ] || "$@"')
    assert machine.install("system", "run").returncode == 0
    assert len(machine.called("apt-get")) == 2


def test_when_apt_fails_a_sentence_says_what_to_do(machine):
    machine.add("id", "echo 0")
    machine.add_debian(installed=False)
    done = machine.install("system", "run", APT_FAILS="100")
    assert done.returncode == 1
    assert "SEGUE_SYSTEM=skip make run" in done.stderr
    assert machine.install("system", "run", SEGUE_SYSTEM="skip").returncode == 0


def test_debian_without_venv_gets_it(machine):
    machine.add("id", "echo 0")
    machine.add("python3", 'case "$*" in *ensurepip*) exit 1 ;; esac; exit 0')
    machine.add_debian(installed=False)
    machine.install("system", "run")
    assert " python3-venv" in machine.called("apt-get")[1]


def test_print_runs_nothing(machine):
    machine.add("id", "echo 0")
    machine.add_debian(installed=False)
    machine.add_uv()
    done = machine.install("--print", "all", "test")
    assert done.returncode == 0, done.stderr
    assert "would run: apt-get update" in done.stdout + done.stderr
    assert "would run: uv pip install" in done.stdout + done.stderr
    assert machine.called("apt-get") == machine.called("uv") == []
    assert not machine.venv.exists()


def test_python_packages_are_installed_once(machine):
    machine.add_uv()
    first = machine.install("python", "run")
    assert first.returncode == 0, first.stderr
    assert machine.called("uv")[1].endswith(f"-e {machine.project} torch==2.13.0+cpu")
    machine.forget_calls()
    started = time.monotonic()
    again = machine.install("python", "run")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert machine.called("uv") == []
    assert time.monotonic() - started < 2


def test_the_packages_for_tests_come_on_top_and_stay(machine):
    machine.add_uv()
    machine.install("python", "run")
    machine.install("python", "test")
    assert f"-e {machine.project}[dev]" in machine.called("uv")[-1]
    machine.forget_calls()
    machine.install("python", "run")
    assert machine.called("uv") == []


def test_a_changed_pyproject_is_installed_with_all_that_was_there(machine):
    machine.add_uv()
    machine.install("python", "test")
    machine.forget_calls()
    with (machine.project / "pyproject.toml").open("a") as file:
        file.write("# another dependency\n")
    machine.install("python", "run")
    assert f"-e {machine.project}[dev]" in machine.called("uv")[-1]


def test_a_local_wheel_folder_is_used_instead_of_the_index(machine):
    machine.add_uv()
    machine.install("python", "run", PIP_FIND_LINKS="/wheels /more")
    assert machine.called("no_sources") == ["no_sources=1 find_links=/wheels,/more"]


def test_the_cuda_build_comes_on_request_and_stays(machine):
    machine.add_uv()
    machine.install("python", "run")
    machine.install("python", "run", TORCH="cuda", PIP_FIND_LINKS="/wheels")
    assert machine.called("uv")[-1].endswith("torch")
    assert machine.called("no_sources")[-1] == "no_sources=1 find_links="
    machine.forget_calls()
    machine.install("python", "run")
    assert machine.called("uv") == []
    machine.install("python", "run", TORCH="cpu")
    assert machine.called("uv")[-1].endswith("torch==2.13.0+cpu")


def test_an_unknown_build_of_torch_is_refused(machine):
    done = machine.install("python", "run", TORCH="rocm")
    assert done.returncode == 1
    assert "TORCH is cpu or cuda" in done.stderr


def test_an_installation_that_was_cut_off_is_repaired(machine):
    machine.add_uv()
    machine.add("python3", "exit 0")
    assert machine.install("python", "run", UV_FAILS="1").returncode == 0, "pip stepped in"
    (machine.venv / "segue-installed").unlink()
    (machine.venv / "segue-unfinished").write_text("torch cpu\n")
    machine.forget_calls()
    done = machine.install("python", "run")
    assert done.returncode == 0, done.stderr
    assert "--reinstall" in machine.called("uv")[-1]
    assert (machine.venv / "segue-installed").exists()
    assert not (machine.venv / "segue-unfinished").exists()


def test_a_broken_venv_is_built_anew(machine):
    machine.add_uv()
    machine.install("python", "run")
    (machine.venv / "bin/python").unlink()
    machine.forget_calls()
    assert machine.install("python", "run").returncode == 0
    assert machine.called("uv")[0].startswith("uv venv")


def test_a_moved_folder_is_set_up_again(machine):
    machine.add_uv()
    machine.install("python", "run")
    machine.forget_calls()
    machine.project = machine.project.rename(machine.folder / "elsewhere")
    machine.venv = machine.project / ".venv"
    machine.install("python", "run")
    assert [line.split()[1] for line in machine.called("uv")] == ["venv", "pip"]
    assert f"-e {machine.project}" in machine.called("uv")[-1]


def test_when_neither_uv_nor_pip_can_install_a_sentence_says_so(machine):
    machine.add_uv()
    machine.install("python", "run")
    (machine.venv / "segue-installed").unlink()
    refuses = '#!/bin/sh\ncase "$*" in *"pip install"*) exit 1 ;; esac\n'
    (machine.venv / "bin/python").write_text(refuses)
    done = machine.install("python", "run", UV_FAILS="1")
    assert done.returncode == 1
    assert "run the same command again" in done.stderr
    assert not (machine.venv / "segue-installed").exists()


def test_an_old_python_is_refused_with_words(machine):
    machine.add("python3", "exit 1")
    done = machine.install("python", "run")
    assert done.returncode == 1
    assert "Python 3.11 or later is needed" in done.stderr


def test_the_application_menu_gets_the_entry_with_this_folder(machine):
    machine.add_uv()
    done = machine.install("desktop")
    assert done.returncode == 0, done.stderr
    entry = machine.folder / "home/.local/share/applications/segue.desktop"
    assert f'Exec="{machine.venv}/bin/segue" %U' in entry.read_text()
    assert (machine.folder / "home/.local/share/icons/hicolor/scalable/apps/segue.svg").exists()
