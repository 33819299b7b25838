"""Who does something else since the last plan, and why: against files changed by hand."""

import json
import re
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.project.last_plan import plan_record
from crowdnb.project.last_plan_changes import since_last
from crowdnb.project.last_plan_file import last_plans

# Ann takes the night, Cy the day.
READY = {
    "qualification": ("worker,night,day\nAnn,0.9,0.5\nBo,0.6,0.4\nCy,0.5,0.8\nDee,0.3,0.2\n"),
    "tasks": "task,required\nnight,1\nday,1\n",
}
# The same with histories: Ann has the better ones on skill, which the night asks for.
RATED = {
    "ratings": "worker,criterion,rating\n"
    + "".join(
        f"{worker},{criterion},{rating}\n"
        for worker, marks in {"Ann": (5, 3), "Bo": (4, 3), "Cy": (2, 4)}.items()
        for criterion, rating in zip(("skill", "care"), marks, strict=True)
    ),
    "demand": "task,criterion,low\nnight,skill,0.6\nnight,care,0\nday,skill,0\nday,care,0.6\n",
    "weights": "criterion,weight\nskill,0.5\ncare,0.5\n",
    "tasks": "task,required\nnight,1\nday,1\n",
}


def put(folder, files):
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)


def told(folder, keep=True, **options):
    """What is told of the last plan, line by line; then this one is kept."""
    since = since_last(folder, cn.Scenarios(cn.read_project(folder, **options)))
    lines = [re.sub(r"\d{4}-\d\d-\d\d", "DAY", line) for line in since.lines(9)]
    assert not since.notes
    if keep:
        assert since.write() == ""
    return lines


def without(text, label):
    return "".join(line for line in text.splitlines(True) if label not in line)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            {"qualification": without(READY["qualification"], "Ann")},
            [
                "Since the plan of DAY: 1 comes, 1 leaves, 1 stays. In the files: gone: Ann.",
                "Ann, night → gone: no longer in the files.",
                "Bo, idle → night: own Q is the same; no longer on night: Ann.",
            ],
        ),
        (
            {"workers": "worker,available\nAnn,no\n"},
            [
                "Since the plan of DAY: 1 comes, 1 leaves, 1 stays.",
                "Changed for all: rows of workers.",
                "Ann, night → idle: away.",
                "Bo, idle → night: own Q is the same; no longer on night: Ann.",
                "The last plan is not possible any more: Ann has a limit of 0 tasks, is not free for"
                " night and is given it.",
            ],
        ),
        (
            {"task_conflicts": "worker,task\nAnn,night\n"},
            [
                "Since the plan of DAY: 1 comes, 1 leaves, 1 stays.",
                "Changed for all: rows of task_conflicts.",
                "Ann, night → idle: now barred from night.",
                "Bo, idle → night: own Q is the same; no longer on night: Ann.",
                "The last plan is not possible any more: Ann is in conflict with night and is given it.",
            ],
        ),
        (
            {"worker_conflicts": "worker,other\nAnn,Cy\n"},
            [
                "Since the plan of DAY: 1 comes, 1 leaves, 1 stays.",
                "Changed for all: rows of worker_conflicts.",
                "Ann, night → idle: now in conflict with Cy.",
                "Bo, idle → night: own Q is the same; no longer on night: Ann.",
                "The last plan is not possible any more: Ann and Cy are in conflict and both are chosen.",
            ],
        ),
        (
            {"qualification": READY["qualification"].replace("Ann,0.9", "Ann,0.4")},
            [
                "Since the plan of DAY: 1 comes, 1 leaves, 1 stays.",
                "Ann, night → idle: other numbers in the files; Q for night 0.900 → 0.400.",
                "Bo, idle → night: own Q is the same; no longer on night: Ann.",
                "The last plan has ρ 1.2000 now, this one 1.4000. With the Q of last time nobody"
                " would change.",
            ],
        ),
        (
            {"qualification": READY["qualification"] + "Eva,0.95,0\n"},
            [
                "Since the plan of DAY: 1 comes, 1 leaves, 1 stays. In the files: new: Eva.",
                "Eva, new → night: new; Q for night 0.950.",
                "Ann, night → idle: own Q is the same; now on night: Eva.",
                "The last plan has ρ 1.7000 now, this one 1.7500.",
            ],
        ),
        (
            {
                "qualification": READY["qualification"].replace(",day", ",noon"),
                "tasks": READY["tasks"].replace("day", "noon"),
            },
            [
                "Since the plan of DAY: 1 moves, 1 stays.",
                "Changed for all: new task noon; no more task day.",
                "Cy, day → noon: day is no longer there; noon is new.",
            ],
        ),
        (
            {"tasks": READY["tasks"].replace("night,1", "night,2")},
            [
                "Since the plan of DAY: 1 comes, 2 stay.",
                "Changed for all: night needs 1 → 2.",
                "Bo, idle → night: own Q is the same.",
                "The last plan is not possible any more: night has 1 of 2 workers.",
            ],
        ),
        (
            {"tasks": READY["tasks"].replace("night,1", "night,9")},
            [
                "Since the plan of DAY, which filled 2 places.",
                "Changed for all: night needs 1 → 9.",
                "The last plan is not possible any more: night has 1 of 9 workers.",
            ],
        ),
    ],
)
def test_each_change_of_the_files_is_a_reason(tmp_path, change, lines):
    put(tmp_path, READY)
    assert told(tmp_path) == []  # the plain first run
    put(tmp_path, change)
    assert told(tmp_path, keep=lines[0].count("comes") > 0) == lines


