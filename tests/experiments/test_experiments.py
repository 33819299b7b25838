"""Section 7 run again: instances, the runner, the tables, and the theory of table 8."""

import importlib.util
import io
import math
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from helpers.effort import tries

import crowdnb as cn
from crowdnb import __main__
from crowdnb.experiments import existence as theory
from crowdnb.experiments import methods, studies
from crowdnb.experiments import runner as sweep
from crowdnb.experiments.random_problems import draw
from crowdnb.model import conflict_graph as teams

ex = cn.experiments
WITHOUT_TIME = [name for name in sweep.COLUMNS if name != "seconds"]
HAS_CPLEX = importlib.util.find_spec("cplex") is not None


def same(one, other):
    pd.testing.assert_frame_equal(one[WITHOUT_TIME], other[WITHOUT_TIME])
    return True


# Instances


@pytest.mark.parametrize("structure", ["random", "teams", "places", "time zones"])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.3, 0.4, 1.0])
def test_two_workers_are_in_conflict_with_the_probability_asked_for(structure, p):
    many = [draw(30, 10, p, seed, structure=structure).between for seed in range(150)]
    assert all((one == one.T).all() and not one.diagonal().any() for one in many)
    assert np.mean(many) * 30 / 29 == pytest.approx(p, abs=0.02)


def test_teams_are_cliques_and_time_zones_a_circle():
    same = draw(40, 5, 0.3, 1, structure="teams").between | np.eye(40, dtype=bool)
    # two who share an employer with a third share it with each other
    assert (same @ same == same).all()
    zones = draw(40, 5, 0.3, 1, structure="time zones").between
    assert teams.largest_team(zones) >= 15  # everybody within half a day of each other, and more


def test_a_problem_has_the_arrays_drawn():
    for kind in ("intervals", "uniform"):
        drawn, problem = (
            draw(12, 4, 0.2, 7, kind),
            cn.random_problem(12, 4, 0.2, 7, qualification=kind),
        )
        assert (problem.qualification.to_numpy() == drawn.qualification).all()
        assert (problem.task_conflicts.to_numpy() == drawn.barred).all()
        assert (problem.worker_conflicts.to_numpy() == drawn.between).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "at least one of each"),
        ({"workers": 2}, "at least one of each"),
        ({"workers": 9, "conflict_probability": 1.5}, "between 0 and 1"),
        ({"workers": 9, "qualification": "normal"}, "'intervals' or 'uniform', got 'normal'"),
        (
            {"workers": 9, "structure": "guilds"},
            "'teams' or 'places' or 'time zones', got 'guilds'",
        ),
    ],
)
def test_bad_arguments_of_an_instance_are_named(options, said):
    with pytest.raises(ValueError, match=said):
        cn.random_problem(**options)


# Tables


def test_a_row_can_be_made_again_alone():
    rows = ex.table9(1, sizes=[10, 12], progress=False)
    for row in rows[rows["method"] == "crowdnb"].itertuples():
        again = cn.random_problem(row.m, row.n, row.p, row.seed, qualification=row.qualification)
        assert cn.solve(again).performance == row.rho
    assert rows.columns.tolist() == sweep.COLUMNS
    assert rows["seed"].nunique() == 2  # the two kinds of Q share them


def test_table_6_solvers_agree_where_they_end(monkeypatch):
    rows = ex.table6(3, sizes=[10, 12], progress=False)
    rho = rows.pivot_table(index=["m", "seed"], columns="method", values="rho")
    assert np.allclose(rho["crowdnb"], rho["exhaustive"], atol=1e-9)
    if HAS_CPLEX:
        assert np.allclose(rho["crowdnb"], rho["CPLEX"], atol=1e-6)
    assert (rho[list(ex.GREEDY)].le(rho["crowdnb"] + 1e-9, axis=0)).all(axis=None)
    assert set(rows["method"]) == set(methods.SOLVERS)
    monkeypatch.setattr(studies, "apply", partial(ex.apply, node_cap=100))
    late = ex.table6(1, sizes=[24], methods=["exhaustive"], progress=False)
    assert late[["status", "nodes"]].to_numpy().tolist() == [["N/A", 100]]
    table = ex.times(pd.concat([rows, late]))
    assert table.at[("exhaustive", 24), "N/A"] == 1
    assert math.isnan(table.at[("exhaustive", 24), "mean"])
    assert table.at[("exhaustive", 10), "worst"] >= table.at[("exhaustive", 10), "median"] > 0


