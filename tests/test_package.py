import importlib
import os
import re
import subprocess
import sys
import threading
import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import crowdnb as cn
from crowdnb.extras import EXTRA, needed_for, version_of
from crowdnb.solver import greeting

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def name_of(requirement):
    return re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower().replace("_", "-")


def test_import_is_light():
    heavy = [
        "cvxpy",
        "matplotlib",
        "ipywidgets",
        "pandas",
        "scipy",
        "polars",
        "joblib",
        "tqdm",
        "dask",
    ]
    code = f"import sys, crowdnb; print([name for name in {heavy} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()
        == "[]"
    )


def test_every_public_name_is_there_and_documented():
    for name in cn.__all__:
        assert getattr(cn, name).__doc__, name
        assert name in dir(cn)
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        cn.solv  # noqa: B018


PROBLEM = cn.Problem([[0.5]], [1])
WITHOUT = {  # the library that lacks; what asks for it; what is said to need it; the extra
    "plots": ("matplotlib", lambda: cn.plots, "crowdnb.plots", "notebooks"),
    "plots by import": (
        "matplotlib",
        lambda: importlib.import_module("crowdnb.plots.charts"),
        "crowdnb.plots",
        "notebooks",
    ),
    "panels": ("ipywidgets", lambda: cn.panels, "crowdnb.panels", "notebooks"),
    "panels, one more": ("anywidget", lambda: cn.panels, "crowdnb.panels", "notebooks"),
    "bench": ("ipywidgets", lambda: cn.bench, "crowdnb.bench", "notebooks"),
    "bench by import": (
        "ipywidgets",
        lambda: importlib.import_module("crowdnb.panels.bench"),
        "crowdnb.panels",
        "notebooks",
    ),
    "a market": (
        "simpy",
        lambda: cn.simulate(cn.Market(days=1)),
        "crowdnb.simulation",
        "notebooks",
    ),
    "guesses": (
        "sklearn",
        lambda: cn.matching.guess(pd.DataFrame([[0.5, np.nan]]), 1),
        "crowdnb.matching.guess",
        "notebooks",
    ),
    "CPLEX": (
        "cplex",
        lambda: cn.baselines.algorithm_1(PROBLEM),
        "crowdnb.baselines.algorithm_1",
        "bench",
    ),
    "a workbook": (
        "openpyxl",
        lambda: cn.read_project(ROOT / "pyproject.toml"),
        "reading Excel workbooks",
        "excel",
    ),
}


