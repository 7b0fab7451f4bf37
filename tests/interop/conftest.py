"""iec870ree, a client that nobody here wrote."""

import os

import pytest
from support.iec870ree import NotInstalled, environment_name, interpreter


@pytest.fixture(scope="session")
def iec870ree_python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter that has iec870ree: IEC870REE_PYTHON, or of an environment made once and kept in pytest's cache.

    Without a network the tests are skipped, unless IEC102_REQUIRE_INTEROP=1 says that they must run.
    """
    has_cache = request.config.pluginmanager.hasplugin("cacheprovider") and request.config.cache
    folder = (
        request.config.cache.mkdir(environment_name()) if has_cache else tmp_path_factory.mktemp(environment_name())
    )
    try:
        return interpreter(folder)
    except NotInstalled as error:
        if os.environ.get("IEC870REE_PYTHON") or os.environ.get("IEC102_REQUIRE_INTEROP") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