def test_what_was_in_the_way_and_is_no_longer_is_a_reason(tmp_path):
    put(tmp_path, READY | {"task_conflicts": "worker,task\nAnn,night\n"})
    told(tmp_path)
    put(tmp_path, {"task_conflicts": None, "workers": "worker,available\nCy,no\n"})
    assert "Ann, idle → night: no longer barred from night." in told(tmp_path)
    put(tmp_path, {"workers": None})
    assert "Cy, idle → day: last time away." in told(tmp_path)


def test_new_ratings_lost_ones_and_other_ones_are_told_apart(tmp_path):
    put(tmp_path, RATED)
    told(tmp_path)
    put(tmp_path, {"ratings": RATED["ratings"] + "Ann,skill,1\nAnn,skill,1\nAnn,care,3\n"})
    assert told(tmp_path) == [
        "Since the plan of DAY: 1 comes, 1 leaves, 1 stays. In the files: 3 new ratings of 1 worker.",
        "Ann, night → idle: 2 new ratings on skill, 1 on care; Q for night 0.800 → 0.467.",
        "Bo, idle → night: own Q is the same; no longer on night: Ann.",
        "The last plan has ρ 0.9167 now, this one 1.0000. Without the new ratings nobody would"
        " change.",
    ]
    put(tmp_path, {"ratings": RATED["ratings"]})
    back = "Ann, idle → night: 2 lost ratings on skill, 1 on care; Q for night 0.467 → 0.800."
    assert back in told(tmp_path)
    put(tmp_path, {"ratings": RATED["ratings"].replace("Ann,skill,5", "Ann,skill,2")})
    said = told(tmp_path)
    assert said[-1].endswith("With the Q of last time nobody would change.")
    assert "Ann, night → idle: other ratings, as many as before; Q for night 0.800 → 0.300." in said


def test_a_small_change_is_told_with_who_took_the_place(tmp_path):
    put(tmp_path, READY)
    told(tmp_path)
    changed = READY["qualification"].replace("Ann,0.9", "Ann,0.8997")
    put(tmp_path, {"qualification": changed + "Eva,0.95,0\n"})
    lines = told(tmp_path)
    assert lines[2] == (
        "Ann, night → idle: other numbers in the files; Q for night 0.9000 → 0.8997; now on night:"
        " Eva."
    )
    assert lines[-1].endswith("With the Q of last time the plan would be the same as it is now.")


def test_missing_concerns_those_alone_who_lack_a_rating(tmp_path):
    put(tmp_path, RATED)
    told(tmp_path)
    gap = without(RATED["ratings"], "Ann,skill")
    put(tmp_path, {"ratings": gap})
    lines = told(tmp_path, missing="unknown")
    assert lines[1] == "Changed for all: missing error → unknown."
    assert "1 lost rating on skill; what changed for all; Q for night 0.800 → 0.4" in lines[2]
    put(tmp_path, {"ratings": gap.replace("Bo,skill,4", "Bo,skill,1")})
    lines = told(tmp_path, missing="average")
    assert lines[2].startswith("Bo, night → idle: other ratings, as many as before; Q for night")
    put(tmp_path, {"ratings": gap})
    told(tmp_path, missing="average")
    put(tmp_path, {"ratings": gap.replace("Cy,skill,2", "Cy,skill,5")})
    of_ann = [line for line in told(tmp_path, missing="average") if line.startswith("Ann, ")]
    assert "another average on skill, or other ratings, as many as before; Q for" in of_ann[0]