@pytest.mark.parametrize(("library", "ask", "what", "extra"), WITHOUT.values(), ids=WITHOUT)
def test_what_lacks_its_library_names_the_extra(library, ask, what, extra, monkeypatch):
    for name in ("plots", "panels", "bench"):
        monkeypatch.delitem(cn.__dict__, name, raising=False)  # getattr would load it
    for name in [n for n in sys.modules if n.startswith(("crowdnb.plots", "crowdnb.panels"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    for name in [name for name in sys.modules if name.startswith(f"{library}.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError) as error:
        ask()
    assert str(error.value) == f"{what} needs {library}; pip install 'crowdnb[{extra}]'"
    assert error.value.name == library


def test_an_error_of_the_package_itself_is_not_taken_for_a_library_that_lacks():
    with (
        pytest.raises(ModuleNotFoundError, match=r"No module named 'crowdnb\.nowhere'"),
        needed_for("this"),
    ):
        importlib.import_module("crowdnb.nowhere")
    with (
        pytest.raises(ModuleNotFoundError, match="this needs nobody; pip install nobody"),
        needed_for("this"),
    ):
        importlib.import_module("nobody.knows")


def test_every_library_of_an_extra_is_known_by_it():
    by_package = {"sklearn": "scikit-learn"}
    held = {
        extra: {name_of(requirement) for requirement in PROJECT["optional-dependencies"][extra]}
        for extra in EXTRA.values()
    }
    assert held["dask"] == {"dask"}
    held["dask"].add("distributed")  # its own extra of dask
    for library, extra in EXTRA.items():
        assert by_package.get(library, library) in held[extra], library


def test_highs_greets_where_nobody_hears_it(monkeypatch, capfd):
    """Newer versions print two lines, past Python, with the first object of a process."""
    import highspy

    plain = highspy.Highs

    def greet():
        os.write(1, b"Running HiGHS\n")
        return plain()

    monkeypatch.setattr(greeting, "_greeted", False)
    monkeypatch.setattr(highspy, "Highs", greet)
    threads = [threading.Thread(target=greeting.silence_greeting) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("what is ours")
    assert capfd.readouterr() == ("what is ours\n", "")
    greet()
    assert capfd.readouterr().out == "Running HiGHS\n"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: cn.solve(PROBLEM, "HIGHS"),
        lambda: cn.Program(cn.load_case_study().problem(), "HIGHS").resolve(
            worker_conflicts=[("a3", "a5")]
        ),
        lambda: cn.repairs(cn.Problem([[0.5]], [2])),
        lambda: cn.relaxation.relax(PROBLEM),
    ],
)
def test_whoever_asks_highs_silences_it_first(ask, monkeypatch):
    monkeypatch.setattr(greeting, "_greeted", False)
    ask()
    assert greeting._greeted


def test_the_command_needs_no_cvxpy_for_a_problem_of_a_class(tmp_path):
    """Its import takes longer than all the rest."""
    pytest.importorskip("cvxopt")
    case = Path(cn.__file__).parent / "data" / "case_study"
    arguments = ["assign", str(case), "--output", str(tmp_path / "plan.csv")]
    code = (
        f"import sys; from crowdnb.__main__ import main; main({arguments});"
        " print('cvxpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split()[-1] == "False", done


def test_functions_are_not_hidden_by_modules_of_the_same_name():
    code = (
        "import crowdnb.__main__, crowdnb as cn; print(all(map(callable, [cn.qualification,"
        " cn.check])))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()
        == "True"
    )


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert cn.__version__ == str(citation["version"])
    assert f"## {cn.__version__}" in changelog


def test_requirements_and_extras_are_as_described():
    names = {name_of(requirement) for requirement in PROJECT["dependencies"]}
    assert names == {
        "numpy",
        "pandas",
        "scipy",
        "cvxpy-base",
        "highspy",
        "lazy-loader",
        "narwhals",
        "joblib",
        "tqdm",
    }
    extras = PROJECT["optional-dependencies"]
    assert {"glpk", "cbc", "notebooks", "dev"} <= set(extras)
    assert [name_of(r) for r in extras["glpk"] + extras["cbc"]] == ["cvxopt", "cylp"]
    for requirement in PROJECT["dependencies"]:
        assert re.search(r">=.*,<", requirement), f"{requirement} has no bounds"


def locked():
    """Name and version lines of the lock, without hashes."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [
        line.removesuffix("\\").strip()
        for line in lines
        if line and not line.startswith((" ", "#"))
    ]


def test_the_lock_has_a_version_and_hashes_of_everything_asked():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = {name_of(line) for line in locked()}
    extras = PROJECT["optional-dependencies"]
    asked = [
        *PROJECT["dependencies"],
        *(r for extra in extras if extra != "bench" for r in extras[extra]),
    ]
    assert {name_of(requirement) for requirement in asked} - {"crowdnb"} <= names
    # proprietary, and not there for every machine: only `make bench` asks for it
    assert "cplex" not in names
    assert all("==" in line for line in locked())
    assert text.count("--hash=sha256:") > len(names)
    assert "://" not in text  # no address of a registry


def test_what_a_class_installs_is_locked_too_without_tools_of_tests_and_data():
    lines = (ROOT / "constraints-student.txt").read_text(encoding="utf-8").splitlines()
    extras = PROJECT["optional-dependencies"]
    pinned, names = {line.partition(" ;")[0] for line in lines}, {name_of(line) for line in lines}
    assert pinned <= {line.partition(" ;")[0] for line in locked()}
    asked = [*PROJECT["dependencies"], *extras["notebooks"], *extras["glpk"], *extras["excel"]]
    assert {name_of(requirement) for requirement in asked} - {"crowdnb"} <= names
    assert {
        "pytest",
        "mypy",
        "ruff",
        "polars",
        "duckdb",
        "dask",
        "pyarrow",
        "cylp",
    } & names == set()


def test_the_version_of_cvxpy_is_found_under_either_name(monkeypatch):
    """With its default solvers it is called cvxpy, without them cvxpy-base."""

    def installed(known):
        def version(name):
            if name not in known:
                raise metadata.PackageNotFoundError(name)
            return known[name]

        monkeypatch.setattr(metadata, "version", version)
        return version_of("cvxpy")

    assert installed({"cvxpy": "1.8"}) == "1.8"
    assert installed({"cvxpy-base": "1.9"}) == "1.9"
    assert installed({}) is None


def test_environment_yml_gives_conda_users_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = environment["dependencies"]
    minor = [int(line.rsplit(".", 1)[1]) for line in PROJECT["classifiers"] if ":: 3." in line]
    # for newer ones some packages have no wheels
    assert python == f"python >=3.{min(minor)},<3.{max(minor) + 1}"
    assert PROJECT["requires-python"] == f">=3.{min(minor)}"
    assert pip == "pip"
    constraints, package = packages["pip"]
    assert constraints == "-c constraints.txt"
    assert (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() == locked()
    extras = re.fullmatch(r"-e \.\[(.*)\]", package)[1].split(",")
    assert set(extras) == set(PROJECT["optional-dependencies"]) - {"dev", "excel", "bench", "dask"}
    assert "crowdnb[excel]" in PROJECT["optional-dependencies"]["notebooks"]


@pytest.mark.parametrize(
    "folder", sorted(p.parent.name for p in (ROOT / "crowdnb" / "data").glob("*/demand.csv"))
)
def test_shipped_data_say_where_they_come_from_and_solve(folder):
    path = ROOT / "crowdnb" / "data" / folder
    assert (
        (path / "SOURCE.md").read_text(encoding="utf-8").startswith("# Where these files come from")
    )
    answer = cn.read_project(path).solve()
    assert answer.status == "optimal"


def test_the_lounges_reach_every_branch_of_the_count_rule():
    clouds = cn.read_project(ROOT / "crowdnb" / "data" / "lounges").clouds()
    tau = clouds["ratings"]
    assert len(clouds.index.unique("worker")) == 97
    assert all(
        n > 0
        for n in [(tau == 1).sum(), (tau == 2).sum(), tau.between(3, 5).sum(), (tau >= 6).sum()]
    )
    assert (clouds["radicand"] < 0).any()
    assert clouds["clipped"].any()


def test_texts_name_no_machine():
    """Neither a path of somebody's machine nor the address of a registry."""
    for pattern in (
        "*.md",
        "docs/*.md",
        "*.toml",
        "*.yml",
        "*.cff",
        "*.txt",
        "Makefile",
        "crowdnb/**/*.py",
        "notebooks/*.ipynb",
    ):
        for path in ROOT.glob(pattern):
            assert not re.search(
                r"(?<![\w.])/(home|root|work|Users)/\w", path.read_text(encoding="utf-8")
            ), path
