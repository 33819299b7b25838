"""That a wheel holds all that the package reads: data, types, and what pages and panels show."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """The names of the files in a wheel of this folder."""
    to = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "uv", "build", "--wheel", "--quiet", "--out-dir", to, ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and "CI" not in os.environ and "hatchling" in done.stderr:
        pytest.skip("no package index to fetch hatchling from")
    assert done.returncode == 0, done.stderr
    (wheel,) = to.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def files(pattern):
    """The files of the package that are to be in the wheel."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "crowdnb").rglob(pattern)
        if path.is_file() and path.name != "assignment.csv" and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("pattern", ["*.py", "*.pyi", "data/**/*", "*.js", "*.css"])
def test_a_wheel_holds_every_file_of_the_package(held, pattern):
    assert files(pattern) - held == set()


def test_a_wheel_holds_nothing_else(held):
    beside = {name for name in held if ".dist-info/" not in name}
    assert beside == files("*")
    assert {"crowdnb/py.typed", "crowdnb/__init__.pyi"} <= beside
