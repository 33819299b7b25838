"""What an explanation says in words, sentence by sentence, against every table of small problems."""

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import every_table, met
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.explain import certificate
from crowdnb.explain.requirements import requirement_text
from crowdnb.model.rules import Rules

SIZES = [
    (1, 1),
    (2, 1),
    (3, 1),
    (5, 1),
    (6, 1),
    (2, 2),
    (3, 2),
    (4, 2),
    (5, 2),
    (3, 3),
    (4, 3),
    (2, 4),
]


def labels(text):
    """``a1, a2`` as a list."""
    return text.split(", ") if text else []


class Said:
    """An explanation and what it is checked against: by the requirements it names, and by the problem itself."""

    def __init__(self, problem, found):
        self.problem, self.found = problem, found
        self.workers, self.tasks = list(problem.workers), list(problem.tasks)
        rows = found.requirements
        self.need = rows.loc[rows["kind"] == "place", "task"].value_counts()
        barred = rows[rows["kind"].isin(["exclusion", "zero"])]
        self.free = np.ones(problem.qualification.shape, dtype=bool)
        for row in barred.itertuples():
            self.free[self.workers.index(row.worker), self.tasks.index(row.task)] = False
        self.limit = dict.fromkeys(self.workers, len(self.tasks))
        self.limit |= {
            who: problem.worker_limits[who] for who in rows.loc[rows["kind"] == "limit", "worker"]
        }
        self.clashes = {
            frozenset(pair)
            for pair in rows.loc[rows["kind"] == "conflict", ["worker", "other"]].values
        }
        self.tables = every_table(*problem.qualification.shape)
        self.barred = [tuple(pair) for pair in barred[["kind", "worker", "task"]].values]
        self.cases = []

    def able(self, worker, task):
        """Whether the requirements named leave the worker for the task."""
        return (
            self.free[self.workers.index(worker), self.tasks.index(task)] and self.limit[worker] > 0
        )

    def may(self, worker, about):
        """Whether the worker may take any of the tasks, by the problem itself."""
        return self.problem.eligible[
            self.workers.index(worker), [self.tasks.index(task) for task in about]
        ].any()

    def all_hold(self):
        for line in self.found.text.splitlines() + self.found.certificate.splitlines():
            for pattern, holds in SENTENCES.items():
                if match := re.fullmatch(pattern, line):
                    groups = {name: value or "" for name, value in match.groupdict().items()}
                    assert holds(self, **groups), (
                        f"{line}\n{self.found.requirements}\n{self.problem}"
                    )
                    break
            else:
                raise AssertionError(f"not understood: {line}")
        if self.cases:
            self.cover()

    def one(self, task, asked, matter, who):
        full = self.problem.fewest[self.tasks.index(task)]
        assert int(asked) == full
        assert int(matter or asked) == self.need[task] <= full
        assert list(self.need.index) == [task]
        return self.who(who)

    def many(self, names, places, who):
        parts = dict(part[:-1].split(" (") for part in names.split(", "))
        assert list(parts) == [task for task in self.tasks if task in self.need]
        for task, part in parts.items():
            matter, *of = part.split(" of its ")
            full = self.problem.fewest[self.tasks.index(task)]
            assert int(matter) == self.need[task]
            assert full == int(of[0] if of else matter)
        assert int(places) == self.need.sum() > 1
        return self.who(who)

    def who(self, text):
        """The workers named are those whom the requirements leave; and they may, or it is said who may not."""
        about = list(self.need.index)
        left = {who for who in self.workers if any(self.able(who, task) for task in about)}
        self.idle = sorted(who for who in left if not self.may(who, about))
        match = re.fullmatch(", and (only|nobody but) (.*) may take (it|any of them)", text)
        if match:
            assert (match[1] == "only") == (not self.idle)
            assert match[3] == ("it" if len(about) == 1 else "any of them")
            return set(labels(match[2])) == left
        if text.startswith(", and nobody may take"):
            return not left
        assert len(left) == len(self.workers)
        return text == "" or (
            text == f", and each of the {len(left)} workers may take one of them" and not self.idle
        )

    def neither(self, names):
        return labels(names) == self.idle != []

    def not_allowed(self, parts):
        said = []
        for part in parts.split("; "):
            names, task, why = re.fullmatch(r"(.*) for (\w+) \((.*)\)", part).groups()
            kind = {"conflict with the task": "exclusion", "qualification 0": "zero"}[why]
            said += [(kind, who, task) for who in labels(names)]
        for kind, who, task in said:
            source = (
                self.problem.task_conflicts == 1
                if kind == "exclusion"
                else self.problem.qualification == 0
            )
            assert source.loc[who, task]
        return sorted(said) == sorted(self.barred)

    def in_conflict(self, parts):
        said = []
        for part in parts.split("; "):
            hub, others = part.split(" with ")
            said += [frozenset((hub, other)) for other in labels(others)]
        assert all(self.problem.worker_conflicts.loc[*pair] for pair in said)
        return set(said) == self.clashes and len(said) == len(self.clashes)

    def limits(self, names, most):
        named = self.workers if names == "Everyone" else labels(names)
        assert set(named) == set(self.of("limit", "worker"))
        return all(self.problem.worker_limits[who] == int(most) for who in named)

    def of(self, kind, column):
        rows = self.found.requirements
        return rows.loc[rows["kind"] == kind, column].tolist()

    def each_limit(self, parts):
        said = dict(
            re.fullmatch(r"(\w+) takes at most (\d+) tasks?", part).groups()
            for part in parts.split("; ")
        )
        assert list(said) == self.of("limit", "worker")
        return all(self.problem.worker_limits[who] == int(most) for who, most in said.items())

    def pins(self, parts):
        said = [tuple(part.split(" is pinned to ")) for part in parts.split("; ")]
        assert all(self.problem.pinned.loc[pair] for pair in said)
        return said == list(zip(self.of("pin", "worker"), self.of("pin", "task"), strict=True))

    def ceilings(self, parts):
        said = dict(
            re.fullmatch(r"(\w+) takes at most (\d+) workers?", part).groups()
            for part in parts.split("; ")
        )
        assert list(said) == self.of("ceiling", "task")
        return all(
            self.problem.most[self.tasks.index(task)] == int(most) for task, most in said.items()
        )

    def least(self, parts):
        said = dict(
            re.fullmatch(r"(\w+) takes at least (\d+) tasks?", part).groups()
            for part in parts.split("; ")
        )
        assert list(said) == self.of("least", "worker")
        return all(self.problem.worker_least[who] == int(least) for who, least in said.items())

    def quotas(self, parts):
        texts = self.found.requirements.query("kind == 'quota'")["text"].tolist()
        assert parts.removeprefix("All tasks") == "; ".join(texts).removeprefix("all tasks")
        for text in texts:
            match = re.fullmatch(
                r"(\w+|all tasks together) ha(?:s|ve) at (least|most) (\d+|[\d.]+% of the)"
                r" places? with (\w+) (\w+)",
                text,
            )
            task, side, number, column, value = match.groups()
            task = None if task == "all tasks together" else task
            number = number.removesuffix(" of the")
            rows = self.problem.quotas
            row = rows[
                [(*one,) == (task, value) for one in rows[["task", "value"]].to_numpy()]
            ].iloc[0]
            assert (row["column"], str(row[side])) == (column, number)
        return True

    def number_of(self, text):
        """Which side of which quota a requirement is about."""
        items = Rules.of(self.problem).items("quota")
        (found,) = [item.other for item in items if requirement_text(self.problem, item) == text]
        return found

    def overlaps(self, parts):
        said = [
            re.fullmatch(r"(\w+) and (\w+) overlap", part).groups() for part in parts.split("; ")
        ]
        assert all(self.problem.task_overlaps.loc[pair] for pair in said)
        return said == list(
            zip(self.of("overlap", "task"), self.of("overlap", "other"), strict=True)
        )

    def capacities(self, parts):
        said = dict(
            re.fullmatch(r"(\w+) has a capacity of (.+)", part).groups()
            for part in parts.split("; ")
        )
        assert list(said) == self.of("capacity", "worker")
        return all(self.problem.capacities[who] == float(has) for who, has in said.items())

    def budget(self, most):
        return float(most) == self.problem.budget and self.of("budget", "kind") == ["budget"]

    def cheapest(self, least):
        rows = self.found.requirements
        rows = rows[rows["kind"] != "budget"]
        each = list(rows[["kind", "worker", "other", "task"]].itertuples(index=False, name=None))
        each = [
            (kind, worker, self.number_of(text) if kind == "quota" else other, task)
            for (kind, worker, other, task), text in zip(each, rows["text"], strict=True)
        ]
        hold = np.array(
            [met(self.problem, *row, each.count(row), self.tables) for row in each]
        ).reshape(len(each), len(self.tables))
        costs = (self.tables * self.problem.costs.to_numpy()).sum(axis=(1, 2))
        return (
            costs[hold.all(axis=0)].min() == pytest.approx(float(least))
            and float(least) > self.problem.budget
        )

    def hall(self, places, able, room, names):
        left = [
            who for who in self.workers if any(self.able(who, task) for task in self.need.index)
        ]
        assert labels(names) == left
        assert not self.idle
        assert int(able) == len(left)
        most = sum(
            min(self.limit[who], sum(self.able(who, task) for task in self.need.index))
            for who in left
        )
        assert int(room or able) == most
        return int(places) == self.need.sum() > most

    def together(self, most, size, places):
        left = [
            who for who in self.workers if any(self.able(who, task) for task in self.need.index)
        ]
        assert int(size) == len(left)
        assert int(places) == self.need.sum()
        return self.largest(left) == int(most) < int(places)

    def largest(self, members):
        for size in range(len(members), -1, -1):
            for group in combinations(members, size):
                if not any(frozenset(pair) in self.clashes for pair in combinations(group, 2)):
                    return size
        return 0

    def partial(self, prefix, clash=True):
        """Ways to fill some places by the named requirements that have the pairs of a case; and the case itself.

        Without ``clash`` only conflicts with the workers of the case count.
        """
        chosen, out = [], []
        for step in filter(None, prefix.split(": ")):
            who, task, _, without = re.fullmatch(r"(\w+) on (\w+)( without (.*))?", step).groups()
            chosen.append((who, task))
            out += [(other, task) for other in labels(without or "")]
        t = self.tables
        good = ~(t & ~self.free).any(axis=(1, 2))
        for j, task in enumerate(self.tasks):
            good &= t[:, :, j].sum(axis=1) <= self.need.get(task, 0)
        for i, who in enumerate(self.workers):
            good &= t[:, i].sum(axis=1) <= self.limit[who]
        for one, other in self.clashes:
            if clash or {one, other} & {who for who, _ in chosen}:
                good &= met(self.problem, "conflict", one, other, None, 0, t)
        return t[good], chosen, out

    def at(self, pairs):
        return tuple(
            np.array(
                [(self.workers.index(who), self.tasks.index(task)) for who, task in pairs], int
            )
            .reshape(-1, 2)
            .T
        )

    def case_tables(self, prefix, clash=True):
        tables, chosen, out = self.partial(prefix, clash)
        self.cases.append(prefix.split(": ") if prefix else [])
        inside = tables[:, *self.at(chosen)].all(axis=1) & ~tables[:, *self.at(out)].any(axis=1)
        return tables[inside], chosen

    def scarce(self, prefix, names, task, places, more):
        tables, chosen = self.case_tables(prefix)
        on_it = {who for who, where in chosen if where == task}
        assert bool(more) == bool(on_it and places)
        left = self.need[task] - len(on_it)
        assert not places or int(places) == left
        can = self.on(tables, task) - on_it
        named = set() if names == "nobody" else set(labels(re.sub("^nobody but ", "", names)))
        return can <= named and len(named) < left

    def too_few(self, prefix, names):
        tables, _ = self.case_tables(prefix, clash=False)
        at = [self.tasks.index(task) for task in labels(names)]
        full = self.need.reindex(self.tasks, fill_value=0).to_numpy()[at]
        return not (tables[:, :, at].sum(axis=1) == full).all(axis=1).any()

    def case_group(self, prefix, most, places):
        tables, chosen = self.case_tables(prefix, clash=False)
        busy = {who for who, _ in chosen}
        assert int(places) == self.need.sum() - len(chosen)
        others = [
            who for i, who in enumerate(self.workers) if who not in busy and tables[:, i].any()
        ]
        return self.largest(others) <= int(most) < int(places)

    def all_but_one(self, places):
        tables, _, _ = self.partial("")
        return tables.sum(axis=(1, 2)).max() == self.need.sum() - 1 == int(places) - 1

    def cover(self):
        """At every step of the cases: too few are left for the task without those who have a case of their own."""
        steps = [
            [""],
            *([": ".join(case[:k]) for k in range(len(case) + 1)] for case in self.cases if case),
        ]
        for before in {step for path in steps for step in path[:-1]}:
            tables, chosen, out = self.partial(before, clash=False)
            tables = tables[
                tables[:, *self.at(chosen)].all(axis=1) & ~tables[:, *self.at(out)].any(axis=1)
            ]
            after = {path[path.index(before) + 1] for path in steps if before in path[:-1]}
            own = {
                re.fullmatch(r"(?:.*: )?(\w+) on (\w+)(?: without .*)?", step).groups()
                for step in after
            }
            (task,), who = {task for _, task in own}, {who for who, _ in own}
            could = self.on(tables, task) - who - {who for who, where in chosen if where == task}
            need = self.need[task] - sum(where == task for _, where in chosen)
            assert len(could) < need, f"no case for some of {could} on {task}\n{self.found}"

    def on(self, tables, task):
        """Who is on a task in any of the tables."""
        on_it = tables[:, :, self.tasks.index(task)].any(axis=0)
        return {who for who, is_on in zip(self.workers, on_it, strict=True) if is_on}


