"""The rows of every rule, against every table of small problems."""

from typing import get_args

import numpy as np
import pytest
from helpers.by_looking import every_table, met, valid
from helpers.random_problems import random_problem

from crowdnb.model.rows import rows, stacked
from crowdnb.model.rules import BY_ROW, KINDS, Kind, Requirement, Rules


def keeps(rules, tables, team=True, groups=None):
    """Which tables the rows allow: of the allowed pairs alone, with some team that keeps them where there is one."""
    pairs = np.argwhere(~rules.barred)
    blocks = rows(rules, pairs, groups, team)
    matrix, low, high = stacked(blocks.values())
    t = tables[:, pairs[:, 0], pairs[:, 1]]
    if matrix.shape[1] > len(pairs):  # whoever has a task, and nobody else
        t = np.hstack([t, tables.any(axis=2)])
    total = (matrix @ t.T.astype(float)).T
    kept = ((total >= low - 1e-9) & (total <= high + 1e-9)).all(axis=1)
    return kept & ~(tables & rules.barred).any(axis=(1, 2))


@pytest.mark.slow
@pytest.mark.parametrize("options", [False, True])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_rows_allow_what_the_rules_allow(scope, options):
    rng = np.random.default_rng(1)
    for _ in range(150):
        problem = random_problem(rng, scope, options)
        tables = every_table(*problem.arrays.qualification.shape)
        wanted = valid(problem, tables)
        rules = Rules.of(problem)
        assert (keeps(rules, tables) == wanted).all()
        assert (keeps(rules, tables, groups=list(problem.conflict_pairs)) == wanted).all()
        if not (problem.arrays.worker_limits[problem.conflict_pairs] > 1).any():
            assert (keeps(rules, tables, team=False) == wanted).all()


def without_one(problem, dropped, tables):
    """Tables that meet every requirement but one, each looked at by itself."""
    rules, places = Rules.of(problem), problem.fewest.copy()
    if dropped.kind == "place":
        places[dropped.task] -= 1

    def label(labels, at):
        return None if at < 0 else labels[at]

    good = np.ones(len(tables), dtype=bool)
    for j, task in enumerate(problem.tasks):
        good &= met(problem, "place", None, None, task, places[j], tables)
        if problem.required_rule != "at least" and dropped != Requirement("ceiling", task=j):
            good &= met(problem, "ceiling", None, None, task, 0, tables)
    for i, limit in enumerate(problem.arrays.worker_limits):
        if dropped != Requirement("limit", i):
            good &= tables[:, i].sum(axis=1) <= limit
    everything = [
        *(Requirement("exclusion", i, task=j) for i, j in np.argwhere(rules.excluded).tolist()),
        *(Requirement("zero", i, task=j) for i, j in np.argwhere(rules.zero).tolist()),
        *(item for kind in ("conflict", "pin", *BY_ROW) for item in rules.items(kind)),
    ]
    for item in everything:
        if item != dropped:
            worker, other = (
                label(problem.workers, item.worker),
                item.other
                if item.kind == "quota"
                else label(
                    problem.tasks if item.kind == "overlap" else problem.workers, item.other
                ),
            )
            task = label(problem.tasks, item.task)
            good &= met(problem, item.kind, worker, other, task, 0, tables)
    return good


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_each_requirement_can_be_dropped_by_itself(scope):
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(60):
        problem = random_problem(rng, scope, options=True)
        tables, rules = every_table(*problem.arrays.qualification.shape), Rules.of(problem)
        for kind in KINDS:
            for item in rules.items(kind)[:2]:
                seen.add(kind)
                left = rules.without([item])
                assert (keeps(left, tables) == without_one(problem, item, tables)).all(), item
    assert seen == set(KINDS)


def test_rows_that_bar_nothing_are_written_for_who_looks_at_every_one():
    rng = np.random.default_rng(3)
    for _ in range(40):
        problem = random_problem(rng, "task")
        rules, pairs = Rules.of(problem), np.argwhere(problem.eligible)
        few, every = (
            rows(rules, pairs, trivial=trivial).get("conflict") for trivial in (False, True)
        )
        several, groups = np.flatnonzero(problem.most > 1), rules.cliques()
        assert (0 if every is None else len(every.who)) == len(several) * len(groups)
        if few is not None:
            assert (few.entries() > 1).all()
            assert (every.only(every.entries() > 1).pairs.toarray() == few.pairs.toarray()).all()


def test_each_row_says_what_it_is_about():
    rng = np.random.default_rng(4)
    for number in range(40):
        problem = random_problem(rng, ["project", "task"][number % 2], options=True)
        rules, pairs = Rules.of(problem), np.argwhere(problem.eligible)
        groups = rules.cliques()
        for kind, block in rows(rules, pairs, groups, team=False).items():
            for who, task, row in zip(block.who, block.task, block.pairs.toarray(), strict=True):
                who = groups[who] if kind == "conflict" else who
                task = rules.overlapping()[task] if kind == "overlap" else task
                about = (np.isin(pairs[:, 0], who) | (np.array(who) == -1).all()) & (
                    np.isin(pairs[:, 1], task) | (np.array(task) == -1).all()
                )
                assert not row[~about].any()
                assert kind in ("budget", "capacity", "quota") or (row[about] == 1).all()


def test_a_pinned_pair_that_may_not_be_chosen_leaves_a_row_that_cannot_hold():
    problem = random_problem(np.random.default_rng(5), "task").changed(
        required_rule="at most", pinned=None
    )
    pinned = np.zeros(problem.arrays.qualification.shape, dtype=bool)
    pinned[0, 0] = True
    problem = problem.changed(pinned=pinned, task_conflicts=pinned)
    block = rows(Rules.of(problem), np.argwhere(problem.eligible))["pin"]
    assert (block.entries().tolist(), block.low.tolist()) == ([0], [1])


def test_the_list_of_kinds_is_the_only_one():
    assert get_args(Kind) == KINDS
    assert set(BY_ROW) < set(KINDS)


def test_an_unknown_kind_raises():
    rules = Rules.of(random_problem(np.random.default_rng(0), "project"))
    with pytest.raises(AssertionError, match=r"unreachable.*'holiday'"):
        rules.items("holiday")
    with pytest.raises(AssertionError, match=r"unreachable.*'holiday'"):
        rules.without([Requirement("holiday")])
