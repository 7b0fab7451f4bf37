"""Programs that nobody here wrote: iec870ree as a client, mesures as a writer of the sector's files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import iec870ree, mesures
from support.environments import NotInstalled, environment_name

Request = pytest.FixtureRequest
Factory = pytest.TempPathFactory


@pytest.fixture(scope="session")
def iec870ree_python(request: Request, tmp_path_factory: Factory) -> str:
    """The interpreter that has iec870ree, as IEC870REE_PYTHON names it or as it is made here."""
    return _kept(request, tmp_path_factory, "iec870ree", iec870ree.interpreter)


@pytest.fixture(scope="session")
def mesures_python(request: Request, tmp_path_factory: Factory) -> str:
    """The interpreter that has mesures, as MESURES_PYTHON names it or as it is made here."""
    return _kept(request, tmp_path_factory, "mesures", mesures.interpreter)


def _kept(request: Request, factory: Factory, what: str, interpreter: Callable[[Path], str]) -> str:
    """Of an environment made once and kept in pytest's cache.

    Without a network the tests are skipped, unless IEC102_REQUIRE_INTEROP=1 says that they must run.
    """
    name = environment_name(what)
    has_cache = request.config.pluginmanager.hasplugin("cacheprovider") and request.config.cache
    folder = request.config.cache.mkdir(name) if has_cache else factory.mktemp(name)
    try:
        return interpreter(folder)
    except NotInstalled as error:
        if os.environ.get(f"{what.upper()}_PYTHON") or os.environ.get("IEC102_REQUIRE_INTEROP") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
