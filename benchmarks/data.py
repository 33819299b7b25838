"""Time and memory of all that comes before the solver.

python benchmarks/data.py                 ratios and growth, a few minutes; the growth is stored in growth.csv
python benchmarks/data.py --memory        10^8 ratings in a Parquet file, counted by DuckDB in 500 MB
python benchmarks/data.py --memory 1e7    the same with fewer

Ratios are of times in one run side by side: medians over SEEDS instances, each measured after a
warm-up.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import crowdnb as cn

SEEDS = 20
CRITERIA = ["skill", "efficiency", "quality", "activity"]
WEIGHTS = [0.15, 0.25, 0.5, 0.1]
GROWTH = Path(__file__).with_name("growth.csv")
LIMIT = "500MB"


def seconds(work: Callable[[], object]) -> float:
    """Seconds of the second call."""
    work()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mb(work: Callable[[], object]) -> float:
    """Largest memory that a call takes on top of what there was, in MB.

    Arrays and frames, not an engine's own.
    """
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def ratings(m: int, size: int, seed: int) -> pd.DataFrame:
    """Random ratings as whole numbers, every worker at least once on every criterion."""
    rng = np.random.default_rng(seed)
    pairs = np.concatenate([np.arange(4 * m), rng.integers(0, 4 * m, size - 4 * m)])
    rng.shuffle(pairs)
    return pd.DataFrame(
        {"worker": pairs // 4, "criterion": pairs % 4, "rating": rng.integers(1, 6, size)}
    )


def intervals(rows: int, seed: int) -> pd.DataFrame:
    """Random intervals in [0, 1] on every criterion."""
    ends = np.sort(np.random.default_rng(seed).random((rows, 4, 2)), axis=2)
    return pd.DataFrame(
        ends.reshape(rows, 8), columns=pd.MultiIndex.from_product([CRITERIA, ["low", "high"]])
    )


def in_every_form(whole: pd.DataFrame) -> Iterator[tuple[str, Any, Callable[[], object]]]:
    """Name, the ratings in that form, and what reads each of its three columns once."""
    workers = [f"a{i}" for i in range(whole["worker"].max() + 1)]
    labels = {"worker": np.array(workers), "criterion": np.array(CRITERIA)}
    categories = whole.assign(
        **{k: pd.Categorical.from_codes(whole[k], v) for k, v in labels.items()}
    )
    text = whole.assign(**{k: v[whole[k]] for k, v in labels.items()})
    yield "pandas, whole numbers", whole, lambda: [whole[name].to_numpy().sum() for name in whole]
    yield (
        "pandas, categories",
        categories,
        lambda: (
            [categories[k].cat.codes.to_numpy().sum() for k in labels]
            + [categories["rating"].sum()]
        ),
    )
    yield (
        "pandas, text",
        text,
        lambda: [(text[k] == "?").sum() for k in labels] + [text["rating"].sum()],
    )
    try:
        import duckdb
        import polars as pl
    except ModuleNotFoundError:
        return
    frame = pl.from_pandas(text)
    read = [(pl.col(k) == "?").sum() for k in labels] + [pl.col("rating").sum()]
    yield "polars, text", frame, lambda: frame.select(read)
    connection = duckdb.connect()
    connection.register("frame", frame.to_arrow())
    connection.execute("CREATE TABLE ratings AS SELECT * FROM frame")
    question = (
        "SELECT sum((worker = '?')::int), sum((criterion = '?')::int), sum(rating) FROM ratings"
    )
    yield "DuckDB, text", connection.table("ratings"), lambda: connection.sql(question).fetchall()


def ratios() -> None:
    """Print both ratios."""
    print(
        f"{'10^6 ratings, 10^4 workers, 4 criteria':42}{'one read':>10}{'intervals':>11}{'ratio':>8}"
        "   at most 15"
    )
    times: dict[str, list[tuple[float, float]]] = {}
    for seed in range(SEEDS):
        for form, frame, read in in_every_form(ratings(10**4, 10**6, seed)):
            pair = seconds(read), seconds(lambda frame=frame: cn.ability_intervals(frame))
            times.setdefault(form, []).append(pair)
    for form, pairs in times.items():
        row(form, pairs)
    print(f"{'Q for 10,000 x 1,000 x 4':42}{'one write':>10}{'Q':>11}{'ratio':>8}   at most 50")
    q, old, new = np.empty((10_000, 1_000)), [], []
    for seed in range(SEEDS):
        ability, demand = intervals(10_000, seed), intervals(1_000, seed + SEEDS)
        work = seconds(
            lambda ability=ability, demand=demand: cn.qualification(ability, demand, WEIGHTS)
        )
        old.append((seconds(lambda: q.fill(0.5)), work))
        new.append((seconds(lambda: np.full(q.shape, 0.5)), work))
    row("into memory in use", old)
    row("into new memory, as Q itself", new)
    peak = peak_mb(lambda: cn.qualification(ability, demand, WEIGHTS))
    print(f"{'memory at its largest, of that of Q':42}{peak / (q.nbytes / 1e6):29.2f}")


def row(name: str, pairs: list[tuple[float, float]]) -> None:
    """One line: medians in milliseconds, and the median of the ratios."""
    base, work = np.median(pairs, axis=0) * 1e3
    print(
        f"{name:42}{base:7.2f} ms{work:8.1f} ms{np.median([b / a for a, b in pairs]):8.1f}",
        flush=True,
    )


def growth(sizes: tuple[int, ...] = (10, 30, 100, 300, 1000, 3000, 10_000)) -> list[dict[str, Any]]:
    """Time and memory of every step before the solver, against m: n = m / 10 tasks, 4 criteria, 100 ratings a worker.

    Rows with ``step`` (count, intervals, qualification), ``m``, ``n``, ``seconds`` (median over
    SEEDS instances) and ``peak_mb`` (see :func:`peak_mb`).
    """
    rows = []
    for m in sizes:
        n, took, peaks = max(1, m // 10), {}, {}
        for seed in range(SEEDS):
            frame, demand = ratings(m, 100 * m, seed), intervals(n, seed)
            counts = cn.count_ratings(frame)
            ability = cn.ability_intervals(counts)
            demand.columns = ability.columns  # criteria 0 … 3
            steps: dict[str, Callable[[], object]] = {
                "count": lambda frame=frame: cn.count_ratings(frame),
                "intervals": lambda counts=counts: cn.ability_intervals(counts),
                "qualification": lambda u=ability, d=demand: cn.qualification(u, d, WEIGHTS),
            }
            for step, work in steps.items():
                took.setdefault(step, []).append(seconds(work))
                peaks[step] = max(peaks.get(step, 0.0), peak_mb(work) if seed == 0 else 0.0)
        for step, times in took.items():
            cell = {"seconds": round(float(np.median(times)), 6), "peak_mb": round(peaks[step], 3)}
            rows.append({"step": step, "m": m, "n": n, **cell})
    return rows


def store(rows: list[dict[str, Any]], path: Path = GROWTH) -> pd.DataFrame:
    """Put rows into the table of growth, in place of older ones of the same steps, under the machine's description."""
    table = pd.DataFrame(rows)
    if path.exists():
        old = pd.read_csv(path, comment="#")
        table = pd.concat([old[~old["step"].isin(table["step"])], table])
    path.write_text(f"# {machine()}\n{table.to_csv(index=False)}", encoding="utf-8")
    return table