CASE = r"(?P<prefix>(?:.* on .*: )?)"


def of_case(holds):
    """The check of a line of a proof by cases, its prefix without the colon."""
    return lambda said, prefix, **rest: holds(said, prefix.removesuffix(": "), **rest)


SENTENCES = {
    r"(?P<task>\w+) needs (?P<asked>\d+) workers?( \((?P<matter>\d+) of its \d+ places matters?"
    r" here\))?"
    r"(?P<who>, and .*)?\.": Said.one,
    r"(?P<names>.*\)) together have (?P<places>\d+) places(?P<who>, and .*)?\.": Said.many,
    r"Even if (?P<names>.*) could take (it|any of them), there would be no assignment\.": (
        Said.neither
    ),
    r"Not allowed: (?P<parts>.*)\.": Said.not_allowed,
    r"In conflict: (?P<parts>.*)\.": Said.in_conflict,
    r"(?P<names>[^;]*) takes? at most (?P<most>\d+) tasks?( each)?\.": Said.limits,
    r"(?P<parts>\w+ takes at most .* tasks?)\.": Said.each_limit,
    r"(?P<parts>.* is pinned to .*)\.": Said.pins,
    r"(?P<parts>.* takes at most .* workers?)\.": Said.ceilings,
    r"(?P<parts>(\w+ has|All tasks together have) at (least|most) .* with .*)\.": Said.quotas,
    r"(?P<parts>\w+ takes at least .* tasks?)\.": Said.least,
    r"(?P<parts>\w+ and \w+ overlap(; .*)?)\.": Said.overlaps,
    r"(?P<parts>\w+ has a capacity of .*)\.": Said.capacities,
    r"The costs may come to (?P<most>[-\d.e+]+)\.": Said.budget,
    r"Whatever meets the other requirements costs at least (?P<least>[-\d.e+]+)\.": Said.cheapest,
    r"Hall's condition: (?P<places>\d+) places?, (?P<able>\d+) workers? who may take (them|it)"
    r"(, for (?P<room>\d+) at most)?( \((?P<names>.*)\))?\.": Said.hall,
    r"At most (?P<most>\d+) of these (?P<size>\d+) workers can work together, and (?P<places>\d+) are needed\.": (
        Said.together
    ),
    r"By cases:": lambda said: True,
    CASE + r"(?P<names>nobody|nobody but .*) can still take (?P<task>\w+)"
    r"(, and it needs (?P<places>\d+)(?P<more> more)?)?\.": of_case(Said.scarce),
    CASE + r"too few workers are left for (?P<names>.*)\.": of_case(Said.too_few),
    CASE
    + r"at most (?P<most>\d+) of those who are left can work together, and (?P<places>\d+) more are needed\.": of_case(
        Said.case_group
    ),
    r"Within these requirements all but one of the (?P<places>\d+) places can be filled\.": (
        Said.all_but_one
    ),
    r"": lambda said: True,
}


