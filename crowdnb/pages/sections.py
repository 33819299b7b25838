"""What the page says, one function per section: each puts findings into words, finding nothing."""

from __future__ import annotations

import math
import platform

import numpy as np

import crowdnb
from crowdnb.ability.consistency import consistency_of
from crowdnb.explain.infeasible import explain_infeasible
from crowdnb.extras import version_of
from crowdnb.labels import as_listed, count, listing, phrases
from crowdnb.model.assignment import TIED, performance
from crowdnb.model.check import check
from crowdnb.model.moves import moves_text
from crowdnb.pages.ability_sections import (
    abilities,
    few_by_other,
    scales_text,
    settings_text,
    tree_table,
)
from crowdnb.pages.assignment_tables import (
    WIDEST,
    assignment_grid,
    cells_of,
    chosen_pairs,
    measure_of,
    team_table,
)
from crowdnb.pages.comparison import changed, misfits
from crowdnb.pages.findings import FEW, Findings
from crowdnb.pages.html import escaped, items, paragraphs, text_table
from crowdnb.pages.rule_sections import (
    made_of,
    places_left_empty,
    rules_checked,
)
from crowdnb.pages.rule_tables import loads_table, rules_kept
from crowdnb.pages.since_last import since_last_plan
from crowdnb.project.fingerprint import fingerprint
from crowdnb.project.histories import clouds_of, few_line, left_out_line
from crowdnb.project.plan import proved_by, tie_line
from crowdnb.project.rule_lines import places_text, rule_lines
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import moved
from crowdnb.solver.engine import SolverAnswerError

_ENGINES = {"GLPK_MI": "cvxopt", "CBC": "cylp", "HIGHS": "highspy"}  # and what they come with


def body(found: Findings) -> str:
    """All sections, in their order."""
    if found.answer.table is not None:
        listed = "" if found.fits_grid else "wide"
        parts = [
            _section("What was decided", _decided(found), "wide"),
            _section("Who does what", _who(found), listed),
            _section("On the grid", _grid(found)) if found.fits_grid else "",
            _unless_empty("What else binds", rules_kept(found.answer, found.project, False)),
            _unless_empty("Places left empty", items(places_left_empty(found))),
            _unless_empty("Loads and capacities", _loads(found), "wide"),
            _unless_empty("Since the last plan", since_last_plan(found.since), "wide"),
            _section("Why these", items(_why(found))),
            _section("What the rules cost", items(_costs(found))),
        ]
    else:
        parts = [
            _section("What was decided", _decided(found), "wide"),
            _section("Why", _why_not(found)),
            _unless_empty("Since the last plan", since_last_plan(found.since), "wide"),
            _section("What would help", _help(found)),
        ]
    parts += [
        _unless_empty("Abilities", abilities(found), "wide"),
        _unless_empty("Criteria and their parts", tree_table(found)),
        _section("What was changed", changed(found), "wide"),
        _section("Be careful", items(_warnings(found))),
        _section("How it was checked", items(_checks(found))),
    ]
    return "".join(parts)


def _section(title: str, inside: str, kind: str = "") -> str:
    return f'<section class="{kind}"><h2>{title}</h2>{inside}</section>'


def _unless_empty(title: str, inside: str, kind: str = "") -> str:
    """A section, unless there is nothing in it."""
    return _section(title, inside, kind) if inside not in ("", items([])) else ""


def _loads(found: Findings) -> str:
    """The loads of workers; of many in three columns."""
    table = loads_table(found.answer)
    columns = "thirds " if table.count("<tr>") > 12 else ""
    return f'<div class="{columns}tight">{table}</div>' if table else ""


def summary(found: Findings) -> str:
    """What was decided, as plain text."""
    answer, since = found.answer, [] if found.since is None else found.since.lines()
    head = f"{found.title}: {_headline(found)}"
    if answer.table is None:
        lines = list(answer.reasons if answer.status == "infeasible" else ())
        if answer.status == "infeasible":
            lines.append("What would help, and at what price, is on the page.")
        return "\n".join([head, *lines, *since])
    team = answer.pairs.groupby("task", sort=False)["worker"].agg(
        lambda who: ", ".join(map(as_listed, who))
    )
    tasks = "; ".join(f"{task}: {team.get(task, 'nobody')}" for task in found.problem.tasks)
    who = f"{tasks}. Idle: {listing(answer.idle, 20) or 'nobody'}."
    lost = [f"Of the scenario {found.scenario.name!r}: {why}." for why in found.misfits]
    rules = rule_lines(answer, found.project)
    return "\n".join(
        filter(None, [head, tie_line(answer), who, *rules, *_ratings(found), *lost, *since])
    )