def test_existence_is_what_the_program_finds():
    rows = ex.table8(4, sizes=[12, 18, 24], progress=False)
    status = rows.pivot(index=["p", "m", "seed"], columns="method", values="status")
    assert ((status["existence"] == "exists") == (status["crowdnb"] == "optimal")).mean() > 0.95
    assert set(status["existence"]) == {"exists", "infeasible"}


@pytest.mark.parametrize(("kind", "hard"), [("intervals", ex.HARD), ("uniform", ex.HARD_UNIFORM)])
def test_table_7_is_hard_for_the_task_order_and_easy_for_the_program(kind, hard):
    rows = ex.table7(6, methods=["crowdnb"], progress=False, qualification=kind)
    assert rows["seed"].tolist() == list(hard)
    assert set(rows["qualification"]) == {kind}
    stored = ex.stored("table7").set_index(["method", "seed"])
    assert np.allclose(rows["rho"], stored.loc["crowdnb"].loc[rows["seed"], "rho"])
    assert stored.loc["greedy_by_task", "nodes"].min() > 100_000


def test_tables_6_and_8_take_uniform_qualifications():
    """Another draw of Q comes with other conflicts; who can work together hangs on those alone."""
    for table, method in ((ex.table6, "crowdnb"), (ex.table8, "existence")):
        rows = table(1, sizes=[12], methods=[method], qualification="uniform", progress=False)
        assert set(rows["qualification"]) == {"uniform"}
        with pytest.raises(ValueError, match="qualification must be 'intervals' or 'uniform'"):
            table(1, sizes=[12], methods=[method], qualification="normal", progress=False)
    with pytest.raises(ValueError, match="qualification must be 'intervals' or 'uniform'"):
        ex.table7(1, qualification="normal")


def test_only_the_hard_instances_that_are_kept_are_given():
    for repeats in (-1, 0, 7):
        with pytest.raises(
            ValueError,
            match=f"repeats must be 1 to 6, the hard instances that are kept, got {repeats}",
        ):
            ex.table7(repeats, progress=False)


def test_hard_seeds_are_found_by_looking():
    found = ex.hard_seeds(12, 2000, progress=False)
    assert found["nodes"].is_monotonic_decreasing
    assert sorted(found["seed"]) == list(range(12))


def test_figure_1_times_two_ways():
    rows = ex.figure1(2, sizes=[12, 24], progress=False)
    assert len(rows) == 2 * 2 * 2 * 2
    assert set(rows["method"]) == {"package", "arrays"}
    assert (rows["seconds"] > 0).all()
    assert set(ex.growth(rows).index) == {"package", "arrays"}
    assert set(rows["n"]) == {3, 4, 6, 8}


def test_the_planner_finds_the_largest_teams_or_gives_up(monkeypatch):
    rows = ex.planner(6, sizes=[10, 15], progress=False)
    for row in rows.itertuples():
        assert row.rho == teams.largest_team(
            cn.experiments.Instance(row.m, 1, row.p, 0, row.seed).draw().between
        )
    places = ex.summary("planner", rows)
    assert (places[10] <= places[15]).all()
    monkeypatch.setattr(methods, "TEAM_CAP", 2)
    stopped = ex.planner(2, sizes=[15], progress=False)
    assert "N/A" in set(stopped["status"])
    assert ex.quorum(stopped).isna().any(axis=None)


