"""As much of CPLEX's interface as Algorithm 1 uses, solved by HIGHS: what is asked can be checked without CPLEX."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


class CplexSolverError(Exception):
    pass


class Cplex:
    """One model. ``status`` and ``error`` on the class make it end otherwise than HIGHS does."""

    status = error = None

    def __init__(self):
        self.obj, self.ub, self.rows, self.senses, self.rhs = [], [], [], "", []
        self.parameters = SimpleNamespace(
            mip=SimpleNamespace(
                tolerances=SimpleNamespace(mipgap=SimpleNamespace(set=lambda _: None))
            ),
            threads=SimpleNamespace(set=lambda _: None),
        )
        self.objective = SimpleNamespace(
            sense=SimpleNamespace(maximize=-1), set_sense=lambda sense: None
        )
        self.variables = SimpleNamespace(add=self._columns)
        self.linear_constraints = SimpleNamespace(add=self._rows)
        self.set_log_stream = self.set_results_stream = self.set_warning_stream = (
            self.set_error_stream
        ) = id

    def _columns(self, obj, ub, types):
        assert len(obj) == len(ub) == len(types) and set(types) == {"B"}
        self.obj, self.ub = obj, ub

    def _rows(self, lin_expr, senses, rhs):
        assert len(lin_expr) == len(senses) == len(rhs)
        for columns, factors in lin_expr:
            row = np.zeros(len(self.obj))
            np.add.at(row, columns, factors)
            self.rows.append(row)
        self.senses, self.rhs = self.senses + senses, self.rhs + rhs

    def solve(self):
        if self.error is not None:
            raise CplexSolverError("", None, self.error)
        low = [
            b if sense == "E" else -np.inf for sense, b in zip(self.senses, self.rhs, strict=True)
        ]
        rules = LinearConstraint(np.array(self.rows), low, self.rhs)
        found = milp(
            -np.array(self.obj),
            integrality=np.ones(len(self.obj)),
            bounds=Bounds(0, self.ub),
            constraints=rules,
        )
        status = self.status or (101 if found.x is not None else 103)
        self.solution = SimpleNamespace(
            get_status=lambda: status,
            get_values=lambda: found.x.tolist(),
            progress=SimpleNamespace(get_num_nodes_processed=lambda: 0),
        )


def install(monkeypatch):
    """Put it where ``import cplex`` looks, whether or not the real one is there."""
    model = type("Cplex", (Cplex,), {})
    package, exceptions = ModuleType("cplex"), ModuleType("cplex.exceptions")
    package.Cplex, exceptions.CplexSolverError, package.exceptions = (
        model,
        CplexSolverError,
        exceptions,
    )
    monkeypatch.setitem(sys.modules, "cplex", package)
    monkeypatch.setitem(sys.modules, "cplex.exceptions", exceptions)
    return model
