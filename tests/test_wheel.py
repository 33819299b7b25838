"""The wheel: all that the package reads is in it, and it works where nothing else is installed.

That a package index can be reached is needed here. Where it cannot, these tests are skipped on a
person's machine, and fail in CI.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from crowdnb.__main__ import main

ROOT = Path(__file__).parents[1]
DATA = ROOT / "crowdnb" / "data"
UV = [sys.executable, "-m", "uv"]
NO_INDEX = ("hatchling", "error sending request", "no such host", "dns error", "not found in the")
# what a bare environment has: the lock's versions, or the newest that pyproject.toml allows
VERSIONS = {"locked": ["--constraint", ROOT / "constraints.txt"], "newest": []}
pytestmark = pytest.mark.slow


def uv(*arguments):
    """Run uv; where it finds no index, skip, but not in CI."""
    done = subprocess.run([*UV, *arguments], capture_output=True, text=True)
    if done.returncode and "CI" not in os.environ:
        if any(words in done.stderr.lower() for words in NO_INDEX):
            pytest.skip("no package index to install from")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel of this folder."""
    to = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--quiet", "--out-dir", to, ROOT)
    (built,) = to.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def held(wheel):
    """The names of the files in it."""
    return set(zipfile.ZipFile(wheel).namelist())


def files(pattern):
    """The files of the package that are to be in the wheel."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "crowdnb").rglob(pattern)
        if path.is_file() and path.name != "assignment.csv" and "__pycache__" not in path.parts
    }


def courses():
    """The notebooks, and the pages that they or their readers are led to, as the wheel names them."""
    notebooks = [path for path in (ROOT / "notebooks").rglob("*.*") if path.suffix != ".toml"]
    pages = [ROOT / "docs" / f"{name}.md" for name in ("family", "files", "options", "teaching")]
    return {
        f"crowdnb/{path.relative_to(ROOT).as_posix()}"
        for path in [*notebooks, *pages]
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    }


@pytest.mark.parametrize("pattern", ["*.py", "*.pyi", "data/**/*", "*.js", "*.css"])
def test_a_wheel_holds_every_file_of_the_package(held, pattern):
    assert files(pattern) - held == set()


def test_a_wheel_holds_nothing_else(held):
    beside = {name for name in held if ".dist-info/" not in name}
    assert beside == files("*") | courses()
    assert {"crowdnb/py.typed", "crowdnb/__init__.pyi"} <= beside


@pytest.fixture(scope="module", params=VERSIONS)
def bare(request, wheel, tmp_path_factory):
    """Run a program of an environment with the wheel and what it needs, and nothing else."""
    to = tmp_path_factory.mktemp("bare")
    uv("venv", "--quiet", "--python", sys.executable, to / "venv")
    within = to / "venv" / ("Scripts" if os.name == "nt" else "bin")
    uv("pip", "install", "--quiet", "--python", within / "python", *VERSIONS[request.param], wheel)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(program, *arguments):
        done = subprocess.run(
            [within / program, *arguments],
            capture_output=True,
            cwd=to,
            env={**clean, "PYTHONIOENCODING": "utf-8"},
            timeout=120,
        )
        return done.returncode, done.stdout.decode().replace("\r\n", "\n"), done.stderr.decode()

    return run


@pytest.fixture(scope="module")
def here():
    """What the command prints in this environment, asking HIGHS, which a bare one has alone."""
    from cvxpy.reductions.solvers import defines

    @cache
    def run(*arguments):
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
            patch.setattr(defines, "INSTALLED_MI_SOLVERS", ["HIGHS", "SCIPY"])
            main(arguments)
        return timeless(out.getvalue())

    return run


def timeless(text):
    """What was printed, without how long it took."""
    return re.sub(r"\b[0-9.]+ s\b", "… s", text)


def test_the_case_study_is_told_in_the_same_words_everywhere(bare, here):
    """Not a line more: the libraries that are loaded have nothing to say here."""
    status, out, err = bare("crowdnb", "case")
    assert (status, timeless(out), err) == (0, here("case"), "")
    assert out.startswith("The paper's case study (section 6)") and "(HIGHS, " in out


# In one process, since a second goes into loading the libraries.
FOLDERS = """
from crowdnb.__main__ import main
for folder in ("none", "lounges"):
    print("==", main(["report", folder]))
    print("==", main(["assign", folder]))
"""


def test_folders_are_told_in_the_same_words_everywhere(bare, here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DATA / "case_study", "none")
    Path("none", "tasks.csv").write_text("task,required\n" + "".join(f"r{j},4\n" for j in range(5)))
    shutil.copytree(DATA / "lounges", "lounges")
    inside = f"import os; os.chdir({str(tmp_path)!r})\n{FOLDERS}"
    status, out, err = bare("python", "-W", "error", "-c", inside)
    assert (status, err) == (0, "")
    told = [
        here(command, folder) for folder in ("none", "lounges") for command in ("report", "assign")
    ]
    assert timeless(out) == "".join(
        f"{text}== {k}\n" for text, k in zip(told, (1, 1, 0, 0), strict=True)
    )


def test_the_command_has_one_name(bare):
    as_script, as_module = bare("crowdnb", "--help"), bare("python", "-m", "crowdnb", "--help")
    assert as_script == as_module and as_script[1].startswith("usage: crowdnb ")


def test_the_notebooks_come_with_it_and_are_copied_as_from_here(bare, tmp_path):
    main(["notebooks", str(tmp_path / "here")])
    status, out, err = bare("crowdnb", "notebooks", tmp_path / "there")
    assert (status, err) == (0, "")
    assert "pip install 'crowdnb[notebooks]', then jupyter lab" in out
    here, there = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (tmp_path / "here", tmp_path / "there")
    )
    assert there == here
    assert len(here) >= 2 * 13 + 4


def test_a_new_project_is_solved_by_the_command_it_names(bare, tmp_path):
    status, out, _ = bare("crowdnb", "new", tmp_path / "mine")
    assert status == 0
    command = re.search(r"Next: (crowdnb assign \S+), then", out)[1].split()
    status, out, err = bare(*command)
    assert (status, err) == (0, "")
    assert "ρ = 2.697283" in out


LACKING = """
import crowdnb as cn
one = cn.Problem([[1]], [1])
for ask in (
    lambda: cn.bench,
    lambda: cn.panels,
    lambda: cn.plots,
    lambda: cn.simulate(cn.Market(days=1)),
    lambda: cn.read_project(__file__),
    lambda: cn.solve(one, "GLPK_MI"),
    lambda: cn.solve(one, "CBC"),
    lambda: cn.baselines.algorithm_1(one),
):
    try:
        ask()
    except ModuleNotFoundError as error:
        print(error)
"""


def test_what_is_not_there_is_named_as_the_extra(bare, tmp_path):
    (tmp_path / "program.py").write_text(LACKING)
    status, out, err = bare("python", "-W", "error", tmp_path / "program.py")
    assert (status, err) == (0, "")
    assert re.findall(r"pip install '(\S+)'", out) == [
        f"crowdnb[{extra}]" for extra in [*["notebooks"] * 4, "excel", "glpk", "cbc", "bench"]
    ]