def test_structured_conflicts_are_as_many_and_weigh_differently():
    rows = ex.structured(30, sizes=[45], methods=["existence"], progress=False)
    share = ex.summary("structured", rows)[45].xs("existence", level="method")
    assert share["teams", 0.1] < 0.05  # at most one of each of ten employers, and 15 places
    assert share["time zones", 0.2] == 1
    assert share["random", 0.1] == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ex.TABLES)
def test_stored_rows_are_those_of_a_full_run(name, monkeypatch):
    """Every row that a full run makes is stored, and no other."""

    def plan(_name, _seed, instances, methods, *_):
        return pd.DataFrame(
            [(*vars(one).values(), method) for one in instances for method in methods],
            columns=sweep.KEY,
        )

    # its seeds are its own; the others are looked at where a row is made again
    if name != "table7":
        monkeypatch.setattr(sweep, "seed_of", lambda *_: 0)
    monkeypatch.setattr(sweep, "run", plan)
    rows = ex.stored(name)[sweep.KEY]
    if name != "table7":
        rows["seed"] = 0
    pd.testing.assert_frame_equal(ex.full(name, progress=False), rows, check_dtype=False)


def test_a_full_run_is_its_parts_in_one_file(tmp_path, monkeypatch):
    parts = [
        {"repeats": 2, "methods": ["existence"], "sizes": [12]},
        {"repeats": 1, "methods": ["crowdnb"], "sizes": [12]},
    ]
    monkeypatch.setitem(ex.FULL, "table8", parts)
    rows = ex.full("table8", tmp_path / "t.csv", progress=False)
    assert rows["method"].value_counts().to_dict() == {"existence": 8, "crowdnb": 4}
    assert same(rows, sweep.read(tmp_path / "t.csv"))
    with pytest.raises(ValueError, match="name must be one of figure1"):
        ex.full("table1")


def test_every_table_takes_a_structure():
    for table, method in (
        (ex.table6, "crowdnb"),
        (ex.table8, "existence"),
        (ex.table9, "greedy_by_task"),
    ):
        rows = table(1, sizes=[12], methods=[method], structure="teams", progress=False)
        assert set(rows["structure"]) == {"teams"}
        row = rows.iloc[0]
        kinds = {"qualification": row.qualification, "structure": "teams"}
        again = cn.random_problem(row.m, row.n, row.p, row.seed, **kinds)
        teams = again.worker_conflicts.to_numpy() + np.eye(12)
        assert ((teams @ teams > 0) == (teams > 0)).all()
        assert row.status in ("infeasible", "exists") or row.rho > 0


def test_shares_are_not_told_where_the_search_gave_up():
    rows = ex.table8(2, sizes=[12], methods=["exhaustive"], progress=False)
    rows.loc[rows.index[0], "status"] = "N/A"
    share = ex.shares(rows)[["share", "low", "high"]].droplevel(["structure", "method", "m", "n"])
    assert share.loc[0.1].isna().all()
    assert share.drop(0.1).notna().all(axis=None)
    assert ex.summary("table8", rows).isna().sum().sum() == 1


def test_accuracy_is_held_against_the_exhaustive_search_where_it_ended():
    rows = ex.table9(
        2, sizes=[10], methods=["crowdnb", "greedy_by_task", "exhaustive"], progress=False
    )
    judged = ex.accuracy(rows)
    assert np.allclose(judged[["crowdnb", "exhaustive"]], 1)
    wrong = rows.assign(rho=rows["rho"].where(rows["method"] != "crowdnb", rows["rho"] / 2))
    assert np.allclose(ex.accuracy(wrong)["crowdnb"], 0.5)
    assert np.allclose(ex.accuracy(wrong)["greedy_by_task"], judged["greedy_by_task"])
    stopped = wrong.assign(rho=wrong["rho"].where(wrong["method"] != "exhaustive"))
    assert np.allclose(ex.accuracy(stopped)["crowdnb"], 1)
    assert ex.accuracy(rows, ["structure"]).index.tolist() == ["random"]
    with pytest.raises(ValueError, match="crowdnb or exhaustive is needed"):
        ex.accuracy(rows[rows["method"] == "greedy_by_task"])


