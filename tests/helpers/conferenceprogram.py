"""The best reviews of the conference as one program for scipy, from the files alone.

None of the package is used: its rules are written here once more, from the text of SOURCE.md.
"""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp


class Program:
    """Rows over columns that are added one by one: a column of each pair first, then others.

    Parameters
    ----------
    files : mapping of str to DataFrame
        The files as pandas reads them, an empty cell NaN.
    budget : float
    """

    def __init__(self, files, budget):
        self.q = files["qualification"].set_index("worker")
        self.workers = files["workers"].set_index("worker").loc[self.q.index]
        self.papers = files["tasks"].set_index("task").loc[self.q.columns]
        pairs = [(w, t) for w in self.q.index for t in self.q.columns]
        self.at = {pair: place for place, pair in enumerate(pairs)}
        self.gain = [float(self.q.at[pair]) for pair in pairs]
        self.low = [0.0] * len(pairs)
        self.high = [float(gain != 0) for gain in self.gain]
        self.constant, self.rows = 0.0, []
        self._pairs(files)
        self._places()
        self._workers(files)
        self._between(files)
        self._money(files["costs"], budget)
        self._quotas(files["quotas"])

    def column(self, gain, high):
        """A column beside the pairs, from 0 to ``high``."""
        self.gain.append(gain)
        self.low.append(0.0)
        self.high.append(high)
        return len(self.gain) - 1

    def row(self, entries, low=-np.inf, high=np.inf):
        self.rows.append((entries, low, high))

    def of(self, workers, papers):
        """The columns of all pairs of these, each once."""
        return {self.at[w, t]: 1.0 for w in workers for t in papers}

    def _pairs(self, files):
        for worker, task, cost in files["pinned"].itertuples(index=False):
            at = self.at[worker, task]
            if np.isnan(cost):
                self.low[at] = 1.0
            else:
                self.gain[at] += cost
                self.constant -= cost
        for worker, task, cost in files["task_conflicts"].itertuples(index=False):
            at = self.at[worker, task]
            if np.isnan(cost):
                self.high[at] = 0.0
            else:
                self.gain[at] -= cost

    def _places(self):
        for task, paper in self.papers.iterrows():
            chosen = self.of(self.q.index, [task])
            most = paper["required"] if np.isnan(paper["most"]) else paper["most"]
            self.row(chosen, high=most)
            if np.isfinite(paper["missing_cost"]):
                empty = self.column(-paper["missing_cost"], paper["required"])
                chosen = chosen | {empty: 1.0}
            self.row(chosen, low=paper["required"])

    def _workers(self, files):
        loads = {(w, t): self.papers.at[t, "load"] for w, t in self.at}
        if "loads" in files:
            loads |= files["loads"].set_index(["worker", "task"])["load"].to_dict()
        for worker, own in self.workers.iterrows():
            chosen = self.of([worker], self.q.columns)
            here = own["available"] == "yes"
            least = 0 if np.isnan(own["least"]) else own["least"]
            self.row(chosen, low=here * least, high=here * own["most"])
            if np.isfinite(own["capacity"]):
                hours = {self.at[worker, t]: loads[worker, t] for t in self.q.columns}
                self.row(hours, high=own["capacity"])
        overlaps = files["task_overlaps"].to_numpy() if "task_overlaps" in files else ()
        for two in overlaps:
            for worker in self.q.index:
                self.row(self.of([worker], two), high=1)

    def _between(self, files):
        for one, other, cost in files["worker_conflicts"].itertuples(index=False):
            for task in self.q.columns:
                first, second = self.at[one, task], self.at[other, task]
                if np.isnan(cost):
                    self.row({first: 1.0, second: 1.0}, high=1)
                    continue
                both = self.column(-cost, 1.0)
                if cost > 0:
                    self.row({both: 1.0, first: -1.0, second: -1.0}, low=-1)
                else:
                    self.row({both: 1.0, first: -1.0}, high=0)
                    self.row({both: 1.0, second: -1.0}, high=0)

    def _money(self, costs, budget):
        paid = {}
        for worker, task, cost in costs.sort_values("task", na_position="first").to_numpy():
            tasks = self.q.columns if pd.isna(task) else [task]
            paid |= {self.at[worker, t]: float(cost) for t in tasks}
        self.row(paid, high=budget)

    def _quotas(self, quotas):
        for task, column, value, least, most in quotas.itertuples(index=False):
            tasks = self.q.columns if pd.isna(task) else [task]
            own = self.of(self.q.index[self.workers[column] == value], tasks)
            if pd.notna(least):
                self.row(own, low=float(least))
            if str(most).endswith("%"):
                share = {at: -float(most[:-1]) / 100 for at in self.of(self.q.index, tasks)}
                self.row({at: part + own.get(at, 0.0) for at, part in share.items()}, high=0)
            elif pd.notna(most):
                self.row(own, high=float(most))

    def best(self):
        """The greatest ρ."""
        entries, low, high = zip(*self.rows, strict=True)
        matrix = sparse.csr_array(
            (
                np.concatenate([[*one.values()] for one in entries]),
                (
                    np.repeat(np.arange(len(entries)), [len(one) for one in entries]),
                    np.concatenate([[*one] for one in entries]),
                ),
            ),
            shape=(len(entries), len(self.gain)),
        )
        whole = np.zeros(len(self.gain))
        whole[: len(self.at)] = 1
        found = milp(
            -np.array(self.gain),
            constraints=LinearConstraint(matrix, low, high),
            integrality=whole,
            bounds=Bounds(self.low, self.high),
            options={"mip_rel_gap": 0},
        )
        assert found.status == 0, found.message
        return self.constant - found.fun
