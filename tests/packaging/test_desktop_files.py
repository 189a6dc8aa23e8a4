"""The desktop entry, the metainfo and the Makefile say what is true."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET

import pytest

from tests.packaging.machine import ROOT


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def desktop_entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(ROOT / "packaging/segue.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_desktop_entry_starts_the_command_the_project_installs():
    entry = desktop_entry()
    assert entry["Exec"].split()[0] in project()["scripts"]
    assert entry["Icon"] == "segue"
    assert (ROOT / "resources/segue.svg").exists()


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="needs desktop-file-utils")
def test_the_desktop_entry_is_valid():
    command = ["desktop-file-validate", str(ROOT / "packaging/segue.desktop")]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_desktop_entry_and_the_bus_name_the_same_kinds_of_files():
    from app.desktop.mpris_interfaces import MIME_TYPES

    assert set(MIME_TYPES) <= set(desktop_entry()["MimeType"].split(";"))


def test_the_metainfo_names_the_entry_the_licence_and_this_version():
    (file,) = (ROOT / "packaging").glob("*.metainfo.xml")
    root = ET.parse(file).getroot()
    assert root.findtext("id") == file.name.removesuffix(".metainfo.xml")
    assert root.findtext("launchable") == "segue.desktop"
    assert root.findtext("project_license") == project()["license"]
    assert root.find("releases/release").get("version") == project()["version"]


def test_the_changelog_names_this_version():
    assert f"## {project()['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_make_offers_what_the_readme_tells():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        told = re.findall(r"(?m)(?:^|`)make ([a-z]+)", (ROOT / name).read_text("utf-8"))
        assert told
        assert set(told) <= targets, name


def test_continuous_integration_runs_what_a_person_runs():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec make test")