@pytest.mark.slow
def test_summaries_look_like_the_papers_tables():
    assert (
        ex.summary("table9", ex.stored("table9")).loc["uniform", "crowdnb"].tolist() == [1.0] * 11
    )
    both = ex.summary("table6", ex.stored("table6"))
    assert both.index.names == ["qualification", "method", "m"]
    for kind, rows in ex.stored("table6").groupby("qualification"):
        one = ex.summary("table6", rows)
        assert one.index.names == ["method", "m"]
        pd.testing.assert_frame_equal(both.loc[kind].loc[one.index], one)
    shares = ex.summary("table8", ex.stored("table8"))
    assert shares.shape == (12, 11)
    known = shares.loc["random"].stack().unstack("method").dropna()
    assert len(known) > 11  # where the exhaustive search ended on each of its instances
    assert ((known["exhaustive"] - known["existence"]).abs() < 0.3).all()
    printed = ex.PUBLISHED["table8"].T
    assert np.sqrt(((shares.loc["random", "existence"] - printed) ** 2).mean(axis=None)) < 0.04


def test_only_the_plain_reading_of_table_8_fits():
    table = ex.variants(20, sizes=[25, 40, 45])
    assert table["RMSE"].idxmin().startswith("⌊m/3⌋")
    assert table.at["same-task conflicts", "worst"] > 0.7


def test_unknown_names_are_said():
    with pytest.raises(ValueError, match="name must be one of figure1"):
        ex.stored("table1")
    with pytest.raises(ValueError, match="methods: 'auction' is unknown; known are crowdnb"):
        ex.table6(1, sizes=[10], methods=["auction"], progress=False)
    with pytest.raises(ValueError, match="repeats must be at least 1"):
        ex.table6(0)
    with pytest.raises(ValueError, match="seed must not be negative"):
        ex.table6(1, seed=-1)


def test_without_cplex_the_row_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "cplex", None)
    rows = ex.table6(1, sizes=[10], methods=["CPLEX"], progress=False)
    assert rows["status"].tolist() == ["not installed"]
    assert rows["rho"].isna().all()


# The runner


@pytest.fixture(scope="module")
def serial():
    return ex.table8(6, sizes=[10, 20], progress=False)


@pytest.mark.slow
def test_a_file_says_where_it_comes_from_and_reads_back(tmp_path, serial):
    path = tmp_path / "t.csv"
    rows = ex.table8(6, sizes=[10, 20], output=path, progress=False)
    assert same(rows, serial)
    first = path.read_text(encoding="utf-8-sig").splitlines()[0]
    assert first.startswith("# crowdnb experiment table8, seed 0; crowdnb 0.1.0, Python 3.")
    assert "cvxpy" in first and sweep.machine() in first
    assert same(sweep.read(path), serial.sort_values(sweep.KEY, ignore_index=True))


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_ended(tmp_path, monkeypatch, serial):
    path, calls = tmp_path / "t.csv", []
    plain = ex.apply

    def counted(instance, method, fail_at=None):
        calls.append((instance, method))
        if len(calls) == fail_at:
            raise KeyboardInterrupt
        return plain(instance, method)

    monkeypatch.setattr(studies, "apply", lambda *work: counted(*work, fail_at=20))
    with pytest.raises(KeyboardInterrupt):
        ex.table8(6, sizes=[10, 20], output=path, progress=False)
    kept = len(sweep.read(path))
    assert kept == 18  # two methods an instance: the tenth was lost
    with path.open("a") as file:
        file.write("20,6,0.2,1,77")  # killed while it wrote
    calls.clear()
    monkeypatch.setattr(studies, "apply", counted)
    assert same(ex.table8(6, sizes=[10, 20], output=path, progress=False), serial)
    assert len(calls) == len(serial) - kept
    text = path.read_text()
    assert text.count("# crowdnb experiment") == 2 and "77#" not in text
    calls.clear()
    fewer = ex.table8(2, sizes=[10], methods=["crowdnb"], output=path, progress=False)
    assert len(fewer) == 8 and not calls
    assert path.read_text() == text


