"""The command ``crowdnb assign``: its start, ratings from files, and a platform's size.

python benchmarks/command.py           start, and a million ratings: two minutes
python benchmarks/command.py --large   10,000 workers and 1,000 tasks from files as well

Ratios are of processor time, side by side in one run: medians of RUNS.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

import crowdnb as cn

RUNS = 20
CRITERIA = ["skill", "efficiency", "quality", "activity"]


def folder(path: Path, workers: int, tasks: int, ratings: int, seed: int) -> Path:
    """A project with random ratings, at least one of each worker on each criterion."""
    path.mkdir()
    rng = np.random.default_rng(seed)
    own = np.arange(4 * workers)
    pairs = np.concatenate([own, rng.integers(0, 4 * workers, ratings - 4 * workers)])
    names = np.array([f"w{i}" for i in range(workers)])
    frame = pd.DataFrame({"worker": names[pairs // 4], "criterion": np.array(CRITERIA)[pairs % 4]})
    mean = rng.uniform(1, 5, 4 * workers)[pairs]
    stars = np.clip(np.rint(rng.normal(mean, 0.7)), 1, 5).astype(int)
    frame.assign(rating=stars).to_csv(path / "ratings.csv", index=False)
    low = rng.uniform(0.2, 0.7, (tasks, 4)).round(2)
    names = np.array([f"t{j}" for j in range(tasks)])
    demand = pd.DataFrame({"task": np.repeat(names, 4), "criterion": np.tile(CRITERIA, tasks)})
    demand.assign(low=low.ravel(), high=(low.ravel() + 0.3).round(2)).to_csv(
        path / "demand.csv", index=False
    )
    weights = pd.DataFrame({"criterion": CRITERIA, "weight": 0.25})
    weights.to_csv(path / "weights.csv", index=False)
    required = pd.DataFrame({"task": names, "required": rng.integers(3, 8, tasks)})
    required.to_csv(path / "tasks.csv", index=False)
    return path


def processor(work: Callable[[], object]) -> float:
    """Processor time of a call, in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def child(*arguments: str) -> tuple[float, float]:
    """Processor time of a process of its own, in seconds, and its largest memory, in MB."""
    nothing = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, *arguments], stdout=nothing, stderr=nothing)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", action="store_true")
    large = parser.parse_args().large
    assign = ("-m", "crowdnb", "assign")
    case = str(files("crowdnb") / "data" / "case_study")
    pairs = []
    for _ in range(RUNS):
        alone, _ = child("-c", "import cvxpy")
        pairs.append((alone, child(*assign, case, "--output", "-")[0]))
    glpk = "" if importlib.util.find_spec("cvxopt") else " (without GLPK)"
    row(f"assign, case study{glpk} / import cvxpy", pairs, "1.3")
    with tempfile.TemporaryDirectory() as made:
        for workers in (1_000, 10_000):
            path = folder(Path(made) / f"{workers}", workers, 20, 10**6, 0)
            ratings, pairs = path / "ratings.csv", []
            for _ in range(RUNS):
                plain = processor(lambda file=ratings: cn.count_ratings(pd.read_csv(file)))
                pairs.append((plain, processor(lambda path=path: cn.read_project(path))))
            row(f"10^6 ratings, {workers:,} workers: read_project / pandas", pairs, "1.5")
        if large:
            path = folder(Path(made) / "platform", 10_000, 1_000, 320_000, 1)
            seconds, memory = child(*assign, str(path), "--output", str(path / "plan.csv"))
            print(f"10,000 x 1,000 from files, with a plan: {seconds:.0f} s, {memory:.0f} MB")


def row(name: str, pairs: list[tuple[float, float]], target: str) -> None:
    """One line: medians in seconds, the median of the ratios, the target."""
    base, work = np.median(pairs, axis=0)
    ratio = np.median([b / a for a, b in pairs])
    print(f"{name:50}{base:7.2f} s{work:7.2f} s{ratio:7.2f}   at most {target}", flush=True)


if __name__ == "__main__":
    main()
