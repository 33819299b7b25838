"""Seconds and memory of a simulated market: 10,000 tasks and 2,000 workers, half-hourly matching.

python benchmarks/market.py                   the full size, less than a minute
python benchmarks/market.py --conflicts 0.1   a tenth of the pairs in conflict: a minute or two
python benchmarks/market.py --days 2          a smaller one

The time is that of a processor (one is used), everything included: drawing, matching, feedback, the
audit of the records and the tables. Python's own speed is printed beside it, since machines differ.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np

import crowdnb as cn

WORKERS, ARRIVALS, DAYS = 2_000, 60.0, 7.0
POLICIES = ("optimal", "first come", "random")


def million() -> float:
    """Processor seconds of a million additions, the best of three."""
    times = []
    for _ in range(3):
        start, total = time.process_time(), 0
        for number in range(10**6):
            total += number
        times.append(time.process_time() - start)
    return min(times)


def measured(market: cn.Market, policy: str) -> str:
    """A line about one run."""
    start = time.process_time()
    run = cn.simulate(market, policy, seed=0, progress=True)
    s = run.summary
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )
    at_once = np.quantile(run.epochs["queue"], 0.99)
    return (
        f"{policy:10}{s['tasks']:8.0f}{len(run.workers):9}{len(run.ledger.seat):8}"
        f"{len(run.epochs):8}{at_once:9.0f}"
        f"{s['served']:8.1%}{s['load']:7.1%}{seconds:10.1f}{memory:8.0f}"
    )


def main() -> None:
    """Print one line per policy."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=float, default=DAYS)
    parser.add_argument("--conflicts", type=float, default=0.0)
    parser.add_argument("--policies", nargs="+", default=POLICIES)
    options = parser.parse_args()
    market = cn.Market(
        days=options.days, arrivals=ARRIVALS, workers=WORKERS, conflicts=options.conflicts
    )
    print(f"a million additions in Python: {million():.3f} s")
    print("policy       tasks  workers    jobs  epochs    queue  served   load   seconds      MB")
    for policy in options.policies:
        print(measured(market, policy), flush=True)


if __name__ == "__main__":
    main()