def machine() -> str:
    """The machine in a line."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    versions = (
        f"Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}"
    )
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, {versions}"


def memory(size: int) -> None:
    """Count Parquet files of growing size with DuckDB, each in a process of its own that says how much it took."""
    import duckdb

    print(
        f"{'ratings':>12}{'file, MB':>10}{'seconds':>9}{'peak before, MB':>17}{'peak after, MB':>16}"
        f"   limit {LIMIT}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for number in sorted({size // 100, size // 10, size}):
            path = Path(folder, f"{number}.parquet")
            connection = duckdb.connect(config={"memory_limit": LIMIT, "temp_directory": folder})
            connection.execute(
                f"""COPY (SELECT 'worker ' || (hash(i) % 10000) AS worker, hash(i, 1) AS task,
                         ['skill', 'efficiency', 'quality', 'activity'][(1 + hash(i, 2) % 4)::BIGINT] AS criterion,
                         (1 + hash(i, 3) % 5)::TINYINT AS rating FROM range({number}) numbers(i))
                    TO '{path}' (FORMAT parquet)"""
            )
            connection.close()
            told = subprocess.run(
                [sys.executable, __file__, "--count", str(path)], check=True, capture_output=True
            )
            found = json.loads(told.stdout)
            assert found["total"] == number
            print(
                f"{number:12,}{path.stat().st_size / 1e6:10.0f}{found['seconds']:9.1f}"
                f"{found['before']:17.0f}{found['after']:16.0f}",
                flush=True,
            )
            path.unlink()


def count(path: str) -> None:
    """Count one file, and say what it took, as JSON."""
    import resource

    import duckdb

    connection = duckdb.connect(config={"memory_limit": LIMIT})
    relation = connection.read_parquet(path)
    cn.count_ratings(relation.limit(1))  # everything is imported
    unit = 1e6 if sys.platform == "darwin" else 1e3
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, time.perf_counter()
    counts = cn.count_ratings(relation)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    total = int(counts.to_numpy().sum())
    print(json.dumps({"total": total, "seconds": took, "before": before, "after": after}))


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--memory", nargs="?", type=float, const=1e8, metavar="RATINGS")
    parser.add_argument("--count", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.count:
        count(asked.count)
    elif asked.memory:
        memory(int(asked.memory))
    else:
        print(machine())
        ratios()
        print(store(growth()).to_string(index=False))


if __name__ == "__main__":
    main()