def _headline(found: Findings) -> str:
    """The decision in a sentence."""
    answer, problem = found.answer, found.problem
    if answer.table is None:
        if answer.status == "infeasible":
            return "no assignment exists."
        return (
            f"the time limit stopped {answer.solver}: no assignment was found, and none was"
            " ruled out."
        )
    busy, places = int((answer.table.sum(axis=1) > 0).sum()), len(answer.pairs)
    proof = "proved the best" if answer.status == "optimal" else "not proved the best"
    left = int(answer.missing.sum())
    empty = f", {count(left, 'place')} stay{'s' * (left == 1)} empty" if left else ""
    return (
        f"{busy} of {len(problem.workers)} workers fill {places} place{'s' * (places != 1)} on"
        f" {len(problem.tasks)} task{'s' * (len(problem.tasks) != 1)}{empty}, ρ ="
        f" {answer.performance:.4f}, {proof}."
    )


def _decided(found: Findings) -> str:
    """The headline, and what its number means."""
    head = _headline(found)
    said = f'<p class="head">{escaped(head[0].upper() + head[1:])}</p>'
    if found.answer.table is None or not len(found.answer.pairs):
        return said
    ties = paragraphs([tie_line(found.answer)])
    return f'{said}{ties}<p class="soft">{made_of(found)}</p>'


def _who(found: Findings) -> str:
    """One row per task."""
    table = team_table(found.answer, measure_of(found.project))
    if len(found.problem.tasks) > WIDEST[1]:
        table = f'<div class="columns tight">{table}</div>'
    return f"{table}<p>Idle: {escaped(listing(found.answer.idle, 30) or 'nobody')}.</p>"


def _grid(found: Findings) -> str:
    """The grid of qualifications, places framed."""
    marked = found.changes and found.given.table is not None
    before = chosen_pairs(found.given if marked else found.answer)
    return assignment_grid(found.problem, found.answer, cells_of(found.problem, before))


def _why(found: Findings) -> list[str]:
    """Whether it is the only best one, what comes next, and who would be missed most."""
    if found.not_looked_into:
        return [found.not_looked_into]
    lines = [said] if (said := _next_best(found)) else []
    workers = found.worth[found.worth["kind"] == "worker"]
    missed, left = workers[workers["worth"] > 0], int(workers["worth"].isna().sum())
    if left:
        lines.append(f"What ρ would fall without {left} of the workers {found.not_settled}.")
    if len(missed):
        most = [
            f"{as_listed(who)} ({_fall(worth)})"
            for who, worth in zip(missed["worker"][:FEW], missed["worth"][:FEW], strict=True)
        ]
        of = " of the others" if left else ""
        lines.append(f"Missed most{of}, by what ρ would fall without them: {phrases(most)}.")
    if len(missed) > FEW and not left:
        least = missed.iloc[-1]
        lines.append(f"Missed least of those chosen: {least['worker']} ({_fall(least['worth'])}).")
    return lines


def _next_best(found: Findings) -> str:
    """Whether the assignment is the only best one, and what comes next."""
    if not len(found.answer.pairs):
        return ""
    two = found.next_best
    if two is None:
        alone = "It is the only best one. " if found.answer.tied is False else ""
        return f"{alone}Which comes next is not looked into where {_OPTIONS}."
    if len(two.assignments) < 2 and not two.complete:
        alone = "It is the only best one. " if found.answer.tied is False else ""
        return f"{alone}Which comes next {found.not_settled}."
    if len(two.assignments) == 1:
        return "It is the only assignment that keeps every rule."
    if two.optima > 1:
        return TIED
    second = two.assignments[1]
    less = found.answer.performance - second.performance
    who = moves_text(moved(found.answer, second))
    return f"It is the only best one. The next has ρ {less:.2g} lower: {who}."


# Of prices: what a person could give up, and what is only better so.
_RULES = ["conflict", "exclusion", "overlap", "pin", "least", "capacity", "quota", "budget"]
_WISHES = ["keep", "undesirable", "effect"]
_NOTES = 8  # on the files, so that a page stays short
_OPTIONS = "a rule beyond the paper counts, such as several tasks per worker"


