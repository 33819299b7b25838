"""That the benchmarks run; what they measure is read by people."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

import crowdnb as cn

ROOT = Path(__file__).parents[1]


@pytest.fixture
def data(monkeypatch):
    spec = importlib.util.spec_from_file_location("benchmark_data", ROOT / "benchmarks" / "data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SEEDS", 2)
    return module


def test_growth_is_stored_a_step_at_a_time(data, tmp_path):
    path = tmp_path / "growth.csv"
    solved = [{"step": "solve", "m": 10, "n": 1, "seconds": 1.0, "peak_mb": 2.0}]
    data.store(solved, path)
    for _ in range(2):
        table = data.store(data.growth((3, 10)), path)
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert table["step"].value_counts().to_dict() == {
        "solve": 1,
        "count": 2,
        "intervals": 2,
        "qualification": 2,
    }
    assert list(table) == list(solved[0])
    assert pd.read_csv(path, comment="#").to_dict("list") == table.to_dict("list")


def test_every_form_of_the_same_ratings_gives_the_same_intervals(data):
    whole = data.ratings(12, 500, 0)
    expected = cn.ability_intervals(whole).to_numpy().reshape(12, 4, 2)
    for form, frame, read in data.in_every_form(whole):
        found = cn.ability_intervals(frame)
        cells = found[[(name, end) for name in found.columns.unique(0) for end in ("low", "high")]]
        if "whole" not in form:
            cells = found[[(name, end) for name in data.CRITERIA for end in ("low", "high")]]
        assert (cells.to_numpy().reshape(12, 4, 2) == expected).all(), form
        assert read() is not None, form


@pytest.mark.slow
def test_memory_is_measured_in_a_process_of_its_own(data, capsys):
    data.memory(1000)
    assert "       1,000" in capsys.readouterr().out


def test_the_stored_growth_has_every_step():
    path = ROOT / "benchmarks" / "growth.csv"
    table = pd.read_csv(path, comment="#")
    assert set(table["step"]) == {"count", "intervals", "qualification", "solve"}
    assert path.read_text(encoding="utf-8").startswith("# ")  # the machine
    assert list(table) == ["step", "m", "n", "seconds", "peak_mb"]
    assert not table.duplicated(["step", "m", "n"]).any()