def test_ratings_after_an_earlier_day_are_not_said_to_be_gone(tmp_path):
    dated = (
        RATED["ratings"].replace("\n", ",2024-01-01\n").replace("rating,2024-01-01", "rating,date")
    )
    put(tmp_path, RATED | {"ratings": dated + "Ann,care,4,2024-03-01\n"})
    told(tmp_path)
    assert "1 rating gone or after DAY, the day of this plan" in told(tmp_path, day="2024-02-01")[0]


def test_what_changed_for_all_is_told_once(tmp_path):
    more = RATED["ratings"] + "Cy,skill,1\nCy,care,5\n"
    put(
        tmp_path,
        RATED | {"ratings": more + "".join(f"Ann,skill,{k}\n" for k in (5, 4, 4, 3, 1, 5))},
    )
    told(tmp_path)
    lines = told(tmp_path, gamma=0.9, min_ratings=1)
    assert lines[1] == "Changed for all: γ 0.1 → 0.9; min-ratings 0 → 1."
    put(tmp_path, {"weights": "criterion,weight\nskill,0.25\ncare,0.75\n"})
    assert "weight of skill 0.5 → 0.25; weight of care 0.5 → 0.75" in told(tmp_path)[1]
    put(tmp_path, {"demand": RATED["demand"].replace("skill,0.6", "skill,0.7")})
    assert "demands of night" in told(tmp_path)[1]
    put(tmp_path, {"tasks": "task,required,weight\nnight,1,2\nday,1,1\n"})
    assert told(tmp_path)[1] == "Changed for all: night weighs 1 → 2."


def test_whoever_asks_twice_is_told_the_same(tmp_path):
    put(tmp_path, READY)
    told(tmp_path)
    put(tmp_path, {"workers": "worker,available\nAnn,no\n"})
    first = told(tmp_path)
    assert len(first) > 1 and told(tmp_path) == first == told(tmp_path)
    put(tmp_path, {"workers": None})
    assert told(tmp_path)[0] == "Since the plan of DAY: 1 comes, 1 leaves, 1 stays."


def test_another_order_of_rows_and_a_usual_newcomer_are_no_change(tmp_path):
    pairs = {"worker_conflicts": "worker,other\nBo,Dee\nCy,Dee\n", "workers": "worker,most\nBo,2\n"}
    put(tmp_path, READY | pairs)
    told(tmp_path)
    head, *rows = READY["qualification"].splitlines(True)
    put(tmp_path, {
        "qualification": "".join([head, *reversed(rows), "Eva,0.1,0.1\n"]),
        "worker_conflicts": "worker,other\nDee,Cy\nDee,Bo\n",
        "workers": "worker,most\nEva,1\nBo,2\n",
    })  # fmt: skip
    assert told(tmp_path) == ["Since the plan of DAY: nobody changes. In the files: new: Eva."]


def best(q):
    """The pairs of the best assignment of two tasks, by looking at all; None where two tie."""
    found = sorted(
        ((q[i, 0] + q[j, 1], (i, j)) for i, j in permutations(range(len(q)), 2)), reverse=True
    )
    return found[0][1] if found[0][0] > found[1][0] + 1e-9 else None


def test_the_plan_without_the_new_numbers_is_that_of_a_search_of_all(tmp_path):
    rng, seen = np.random.default_rng(5), set()
    names = ["Ann", "Bo", "Cy", "Dee"]
    for _ in range(25):
        then, now = rng.integers(1, 100, (2, 4, 2)) / 100
        changed = rng.random(4) < 0.6
        now = np.where(changed[:, None], now, then)
        here = [0, 1, 2, 3] if rng.random() < 0.5 else [1, 2, 3]  # Ann may be gone
        mixed = then[here]
        plans = [best(then), best(now[here]), best(mixed)]
        if None in plans:
            continue
        (tmp_path / "last_plan.json").unlink(missing_ok=True)
        for q, who in ((then, range(4)), (now[here], here)):
            frame = pd.DataFrame(
                q, pd.Index([names[i] for i in who], name="worker"), ["night", "day"]
            )
            put(tmp_path, {"qualification": frame.to_csv(), "tasks": READY["tasks"]})
            lines = told(tmp_path)
        before, after, other = (
            [names[i] if who is None else names[who[i]] for i in plan]
            for plan, who in zip(plans, (None, here, here), strict=True)
        )
        if before == after or np.array_equal(now[here], then[here]):
            assert "With the Q" not in lines[-1]
            continue
        if other == before:
            wanted = "With the Q of last time nobody would change."
        elif other == after:
            wanted = "With the Q of last time the plan would be the same as it is now."
        else:
            wanted = "With the Q of last time these would change: "
        assert wanted in lines[-1]
        seen.add(wanted)
    assert len(seen) == 3


