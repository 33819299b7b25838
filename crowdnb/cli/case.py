"""The command ``case``: the paper's case study (section 6), published beside computed."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

import crowdnb as cn
from crowdnb.cli.status import SOLVED
from crowdnb.cli.terminal import tell
from crowdnb.cli.words import describe, histories
from crowdnb.project.case_study import CaseStudy

# Cells of the tables that are compared: the first and the last of those printed.
CELLS_3 = (("r0", "skill"), ("r4", "activity"))  # of worker a0
CELLS_4 = (("a0", "r0"), ("a11", "r4"))
EQUAL = 5e-7  # ρ is printed to six decimals


def case() -> int:
    """Print the paper's case study: what is printed, what is computed, and the difference."""
    study = cn.load_case_study()
    rounded = cn.Problem(
        study.published.qualification, study.required, task_conflicts=study.task_conflicts
    )
    table = comparison(study, rounded)
    tell("The paper's case study (section 6), solved from the tables it prints.\n")
    tell(histories(study, cn.Scenario()))
    tell(describe(study.solve()))
    tell(f"\n{table.to_string(index=False, float_format='{:.6f}'.format)}")
    tell(
        "\nThe published assignment keeps every printed rule, and is not the best for them. A"
        " conflict between two\nworkers that was not printed would explain it. Tried one pair at a"
        " time, these make its ρ the best:"
    )
    program = cn.Program(rounded)
    for one, other in combinations(study.ability.index, 2):
        best = program.resolve(worker_conflicts=[(one, other)]).performance
        if abs(best - study.published.performance) < EQUAL:
            tell(f"  {one} with {other}")
    return SOLVED


def comparison(study: CaseStudy, rounded: cn.Problem) -> pd.DataFrame:
    """What was published, what is computed, and the difference.

    ``rounded`` is the problem of Q as printed.
    """
    printed, exact = study.published, study.problem()
    p = cn.possibility_matrix(study.ability, study.demand).loc["a0"]
    q, rho = study.qualification, printed.performance
    rows = [
        *(
            (
                f"table 3, {task}, {criterion}",
                printed.possibility.at[task, criterion],
                p.at[task, criterion],
            )
            for task, criterion in CELLS_3
        ),
        *(
            (
                f"table 4, {worker}, {task}",
                printed.qualification.at[worker, task],
                q.at[worker, task],
            )
            for worker, task in CELLS_4
        ),
        ("ρ of table 5, Q as printed", rho, cn.performance(rounded, printed.assignment)),
        ("ρ of table 5, Q exact", rho, cn.performance(exact, printed.assignment)),
        ("best ρ, Q as printed", rho, cn.solve(rounded).performance),
        ("best ρ, Q exact", rho, cn.solve(exact).performance),
    ]
    table = pd.DataFrame(rows, columns=["", "published", "computed"])
    return table.assign(difference=table["computed"] - table["published"])
