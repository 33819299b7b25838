"""The paper's Algorithm 1 as the paper solves it: by CPLEX, which is optional (``pip install 'crowdnb[bench]'``).

T boolean, one row a task, one a worker, one for each two workers in conflict (eqs. 7 to 12 in their linear form).
"""

from __future__ import annotations

import math
import time
from typing import Any

from crowdnb.ecargo import Problem

TOO_LARGE = 1016  # CPLEX's error for models beyond the community edition: 1000 columns, 1000 rows


def algorithm_1(problem: Problem) -> Any:
    """The model, not yet solved; ModuleNotFoundError where CPLEX is not installed."""
    import cplex

    m, n = problem.qualification.shape
    model = cplex.Cplex()
    for stream in (model.set_log_stream, model.set_results_stream, model.set_warning_stream, model.set_error_stream):
        stream(None)
    model.parameters.mip.tolerances.mipgap.set(0)
    model.objective.set_sense(model.objective.sense.maximize)
    may = problem.eligible.ravel().astype(float).tolist()
    model.variables.add(obj=problem.value.ravel().tolist(), ub=may, types="B" * (m * n))

    def rows(columns: list[list[int]], sense: str, right: list[float]) -> None:
        expressions = [[row, [1.0] * len(row)] for row in columns]
        model.linear_constraints.add(lin_expr=expressions, senses=sense * len(right), rhs=right)

    of_worker = [[i * n + j for j in range(n)] for i in range(m)]
    of_task = [[i * n + j for i in range(m)] for j in range(n)]
    conflicts = [of_worker[i] + of_worker[k] for i, k in problem.conflict_pairs.tolist()]
    rows(of_task, "E", problem.required.astype(float).tolist())
    rows(of_worker, "L", [1.0] * m)
    rows(conflicts, "L", [1.0] * len(conflicts))
    return model


def by_cplex(problem: Problem) -> tuple[str, float, int | None, float]:
    """Solve Algorithm 1 by CPLEX.

    Parameters
    ----------
    problem : Problem
        Whole-project conflicts, without options beyond the paper.

    Returns
    -------
    (str, float, int or None, float)
        Status (optimal, infeasible, too large for the community edition, not installed), seconds of the engine alone,
        its nodes, ρ; NaN for what there is not.
    """
    try:
        model = algorithm_1(problem)
    except ModuleNotFoundError:
        return "not installed", math.nan, None, math.nan
    from cplex.exceptions import CplexSolverError

    start = time.perf_counter()
    try:
        model.solve()
    except CplexSolverError as error:
        if error.args[2] != TOO_LARGE:
            raise
        return "too large", math.nan, None, math.nan
    seconds, nodes = time.perf_counter() - start, int(model.solution.progress.get_num_nodes_processed())
    found = model.solution.is_primal_feasible()
    rho = float(model.solution.get_objective_value()) if found else math.nan
    model.end()
    return "optimal" if found else "infeasible", seconds, nodes, rho