def test_a_tie_is_no_better_plan(tmp_path):
    put(
        tmp_path,
        READY
        | {"qualification": "worker,night\nBo,0.5\nCy,0.4\n", "tasks": "task,required\nnight,1\n"},
    )
    told(tmp_path)
    put(tmp_path, {"qualification": "worker,night\nAnn,0.5\nBo,0.5\nCy,0.4\n"})
    assert told(tmp_path)[-1] == (
        "The last plan is as good, ρ = 0.500000; of those that tie the first is taken."
    )


def test_a_record_is_read_back_as_it_was_written(tmp_path):
    put(
        tmp_path,
        RATED | {"workers": "worker,available\nCy,no\n", "tasks": "task,required\nnight,1\n"},
    )
    put(tmp_path, {"demand": "task,criterion,low\nnight,skill,0.6\nnight,care,0\n"})
    put(tmp_path, {"task_conflicts": "worker,task\nBo,night\n"})
    plans = cn.Scenarios(cn.read_project(tmp_path)).keep("tried", gamma=0.3, limits={"Bo": 2})
    for name in ("as given", "tried"):
        since = since_last(tmp_path, plans, name)
        since.write()
        read = last_plans(tmp_path, plans, name)
        assert read.last == plan_record(plans, name) and read.before is None
    assert {path.name for path in tmp_path.glob("*.json")} == {
        "last_plan.json",
        "last_plan_tried.json",
    }


def spoilt(data, way, value):
    *inner, last = way
    for key in inner:
        data = data[key]
    if value is KeyError:
        del data[last]
    else:
        data[last] = value


@pytest.mark.parametrize(
    ("way", "value", "said"),
    [
        (("version",), 2, "has version 2; this crowdnb reads version 1"),
        (("plan",), None, "plan: entries by name, in braces, are needed, got None"),
        (("plan", "day"), "soon", "plan, day: a date such as 2024-03-01 is needed, got 'soon'"),
        (("plan", "day"), KeyError, "plan, day: a text is needed, got None"),
        (("plan", "project"), 7, "plan, project: a text is needed, got 7"),
        (("plan", "settings", "gamma"), [], "plan, settings, gamma: a number is needed, got []"),
        (("plan", "weights"), {"skill": "much"}, "plan, weights, skill: a number is needed, got 'much'"),
        (("plan", "tasks", "night", "required"), 1.5, "night, required: a whole number is needed, got 1.5"),
        (("plan", "tasks", "night", "demand"), [0.5], "plan, tasks, night, demand: a list of 4 is needed"),
        (("plan", "pairs", 0), ["Ann", "night"], "plan, pairs, row 1: a list of 3 is needed"),
        (("plan", "pairs", 0), ["Zoe", "night", 1], "plan, pairs, row 1: 'Zoe' is not one of the workers"),
        (("plan", "pairs", 0), [["Ann"], "night", 1], "plan, pairs, row 1: ['Ann'] is not one of the workers"),
        (("plan", "pairs", 0), ["Cy", "day", 1], "plan, pairs, row 2: Cy on day stands twice"),
        (("plan", "workers", "Ann", "ratings"), [1, -1], "plan, workers, Ann, ratings: at least 0 is needed, got -1"),
        (("plan", "workers", "Ann", "ratings"), [1], "plan, workers, Ann, ratings: a list of 2 is needed"),
        (("plan", "workers", "Ann", "qualification"), [True, 1], "Ann, qualification: a number is needed, got True"),
        (("plan", "workers", "Ann", "qualification"), [10**400, 1], "Ann, qualification: a number is needed"),
        (("plan", "workers", "Ann", "out"), None, "plan, workers, Ann, out: a text is needed, got None"),
        (("plan", "rules"), [], "plan, rules: entries by name, in braces, are needed, got []"),
        (("plan", "scenario"), 1, "plan, scenario: entries by name, in braces, are needed, got 1"),
        (("before",), [], "before: entries by name, in braces, are needed, got []"),
    ],
)  # fmt: skip
def test_nonsense_is_named_by_file_and_key_and_stops_nothing(tmp_path, way, value, said):
    put(tmp_path, RATED)
    told(tmp_path)
    path = tmp_path / "last_plan.json"
    data = json.loads(path.read_text())
    spoilt(data, way, value)
    path.write_text(json.dumps(data))
    since = since_last(tmp_path, cn.Scenarios(cn.read_project(tmp_path)))
    (note,) = since.notes
    assert note.startswith("last_plan.json") and said in note and note.endswith(": not used")
    assert since.lines() == [] and since.write() == ""
    assert told(tmp_path) == []  # which is another one by now


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"format": "mine"}', "\udcff"])
def test_a_file_of_somebody_else_is_left_as_it_is(tmp_path, text):
    put(tmp_path, READY)
    path = tmp_path / "last_plan.json"
    data = text.encode(errors="surrogateescape")
    path.write_bytes(data)
    since = since_last(tmp_path, cn.Scenarios(cn.read_project(tmp_path)))
    assert "it is left as it is, and nothing is kept of this plan" in since.notes[0]
    assert since.lines() == [] and since.write() == "" and path.read_bytes() == data


