"""What the page says of abilities: by which rule they came, and whom the other would have chosen.

The paper's rule on histories of six ratings and more needs no word. Where somebody was chosen on
fewer it gets a sentence, and where anything beyond the paper is in use, a section.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from crowdnb.ability.cloud import CLOUD_FROM
from crowdnb.ability.counts import has_stars, scales_of
from crowdnb.labels import as_listed, count, listing, phrases
from crowdnb.model.assignment import Assignment
from crowdnb.pages.findings import OTHER, Findings
from crowdnb.pages.html import items, text_table
from crowdnb.project.abilities import gap_texts
from crowdnb.project.ability_settings import days
from crowdnb.project.histories import fewest_of, gaps_line
from crowdnb.project.record import Project
from crowdnb.project.scenarios import moved

_NAMES = 12  # in a sentence
_ROWS = 20  # of a table
_CALLED = {
    "cloud": "By the paper's interval (γ = {gamma:g})",
    "posterior": (
        "By where the next rating would lie (ability posterior, level {level:g}), of which one"
        " rating says little,"
    ),
}


def beyond_paper(found: Findings) -> bool:
    """Whether abilities come of ratings in a way that the paper does not know."""
    how = found.reading
    if found.project.counts is None:
        return False
    gaps = how.missing != "error" and bool(gap_texts(found.project))
    return how.ability != "cloud" or how.half_life is not None or gaps


def abilities(found: Findings) -> str:
    """How ratings became abilities, and whom the other rule would have chosen; or empty."""
    if not beyond_paper(found):
        return ""
    return items([*how_read(found), *_by_other(found, "")]) + _others(found)


def how_read(found: Findings) -> list[str]:
    """By which rule ratings became abilities, how they fade, and what stands for none."""
    how, project = found.reading, found.project
    if how.ability == "posterior":
        lines = [
            "Ability is not the paper's here: it is the interval in which a worker's next rating"
            f" lies with a chance of at least {how.level:g} (posterior)."
        ]
    else:
        lines = [f"Ability is the paper's interval, with γ = {how.gamma:g}."]
    if how.half_life is not None:
        lines.append(
            f"A rating counts half after {days(how.half_life)} and a quarter after"
            f" {2 * how.half_life:g}, by its age on {project.day}."
        )
    return [*lines, gaps] if (gaps := gaps_line(project, found.scenario)) else lines


def _by_other(found: Findings, names: str) -> list[str]:
    """Whom the other rule would have chosen, in a sentence; none where it is not looked into.

    ``names`` stands before their names; where it is empty they are not listed.
    """
    if found.by_other is None:
        return []
    usual = found.project.reading
    by = _CALLED[OTHER[found.reading.ability]].format(gamma=usual.gamma, level=usual.level)
    if found.by_other.status != "optimal":
        return [f"{by} who would be chosen {found.not_settled}."]
    mine, theirs = (dict.fromkeys(one.pairs["worker"]) for one in (found.answer, found.by_other))
    if come := [who for who in theirs if who not in mine]:
        who = f"{names}{listing(come, _NAMES)}" if names else ""
        others = "another" if len(come) == 1 else "others"
        return [f"{by} {len(come)} of the {len(theirs)} chosen would be {others}{who}."]
    same = "the same would be chosen"
    elsewhere = ", some for another task" if len(moved(found.answer, found.by_other)) else ""
    return [f"{by} {same}{elsewhere}."]


def few_by_other(found: Findings) -> list[str]:
    """Of the paper's rule: the same where somebody was chosen on fewer ratings than it asks for."""
    if beyond_paper(found) or found.project.counts is None or found.answer.placed is None:
        return []
    fewest = fewest_of(found.project, found.scenario, found.answer.pairs["worker"])
    few = any(number is not None and number < CLOUD_FROM for number in fewest)
    return _by_other(found, ": ") if few else []


def _others(found: Findings) -> str:
    """One row for each task that would have others: these, and those, with their ratings."""
    if found.by_other is None or found.by_other.status != "optimal":
        return ""
    rows = []
    mine, theirs = (_by_task(one) for one in (found.answer, found.by_other))
    for task in found.problem.tasks:
        here, there = mine.get(task, []), theirs.get(task, [])
        only = [[who for who in a if who not in b] for a, b in ((here, there), (there, here))]
        if any(only):
            rows.append([task, *(_with_ratings(found, who) for who in only)])
    if not rows:
        return ""
    head = ["task", "chosen here alone (fewest ratings)", "by the other alone (fewest ratings)"]
    more = f"<p>… ({count(len(rows), 'task')} in all)</p>" if len(rows) > _ROWS else ""
    return f'<div class="tight">{text_table(head, rows[:_ROWS])}</div>{more}'


def _by_task(answer: Assignment) -> dict[Hashable, list[Hashable]]:
    """Who is on each task."""
    pairs = answer.pairs
    return {task: here.tolist() for task, here in pairs.groupby("task", sort=False)["worker"]}


def _with_ratings(found: Findings, workers: Sequence[Hashable]) -> str:
    """Workers, each with the smallest number of ratings on a criterion; faded ones by tenths."""
    fewest = fewest_of(found.project, found.scenario, workers)
    return phrases(
        (f"{as_listed(who)} ({_ratings_text(n)})" for who, n in zip(workers, fewest, strict=True)),
        _NAMES,
    )


def scales_text(project: Project) -> str:
    """The marks of each criterion, in a sentence; empty where all have the same stars."""
    if project.counts is None or has_stars(project.counts):
        return ""
    by: dict[str, list[Hashable]] = {}
    for criterion, scale in scales_of(project.counts).items():
        by.setdefault(str(scale), []).append(criterion)
    each = [f"{listing(criteria)} {scale}" for scale, criteria in by.items()]
    return f"Marks: {'; '.join(each)}."


def settings_text(found: Findings) -> list[str]:
    """The numbers with which ratings became abilities, for the last line of the page."""
    how = found.reading
    if found.project.given_qualification is not None:
        return []
    said = [f"γ = {how.gamma:g}"]
    if how.ability == "posterior":
        said = [f"posterior, level {how.level:g}"]
    if how.half_life is not None:
        said.append(f"half-life {days(how.half_life)} on {found.project.day}")
    if how.missing != "error":
        said.append(f"missing: {how.missing}")
    return said


def _ratings_text(number: float | None) -> str:
    """How many ratings there are; of faded ones with a decimal."""
    if number is None:
        return "–"
    return f"{number:.0f}" if float(number).is_integer() else f"{number:.1f}"


def tree_table(found: Findings) -> str:
    """Criteria with their parts: share of the family, and weight in all; empty without parts."""
    tree = found.project.tree
    if tree is None or (tree.table["level"] == 1).all():
        return ""
    parents, weight = tree.table["part_of"].to_dict(), dict.fromkeys(tree.table.index, 0.0)
    for leaf, own in found.weights.items():
        above: Hashable | None = leaf
        while above is not None:
            weight[above] += own
            above = parents[above]
    rows = []
    for name, level in tree.table["level"].items():
        of = 1.0 if parents[name] is None else weight[parents[name]]
        share = f"{weight[name] / of:.3f}" if of else "–"
        rows.append([f"{_DEEPER * (level - 1)}{name}", share, f"{weight[name]:.3f}"])
    return text_table(["criterion", "share of its family", "weight in all"], rows)


_DEEPER = "\u2003"  # em space, for each level of the tree
