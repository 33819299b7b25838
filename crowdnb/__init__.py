"""Assign crowd workers to tasks from their rating histories, and check the answer.

Ratings become counts, counts become interval numbers (cloud model), intervals are compared with what each
task asks (possibility degree), criteria are weighed (fuzzy AHP), and the best whole assignment under
conflicts is found (E-CARGO group role assignment, a boolean program). The public names are imported when
they are first used, so ``import crowdnb`` is quick and pulls in neither cvxpy nor matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Counts": "ratings",
    "count_ratings": "ratings",
    "Cloud": "cloud",
    "backward_cloud": "cloud",
    "ability_clouds": "cloud",
    "ability_intervals": "cloud",
    "possibility_degree": "possibility",
    "possibility_matrix": "possibility",
    "consistent_matrix": "fuzzyahp",
    "criteria_weights": "fuzzyahp",
    "weight_range": "fuzzyahp",
    "qualification": "qualify",
    "Problem": "ecargo",
    "Assignment": "ecargo",
    "check": "ecargo",
    "obstacles": "ecargo",
    "performance": "ecargo",
    "solve": "program",
    "Program": "program",
    "frontier": "program",
    "random_problem": "instances",
    "solve_many": "many",
    "SolverAnswerError": "engine",
    "explain_infeasible": "explain",
    "why": "worth",
    "prices": "worth",
    "alternatives": "worth",
    "replan": "worth",
    "repairs": "repair",
    "stability": "stable",
    "gamma_range": "uncertain",
    "doubt": "uncertain",
    "robust": "uncertain",
    "recover_conflicts": "inverse",
    "recover_weights": "inverse",
    "Market": "market",
    "simulate": "rolling",
    "Project": "project",
    "ProjectError": "project",
    "read_project": "project",
    "load_case_study": "casestudy",
    "Scenario": "scenarios",
    "ScenarioError": "scenarios",
    "Scenarios": "scenarios",
    "report": "page",
    "bench": "workbench",
}
_MODULES = {
    "baselines",
    "exercises",
    "existence",
    "experiments",
    "marketpanels",
    "matching",
    "plots",
    "privacy",
    "relaxation",
    "rolling",
    "scenes",
    "whatif",
}

if TYPE_CHECKING:
    from crowdnb.casestudy import load_case_study as load_case_study
    from crowdnb.cloud import Cloud as Cloud
    from crowdnb.cloud import ability_clouds as ability_clouds
    from crowdnb.cloud import ability_intervals as ability_intervals
    from crowdnb.cloud import backward_cloud as backward_cloud
    from crowdnb.ecargo import Assignment as Assignment
    from crowdnb.ecargo import Problem as Problem
    from crowdnb.ecargo import check as check
    from crowdnb.ecargo import obstacles as obstacles
    from crowdnb.ecargo import performance as performance
    from crowdnb.engine import SolverAnswerError as SolverAnswerError
    from crowdnb.explain import explain_infeasible as explain_infeasible
    from crowdnb.fuzzyahp import consistent_matrix as consistent_matrix
    from crowdnb.fuzzyahp import criteria_weights as criteria_weights
    from crowdnb.fuzzyahp import weight_range as weight_range
    from crowdnb.instances import random_problem as random_problem
    from crowdnb.inverse import recover_conflicts as recover_conflicts
    from crowdnb.inverse import recover_weights as recover_weights
    from crowdnb.many import solve_many as solve_many
    from crowdnb.market import Market as Market
    from crowdnb.page import report as report
    from crowdnb.possibility import possibility_degree as possibility_degree
    from crowdnb.possibility import possibility_matrix as possibility_matrix
    from crowdnb.program import Program as Program
    from crowdnb.program import frontier as frontier
    from crowdnb.program import solve as solve
    from crowdnb.project import Project as Project
    from crowdnb.project import ProjectError as ProjectError
    from crowdnb.project import read_project as read_project
    from crowdnb.qualify import qualification as qualification
    from crowdnb.ratings import Counts as Counts
    from crowdnb.ratings import count_ratings as count_ratings
    from crowdnb.repair import repairs as repairs
    from crowdnb.rolling import simulate as simulate
    from crowdnb.scenarios import Scenario as Scenario
    from crowdnb.scenarios import ScenarioError as ScenarioError
    from crowdnb.scenarios import Scenarios as Scenarios
    from crowdnb.stable import stability as stability
    from crowdnb.uncertain import doubt as doubt
    from crowdnb.uncertain import gamma_range as gamma_range
    from crowdnb.uncertain import robust as robust
    from crowdnb.workbench import bench as bench
    from crowdnb.worth import alternatives as alternatives
    from crowdnb.worth import prices as prices
    from crowdnb.worth import replan as replan
    from crowdnb.worth import why as why


__all__ = [*_HOME, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        try:
            return import_module(f"crowdnb.{name}")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"crowdnb.{name} needs {error.name}; pip install {error.name}") from error
    if name not in _HOME:
        raise AttributeError(f"module 'crowdnb' has no attribute {name!r}")
    # Kept, so that the lookup happens once.
    globals()[name] = value = getattr(import_module(f"crowdnb.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_MODULES})