def _costs(found: Findings) -> list[str]:
    """What conflicts, exclusions and places cost."""
    if found.not_looked_into:
        return [found.not_looked_into]
    lost = found.lost
    if math.isnan(lost):
        together = f"What all conflicts and bars cost together {found.not_settled}."
    elif lost > 0:
        together = (
            f"All conflicts and bars together cost {_fall(lost)}: without them ρ would be"
            f" {found.free.performance:.4f}."
        )
    else:
        together = "No conflict and no bar costs anything: without them ρ would be the same."
    lines, worth = [together], found.worth
    left = worth["worth"].isna() & (worth["kind"] != "worker")
    if left.any():
        lines.append(f"What {left.sum()} of the rules and places cost alone {found.not_settled}.")
    rules = worth[worth["kind"].isin(_RULES) & (worth["worth"] < 0)]
    rules = rules.sort_values("worth", kind="stable")
    if len(rules):
        most = "Costly" if left.any() else "The most costly"
        lines.append(f"{most} alone: {phrases(rules['text'], FEW, len(rules))}.")
    elif lost > 0 and not left.any():
        lines.append("None of them costs anything alone.")
    wishes = worth[worth["kind"].isin(_WISHES) & (worth["worth"] != 0)]
    if len(wishes):
        lines.append(
            f"Of what is only undesirable, or better together: {phrases(wishes['text'], FEW)}."
        )
    places = worth[(worth["kind"] == "place") & np.isfinite(worth["worth"])]
    if len(places) and not left[worth["kind"] == "place"].any():
        least = places.iloc[-1]
        lines.append(
            f"The place that adds least to ρ: one of {least['task']} ({_fall(least['worth'])})."
        )
    return lines


def _fall(worth: float) -> str:
    """What something is worth, in ρ; infinite where there is no assignment without it."""
    if math.isinf(worth):
        return "cannot be spared"
    return f"{worth:.3f}" if worth >= 0.0095 else f"{worth:.2g}"


def _why_not(found: Findings) -> str:
    """Why there is no assignment, in words."""
    if found.answer.status != "infeasible":
        return f"<p>{escaped(_headline(found))}</p>"
    if not found.fits_grid:
        return items(found.answer.reasons)
    return items(str(explain_infeasible(found.problem, found.seconds(1 / 2))).split("\n"))


def _help(found: Findings) -> str:
    """The cheapest changes after which there is one."""
    if found.answer.status != "infeasible":
        return "<p>Give it more time.</p>"
    if not found.fits_grid:
        return f"<p>Not looked into: {found.size}.</p>"
    if not found.repairs.repairs:
        return f"<p>{escaped(found.repairs)}</p>"
    rows = [
        [repair.text, f"{repair.cost:g}", f"{repair.performance:.4f}"]
        for repair in found.repairs.repairs
    ]
    note = (
        "Cheapest first. A conflict lifted, a pair allowed or a place fewer costs 1, a second"
        f" task 2, a person 3{'' if found.problem.plain else ', all else 1'}."
    )
    return f"{text_table(['change', 'cost', 'ρ then'], rows)}<p class='soft'>{note}</p>"


def _warnings(found: Findings) -> list[str]:
    """What a reader should know before relying on it."""
    return [
        *_notes(found),
        *_tied(found),
        *misfits(found),
        *_histories(found),
        *_assumptions(found),
        *_weights(found),
        "ρ knows only what the files say: no holidays, prices or wishes beyond them.",
    ]


def _notes(found: Findings) -> list[str]:
    """What was met when the files were read; of much the first."""
    notes = list(dict.fromkeys(found.notes))
    if len(notes) <= _NOTES:
        return notes
    return [*notes[:_NOTES], f"… ({len(notes)} notes in all, which the command assign prints)."]


def _tied(found: Findings) -> list[str]:
    """Whether the order of names decided."""
    if not found.answer.tied:
        return []
    return ["More than one assignment is the best; ρ cannot tell them apart."]