def test_of_a_large_plan_q_is_not_kept(tmp_path):
    q = np.random.default_rng(1).random((401, 250))
    frame = pd.DataFrame(
        q, pd.Index([f"w{i}" for i in range(401)], name="worker"), [f"t{j}" for j in range(250)]
    )
    tasks = "task,required\n" + "".join(f"t{j},{int(j < 3)}\n" for j in range(250))
    put(tmp_path, {"qualification": frame.to_csv(), "tasks": tasks})
    told(tmp_path)
    assert (tmp_path / "last_plan.json").stat().st_size < 100_000
    gone = json.loads((tmp_path / "last_plan.json").read_text())["plan"]["pairs"][0][0]
    put(tmp_path, {"qualification": frame.drop(index=gone).to_csv()})
    assert f"{gone}, t0 → gone: no longer in the files." in told(tmp_path)


def test_older_ratings_that_fade_are_told_by_what_they_count(tmp_path):
    """Six ratings that count 3 are no cloud any more but a range: 0.4 to 1 against 0.6 to 1."""
    rows = "".join(f"Ann,skill,{mark}\n" for mark in (5, 5, 5, 5, 4))
    rated = RATED["ratings"].replace("Ann,skill,5\n", f"{rows}Ann,skill,2\n")
    dated = rated.replace("\n", ",2024-03-01\n").replace("rating,2024-03-01", "rating,date")
    put(tmp_path, RATED | {"ratings": dated})
    told(tmp_path, half_life=60)
    lines = told(tmp_path, half_life=60, day="2024-04-30")
    assert lines[:2] == [
        "Since the plan of DAY: 1 comes, 1 leaves, 1 stays.",
        "Ann, night → idle: the same ratings count 6 → 3 on skill, 1 → 0.5 on care; Q for night"
        " 0.561 → 0.500.",
    ]
    assert lines[-1].endswith("Had the ratings not faded nobody would change.")
    record = json.loads((tmp_path / "last_plan.json").read_text())
    assert [record[plan]["day"] for plan in ("plan", "before")] == ["2024-04-30", "2024-03-01"]
    assert record["plan"]["workers"]["Ann"]["ratings"] == [6, 1]
    both = told(tmp_path, half_life=None)  # so that the day decides nothing any more
    assert both[1] == "Changed for all: half-life 60 → none."
    assert "Ann, idle → night: the same ratings count 3 → 6 on skill, 0.5 → 1 on care" in both[2]


def test_a_new_rating_of_a_month_later_fades_all_others(tmp_path):
    dated = (
        RATED["ratings"].replace("\n", ",2024-03-01\n").replace("rating,2024-03-01", "rating,date")
    )
    put(tmp_path, RATED | {"ratings": dated})
    told(tmp_path, half_life=30)
    put(tmp_path, {"ratings": dated + "Ann,skill,1,2024-03-31\nBo,skill,5,2099-01-01\n"})
    lines = told(tmp_path, half_life=30)
    assert lines[0].endswith("In the files: 1 new rating of 1 worker.")
    assert lines[1].startswith(
        "Ann, night → idle: 1 new rating on skill; the same ratings count 1 → 0.5 on care; Q"
    )
    assert lines[-1].endswith("With the Q of last time nobody would change.")


def test_who_lacks_a_rating_is_told_so(tmp_path):
    put(tmp_path, RATED)
    told(tmp_path)
    put(tmp_path, {"ratings": without(RATED["ratings"], "Ann,skill")})
    lines = told(tmp_path, missing="out")
    assert lines[1:3] == [
        "Changed for all: missing error → out.",
        "Ann, night → idle: left out, no rating on skill.",
    ]
    put(tmp_path, {"ratings": RATED["ratings"]})
    assert "Ann, idle → night: last time left out, no rating on skill." in told(tmp_path)


def test_the_other_rule_of_ability_is_a_change_for_all(tmp_path):
    put(tmp_path, RATED)
    told(tmp_path)
    assert told(tmp_path, ability="posterior")[1] == (
        "Changed for all: ability cloud → posterior; level none → 0.9."
    )
