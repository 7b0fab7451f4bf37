"""A release: version, changelog, commit and tag, and no push."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import ROOT

CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Something.
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small one, with the script."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "packaging/release", tmp_path / "packaging/release")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "iec102-tui"\nversion = "0.1.0"\n')
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.email", "tests@example.org")
    git(tmp_path, "config", "user.name", "Tests")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "First")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "packaging/release", "--no-build", "--date", "2026-12-01", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_it_writes_version_and_section_and_tags(repository: Path) -> None:
    done = release(repository, "0.2.0")
    assert done.returncode == 0, done.stderr
    assert 'version = "0.2.0"' in (repository / "pyproject.toml").read_text()
    section = "## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- Something.\n"
    assert section in (repository / "CHANGELOG.md").read_text()
    assert git(repository, "log", "-1", "--format=%s") == "Release 0.2.0"
    assert git(repository, "describe", "--exact-match") == "v0.2.0"
    assert git(repository, "status", "--porcelain") == ""
    assert "git push origin HEAD v0.2.0" in done.stdout


def test_it_refuses_what_would_be_no_release(repository: Path) -> None:
    assert "no version" in release(repository, "next").stderr
    assert release(repository, "0.2.0").returncode == 0
    assert "nothing under Unreleased" in release(repository, "0.3.0").stderr
    assert "already" in release(repository, "0.2.0").stderr
    (repository / "CHANGELOG.md").write_text(CHANGELOG)
    assert "not committed" in release(repository, "0.3.0").stderr
    assert git(repository, "tag") == "v0.2.0"


def test_what_cannot_be_built_here_is_said_before_anything_is_changed(repository: Path) -> None:
    (repository / "packaging/build").write_text(
        "import sys; sys.exit('PyInstaller is missing' * ('--check' in sys.argv))"
    )
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "A build")
    command = [sys.executable, "packaging/release", "0.2.0"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert "PyInstaller is missing" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert git(repository, "status", "--porcelain") == git(repository, "tag", "--list") == ""