def _histories(found: Findings) -> list[str]:
    """How much the chosen workers' rating histories say."""
    clouds, lines = clouds_of(found.project, found.scenario), _ratings(found)
    lines += few_by_other(found)
    if clouds is None or found.reading.ability != "cloud":
        return lines
    negative, clipped = int((clouds["radicand"] < 0).sum()), int(clouds["clipped"].sum())
    lines.append(
        f"Of {len(clouds)} rating histories, S² < En² in {negative}, and {count(clipped, 'interval')} left"
        f" [0, 1] and {'was' if clipped == 1 else 'were'} clipped."
    )
    return lines


def _ratings(found: Findings) -> list[str]:
    """Who was chosen on few ratings, and whom few ratings leave out."""
    lines = [
        few_line(found.project, found.scenario, found.answer),
        left_out_line(found.project, found.scenario),
    ]
    return [line for line in lines if line]


def _assumptions(found: Findings) -> list[str]:
    """What was assumed, has to be found, or was not proved."""
    lines, scenario, answer = [], found.scenario, found.answer
    if scenario.gamma not in (None, found.project.gamma) and found.project.counts is None:
        lines.append(
            "γ was moved, and no histories are known: how the intervals follow is an assumption."
        )
    if added := [f"{times} like {who}" for who, times in scenario.added.items() if times]:
        lines.append(f"Workers who do not exist yet have to be found: {listing(added)}.")
    if answer.status == "time_limit" and answer.table is not None:
        lines.append(
            f"The time limit came first: at most {answer.bound:.4f} is possible (gap"
            f" {answer.gap:.2%})."
        )
    return lines


def _weights(found: Findings) -> list[str]:
    """How far the criteria weights are from those that change the answer."""
    stable = found.stability
    if stable is not None:
        if not stable.settled and stable.nearest is None:
            return [f"How far the criteria weights may move {found.not_settled}."]
        if stable.nearest is None:
            return ["The assignment stays the best at any weights of the criteria."]
        most = "" if stable.settled else "at most "
        there = ", ".join(f"{name} {weight:.3g}" for name, weight in stable.nearest.items())
        return [
            f"Another assignment is as good once {most}{stable.moved:.2g} of the criteria weights"
            f" moves ({there})."
        ]
    if found.not_looked_into or not len(found.answer.pairs) or len(found.weights) <= 1:
        return []
    said = "How far the criteria weights may move before another is the best is not looked into"
    if not found.problem.plain:
        return [f"{said} where {_OPTIONS}."]
    if found.scenario.added:
        return [f"{said} where workers are added."]
    return [f"{said}: there are {len(found.weights)} criteria."]


def _checks(found: Findings) -> list[str]:
    """What was read and what was verified."""
    project, answer = found.project, found.answer
    weights = ", ".join(f"{k} {w:.3g}" for k, w in found.weights.items())
    source = f"Criteria weights: {weights}" if found.weights else "Q as given"
    read = (
        f"Files read without a problem: {len(project.workers)} workers, {len(project.required)}"
        f" tasks, {places_text(project, Scenario())} places. {source}. {scales_text(project)}"
    ).strip()
    if project.judgement is not None and not found.scenario.weights:
        read += f" {consistency_of(project.judgement).of_deviation}"
    if answer.table is None:
        return [
            read,
            "Why there is none was found by counting and search, and each change was solved and"
            " checked.",
        ]
    if broken := check(found.problem, answer.table):
        raise SolverAnswerError(
            f"internal error: the assignment of the page breaks a rule: {phrases(broken, 3)}"
        )
    scope = "in the whole project" if found.problem.conflict_scope == "project" else "on one task"
    return [
        read,
        rules_checked(found.problem, scope),
        (
            f"ρ was added up again: {performance(found.problem, answer.table):.6f}. "
            f"No assignment has more than {answer.bound:.6f} ({proved_by(answer)})."
        ),
    ]


def versions(found: Findings) -> str:
    """What made the page."""
    names = ["numpy", "pandas", "scipy", "cvxpy"]
    if found.answer.solver in _ENGINES:
        names.append(_ENGINES[found.answer.solver])
    gamma = settings_text(found)
    parts = [
        f"crowdnb {crowdnb.__version__}",
        f"Python {platform.python_version()}",
        *(f"{name} {version_of(name)}" for name in names),
        *gamma,
    ]
    if least := found.scenario.min_ratings_of(found.project):
        parts.append(f"at least {least} ratings")
    return f"<p>{escaped(' · '.join(parts))} · data {fingerprint(found.project)}</p>"