@pytest.mark.slow
def test_a_file_that_ends_in_its_head_is_begun_again(tmp_path, serial):
    path = tmp_path / "t.csv"
    path.write_text("# crowdnb experiment table8, seed 0; cro")
    with pytest.raises(ValueError, match="was not written by this command"):
        ex.table8(6, sizes=[10, 20], output=path, progress=False)
    for begun in ("", "# crowdnb experiment table8, seed 0; crowdnb\n"):
        path.write_text(begun)
        assert same(ex.table8(6, sizes=[10, 20], output=path, progress=False), serial)
        assert same(sweep.read(path), serial.sort_values(sweep.KEY, ignore_index=True))


def test_files_of_others_are_left_alone(tmp_path):
    path = tmp_path / "t.csv"
    ex.table8(1, sizes=[10], methods=["existence"], output=path, progress=False)
    kept = path.read_bytes()
    with pytest.raises(ValueError, match="has experiment table8 with seed 0, not table8 with 1"):
        ex.table8(1, seed=1, sizes=[10], output=path, progress=False)
    with pytest.raises(ValueError, match="not table6 with 0; choose another file"):
        ex.table6(1, sizes=[10], output=path, progress=False)
    assert path.read_bytes() == kept
    foreign = tmp_path / "mine.csv"
    foreign.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"mine\.csv was not written by this command"):
        ex.table8(1, sizes=[10], output=foreign, progress=False)
    assert foreign.read_text() == "a,b\n1,2\n"


def test_machines_without_cpuinfo_and_packages_that_are_not_there(monkeypatch):
    monkeypatch.setattr(
        sweep, "Path", lambda _: type("Nowhere", (), {"exists": lambda self: False})()
    )
    monkeypatch.setattr(sweep, "PACKAGES", ("no-such-package",))
    assert "×" in sweep.machine()
    assert sweep.versions().endswith("no-such-package not installed")


# The command