@pytest.mark.slow
@pytest.mark.parametrize("options", [False, True])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_every_sentence_is_true_and_follows_from_what_is_named(scope, options):
    rng, left = np.random.default_rng(2 + options), tries(50, 200)
    while left:
        problem = random_problem(rng, scope, options, SIZES)
        found = cn.explain_infeasible(problem)
        if found:
            left -= 1
            Said(problem, found).all_hold()


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_where_a_proof_by_cases_is_too_long(scope, monkeypatch):
    monkeypatch.setattr(certificate, "_cases", lambda *_: [])
    rng, seen = np.random.default_rng(2), 0
    for _ in range(tries(100, 200)):
        problem = random_problem(rng, scope, False, [(3, 2), (4, 2), (3, 3), (4, 3)])
        found = cn.explain_infeasible(problem)
        if found.certificate.startswith("Within"):
            seen += 1
            Said(problem, found).all_hold()
    assert seen


def test_a_line_begins_as_a_sentence_and_a_label_as_it_is_written():
    dear = cn.Problem(np.ones((3, 2)), [1, 1], costs=np.full((3, 2), 4.0), budget=5.0)
    assert "\nThe costs may come to 5." in cn.explain_infeasible(dear).text
    grades = pd.DataFrame({"grade": ["y", "y", "y"]})
    quota = {"column": "grade", "value": "y", "most": 0}
    for one, said in (({}, "All tasks together have"), ({"task": "gate"}, "gate has")):
        ruled = cn.Problem(
            pd.DataFrame(np.ones((3, 2)), columns=["gate", "door"]),
            [1, 1],
            attributes=grades,
            quotas=[{**quota, **one}],
        )
        assert f"\n{said} at most 0 places with grade y." in cn.explain_infeasible(ruled).text
