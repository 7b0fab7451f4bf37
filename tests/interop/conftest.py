"""iec870ree 0.14.1, a client that nobody here wrote, in a virtual environment of its own."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

# python-dateutil is imported by iec870ree.protocol, but missing from the requirements of its package.
REQUIREMENTS = ("iec870ree==0.14.1", "python-dateutil")
CHECK = "import iec870ree.protocol"


def _works(python: str | Path) -> bool:
    return subprocess.run([python, "-I", "-c", CHECK], capture_output=True, check=False).returncode == 0


def _build(folder: Path) -> Path:
    """A virtual environment with the client; one that an earlier run built is used again."""
    python = folder / "bin" / "python"
    if python.exists() and _works(python):
        return python
    venv.create(folder, clear=True, with_pip=True)
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
    subprocess.run([str(python), *pip, *REQUIREMENTS], capture_output=True, text=True, check=True)
    subprocess.run([python, "-I", "-c", CHECK], capture_output=True, text=True, check=True)
    return python


@pytest.fixture(scope="session")
def iec870ree_python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter that has iec870ree: IEC870REE_PYTHON, or of an environment built and kept in pytest's cache.

    Without a network the tests are skipped, unless IEC102_REQUIRE_INTEROP=1 says that they must run.
    """
    given = os.environ.get("IEC870REE_PYTHON")
    if given:
        if not _works(given):
            pytest.fail(f"IEC870REE_PYTHON={given} cannot import iec870ree")
        return given
    cache = request.config.pluginmanager.hasplugin("cacheprovider")
    name = f"iec870ree-{sys.version_info.major}.{sys.version_info.minor}"
    folder = request.config.cache.mkdir(name) if cache and request.config.cache else tmp_path_factory.mktemp(name)
    try:
        return str(_build(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        output = (getattr(error, "stderr", None) or str(error)).strip()
        reason = f"iec870ree cannot be installed: {output.splitlines()[-1]}"
    if os.environ.get("IEC102_REQUIRE_INTEROP") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