def command(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = __main__.main(["experiment", *map(str, arguments)])
    return status, out.getvalue(), err.getvalue()


def test_the_command_knows_every_experiment():
    assert set(__main__.EXPERIMENTS) == set(ex.TABLES)


def test_the_command_writes_and_prints(tmp_path):
    path = tmp_path / "table8.csv"
    arguments = [
        "table8",
        "--repeats",
        3,
        "--methods",
        "existence",
        "--jobs",
        1,
        "--output",
        path,
        "--seed",
        5,
    ]
    status, out, err = command(*arguments)
    assert status == 0 and "132/132" in err
    assert out.endswith(f"Written: {path}\n") and "0.2" in out
    assert len(sweep.read(path)) == 132
    assert command(*arguments)[1] == out
    assert command("table8", "--output", tmp_path / "no" / "t.csv")[0] == 2
    assert command("table8", "--repeats", 0, "--output", tmp_path / "x.csv")[0] == 2


def test_an_interrupt_says_how_to_go_on(tmp_path, monkeypatch):
    monkeypatch.setitem(ex.TABLES, "table8", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
    status, out, _ = command("table8", "--output", tmp_path / "t.csv")
    assert status == 130 and "the same command goes on with the rest" in out


@pytest.mark.slow
def test_a_killed_command_loses_only_what_was_under_way(tmp_path):
    path = tmp_path / "t.csv"
    arguments = [
        "table8",
        "--repeats",
        "40",
        "--methods",
        "existence",
        "--jobs",
        "1",
        "--output",
        str(path),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "crowdnb", "experiment", *arguments], stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if path.exists() and path.stat().st_size > 4000:
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = path.read_text()
    assert command(*arguments)[0] == 0
    assert path.read_text().startswith(kept[: kept.rfind("\n") + 1])
    rows = sweep.read(path)
    assert len(rows) == 4 * 11 * 40
    assert not rows.duplicated(sweep.KEY).any()


# Theory


@pytest.mark.parametrize("seed", range(tries(15, 40)))
def test_teams_against_every_set_of_workers(seed):
    rng = np.random.default_rng(seed)
    m = int(rng.integers(1, 10))
    between = draw(m, 1, rng.uniform(0, 0.9), rng).between
    sets = (team for size in range(m + 1) for team in combinations(range(m), size))
    found = [list(team) for team in sets if not between[np.ix_(team, team)].any()]
    exact = max(map(len, found))
    assert teams.largest_team(between) == exact
    for size in (exact - 1, exact, exact + 1):
        assert sorted(teams.teams(between, size)) == [team for team in found if len(team) == size]
    assert teams.team_exists(between, exact) and not teams.team_exists(between, exact + 1)


def test_a_cap_leaves_the_question_open():
    between = draw(60, 20, 0.2, 3).between
    assert teams.team_exists(between, 20, node_cap=3) is None
    assert teams.largest_team(between, node_cap=3) is None
    assert teams.team_exists(between, 0) is True
    assert teams.team_exists(between, 1, node_cap=3) is True


@pytest.mark.slow
def test_first_moment_by_counting():
    counted = []
    for seed in range(400):
        between = draw(8, 1, 0.3, seed).between
        counted.append(
            sum(not between[np.ix_(team, team)].any() for team in combinations(range(8), 3))
        )
    assert np.mean(counted) == pytest.approx(math.exp(theory.expected_teams(8, 3, 0.3)), rel=0.08)
    assert theory.expected_teams(2, 3, 0.1) == -math.inf


@pytest.mark.parametrize(
    ("m", "n", "p"), [(10, 3, 0.4), (20, 6, 0.3), (30, 8, 0.3), (45, 15, 0.2), (60, 20, 0.1)]
)
def test_the_bounds_hold(m, n, p):
    low, high = theory.chance_bounds(m, n, p)
    share = np.mean([teams.team_exists(draw(m, n, p, seed).between, n) for seed in range(300)])
    assert low - 0.08 <= share <= high + 0.08
    assert 0 <= low <= high <= 1


def test_bounds_at_the_edges():
    assert theory.chance_bounds(3, 4, 0.1) == (0, 0)
    assert theory.chance_bounds(4, 4, 0.0) == pytest.approx((1, 1))
    assert theory.chance_bounds(2, 2, 0.25) == pytest.approx((0.75, 0.75))


def test_planning_numbers():
    may, surely = theory.candidates_needed(10, 0.2)
    assert theory.chance_bounds(may - 1, 10, 0.2)[1] < 0.95 <= theory.chance_bounds(may, 10, 0.2)[1]
    assert (
        theory.chance_bounds(surely - 1, 10, 0.2)[0]
        < 0.95
        <= theory.chance_bounds(surely, 10, 0.2)[0]
    )
    assert theory.candidates_needed(60, 0.3) == (None, None)
    assert theory.candidates_needed(5, 0.0) == (5, 5)
    assert theory.candidates_needed(3, 0.1, most=2) == (None, None)
    assert theory.places_filled(7, 0.0) == (7, 7)
    low, high = theory.places_filled(100, 0.2)
    assert 10 <= low <= high <= 22


def test_bad_arguments_of_the_theory_are_named():
    with pytest.raises(ValueError, match="must not be negative, got -1 and 3"):
        theory.expected_teams(-1, 3, 0.1)
    with pytest.raises(ValueError, match="at least 0 and below 1, got 1"):
        theory.chance_bounds(9, 3, 1)
    with pytest.raises(ValueError, match="chance must lie between 0 and 1, got 1"):
        theory.candidates_needed(9, 0.1, chance=1)
    with pytest.raises(ValueError, match="chance must lie between 0 and 1, got 0"):
        theory.places_filled(9, 0.1, chance=0)


# Exercises of notebook 08


def by_regret(problem):
    value = problem.qualification.where(problem.eligible, -1.0)
    table = pd.DataFrame(0, index=problem.workers, columns=problem.tasks)
    open_tasks, free = list(problem.tasks), list(problem.workers)
    while open_tasks:
        top = {task: value.loc[free, task].nlargest(2) for task in open_tasks}
        task = max(open_tasks, key=lambda task: top[task].iloc[0] - top[task].iloc[1])
        table.at[worker := top[task].index[0], task] = 1
        open_tasks.remove(task)
        free = [
            other
            for other in free
            if other != worker and not problem.worker_conflicts.at[worker, other]
        ]
    return table


def told(check):
    """What a check says."""
    return lambda *answer, **instance: str(check(*answer, **instance))


@pytest.mark.slow
def test_exercises_tell_right_from_wrong():
    check = told(cn.exercises.check_experiments_teams)
    assert check(2.5).startswith("Right")
    assert [check(slip).split()[0] for slip in (None, 20, 0.125, 10, 15, 7)] == [
        "Not",
        "That",
        "That",
        "You",
        "A",
        "7",
    ]
    assert "pairs of all who apply" in check(20 / 2**15)
    check = told(cn.exercises.check_experiments_candidates)
    assert check(10) == "Right: 10 candidates staff 98.0 % of the projects, 9 only 92.3 %."
    assert "too few" in check(9) and "too few" in check(1)
    assert "Give fewer" in check(12)
    assert check(1.5) == check(None) == check(500)
    assert check(1, places=1).startswith("Right")
    check = told(cn.exercises.check_experiments_greedy)
    assert check(None).startswith("Not yet")
    assert check(by_regret).startswith("Right: valid on all 40 instances")
    assert check(lambda problem: 3) == "On instance 0 it returns int; a DataFrame is asked for."
    nobody = check(lambda problem: pd.DataFrame(0, index=problem.workers, columns=problem.tasks))
    assert "a rule is broken: r0 has 0 of 1 workers." in nobody


# Pictures


@pytest.mark.slow
def test_pictures_say_in_words_what_they_show():
    shares = (
        ex.shares(ex.stored("table8")).droplevel(["structure", "n"]).xs("existence", level="method")
    )
    picture = cn.plots.existence(shares, ex.PUBLISHED["table8"], ex.theory(ex.SIZES, ex.CHANCES))
    assert "p = 0.1: above one half everywhere" in picture.alt
    assert (
        "p = 0.3: below one half from m = 30 on, at most 0.17 from the printed share" in picture.alt
    )
    rows = ex.stored("table6")
    picture = cn.plots.spread(
        rows[rows["method"].isin(["crowdnb", "exhaustive"])], ex.NODE_CAP, ex.PUBLISHED["table6"]
    )
    assert "45 of 145 stopped" in picture.alt
    assert cn.plots.spread(rows[rows["method"] == "CPLEX"], 5).alt.count("median") == 1
    bands = {
        p: pd.DataFrame({"surely": [5, 20], "at most": [7, 22]}, [10, 1000]) for p in (0.1, 0.9)
    }
    picture = cn.plots.planner(bands, ex.quorum(ex.stored("planner")))
    assert "at p = 0.9 1,000 candidates fill 20 to 22" in picture.alt
    table = pd.DataFrame({"a": [1.0, 10.0], "b": [np.nan, 4.0]}, [10, 100])
    assert cn.plots.logarithmic(table, "m", "ms", {"printed": (50, 0.07)}).alt.endswith(
        "a: from 1 to 10; b: from 4 to 4; printed: 0.07 at 50."
    )
    assert cn.plots.logarithmic(table, "m", "ms").alt.startswith("ms against m from 10 to 100")
