"""The three scenes, and what may leave, on small answers."""

import hashlib
import math
from itertools import combinations, pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from helpers.folders import content
from helpers.random_problems import paper_problem
from helpers.scenemaker import write_scene

import crowdnb as cn
from crowdnb import panels
from crowdnb.market import matching, privacy, scenes


@pytest.fixture(scope="module")
def every():
    return {name: scenes.read_scene(name) for name in scenes.NAMES}


# The shipped data


@pytest.mark.parametrize("name", scenes.NAMES)
def test_shipped_data_can_be_made_again(name, tmp_path):
    write_scene(name, tmp_path)
    shipped = {
        path.relative_to(scenes.FOLDER / name): text
        for path, text in content(scenes.FOLDER / name).items()
    }
    source = shipped.pop(next(path for path in shipped if path.name == "SOURCE.md"))
    assert "Nothing here was observed" in source.decode()
    assert shipped == {path.relative_to(tmp_path): text for path, text in content(tmp_path).items()}
    write_scene(name, tmp_path, seed=1)
    assert shipped != {path.relative_to(tmp_path): text for path, text in content(tmp_path).items()}


def test_only_three_scenes_can_be_made(tmp_path):
    with pytest.raises(
        ValueError, match="name must be one of service, content, medical, got 'bank'"
    ):
        write_scene("bank", tmp_path)


@pytest.mark.parametrize("name", scenes.NAMES)
def test_every_scene_is_solved_with_its_options(every, name):
    problem = every[name].problem()
    answer = cn.solve(problem)
    assert answer.status == "optimal"
    assert cn.check(problem, answer.table) == []
    assert every[name].project.notes == ()
    plain = cn.solve(every[name].project.problem())
    # the options matter
    assert plain.status != "optimal" or plain.performance != pytest.approx(answer.performance)


def test_a_folder_of_the_readers_own(every, tmp_path):
    write_scene("service", tmp_path)
    again = scenes.read_scene(tmp_path)
    assert cn.solve(again.problem()).performance == cn.solve(every["service"].problem()).performance
    (tmp_path / "options.json").unlink()
    with pytest.raises(OSError, match=r"options\.json"):
        scenes.read_scene(tmp_path)


# Customer service


def inquiries(rows):
    return pd.DataFrame(
        rows, columns=["minute", "confidence", "right", "handling", "person"], dtype=float
    )


def test_two_people_answer_in_turn():
    """By hand: at work from 0 and 1; the third waits to 10, the fourth to 11; one is back at 13."""
    day = inquiries(
        [[0, 0, 1, 10, 0], [1, 0, 1, 10, 0], [2, 0, 1, 10, 0], [3, 0, 1, 4, 0], [3, 0.9, 0, 1, 0]]
    )
    one = scenes.hand_over(day, 0.5, staff=2)
    assert one.calls["start"].tolist() == [0, 1, 10, 11, 15]
    assert one.waits.tolist() == [0, 0, 8, 8, 2]
    assert one.mean_wait == 3.6
    assert one.longest_queue == 2
    assert one.queue(np.array([2.5, 5, 10.5, 14, 20])).tolist() == [1, 2, 1, 1, 0]
    assert (one.by_people, one.wrong, one.load) == (1, 1, 35 / 960)
    assert one.cost(person=3, bot=1, wrong=10) == 5 * 3 + 1 + 10


def test_complaints_never_go_to_the_bot():
    day = inquiries([[0, 0.99, 1, 5, 1], [0, 0.99, 1, 5, 0]])
    assert len(scenes.hand_over(day, 0, 1).calls) == 1


def test_nobody_asks_for_a_person():
    one = scenes.hand_over(inquiries([[0, 0.9, 1, 5, 0]]), 0, 1)
    assert (one.by_people, one.load, one.mean_wait, one.longest_queue) == (0, 0, 0, 0)


def test_hour_by_hour_against_a_count_of_every_call(every):
    day = every["service"].extra["inquiries"]
    for threshold, staff in ((0.0, 5), (0.5, 5), (1.0, 3)):
        run = scenes.hand_over(day, threshold, staff)
        table = run.by_hour
        assert table.index.tolist() == list(range(8))
        for hour, row in table.iterrows():
            until = 60 * (hour + 1) if hour < 7 else math.inf
            some = run.calls[(run.calls["asked"] >= 60 * hour) & (run.calls["asked"] < until)]
            assert row["load"] == pytest.approx(some["handling"].sum() / (60 * staff))
            assert row["wait"] == pytest.approx((some["start"] - some["asked"]).mean())
            waiting = (run.calls["asked"] <= 60 * hour + 60) & (run.calls["start"] > 60 * hour + 60)
            assert row["queue"] == waiting.sum()
        assert table["load"].sum() / 8 == pytest.approx(run.load)
    assert scenes.hand_over(day.iloc[:1], 0.0, 5).by_hour["wait"].isna().sum() >= 7


@pytest.mark.slow
def test_a_higher_threshold_never_brings_people_less_work(every):
    rng = np.random.default_rng(0)
    days = [every["service"].extra["inquiries"]]
    for _ in range(20):
        n = int(rng.integers(1, 40))
        right, barred = rng.integers(2, size=n), rng.integers(2, size=n)
        days.append(
            inquiries(
                np.column_stack(
                    [rng.random(n) * 99, rng.random(n).round(1), right, 9 * rng.random(n), barred]
                )
            )
        )
    for day in days:
        runs = [scenes.hand_over(day, theta, 3) for theta in np.linspace(0, 1, 11)]
        for what in ("by_people", "load"):
            assert (np.diff([getattr(run, what) for run in runs]) >= 0).all(), what
        assert (np.diff([run.wrong for run in runs]) <= 0).all()
        assert runs[-1].by_people == 1 or (day["confidence"] == 1).any()


@pytest.mark.slow
@pytest.mark.parametrize("staff", [1, 2, 4, 5, 6, 9])
def test_the_fitting_threshold_is_the_last_whose_work_fits_the_day(every, staff):
    day = every["service"].extra["inquiries"]
    tried = [
        theta
        for theta in np.linspace(0, 1, 101)
        if scenes.hand_over(day, round(theta, 2), staff).load <= 1
    ]
    point = scenes.fitting_threshold(day, staff)  # confidences have two decimals
    assert point == (pytest.approx(max(tried)) if tried else pytest.approx(np.nan, nan_ok=True))


def test_the_cheapest_threshold_has_the_least_cost_to_expect():
    rng = np.random.default_rng(1)
    for _ in range(30):
        p, (person, bot, wrong) = rng.random(50), rng.random(3) * [5, 1, 5]
        costs = [scenes.expected_cost(p, theta, person, bot, wrong) for theta in [*p, 0, 1]]
        best = scenes.expected_cost(
            p, scenes.cheapest_threshold(person, bot, wrong), person, bot, wrong
        )
        assert best == pytest.approx(min(costs))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda day: scenes.hand_over(day, 1.2, 1), r"threshold must lie in \[0, 1\], got 1.2"),
        (
            lambda day: scenes.hand_over(day, 0.5, 0),
            "staff must be a whole number of at least 1, got 0",
        ),
        (lambda day: scenes.hand_over(day, 0.5, 1.5), "staff must be a whole number"),
        (
            lambda day: scenes.cheapest_threshold(person=-1),
            "person: a price of 0 or more is needed, got -1",
        ),
        (lambda day: scenes.cheapest_threshold(0, 1, 0), "at least one of the two prices"),
    ],
)
def test_bad_settings_of_the_service_are_named(every, call, words):
    with pytest.raises(ValueError, match=words):
        call(every["service"].extra["inquiries"])


# Sharing


def by_orders(values, people):
    """Shapley by its definition: what each adds, over all orders of joining."""
    orders = list(permutations(people))
    share = dict.fromkeys(people, 0.0)
    for order in orders:
        for at, one in enumerate(order):
            before = frozenset(order[:at])
            share[one] += (values[before | {one}] - values.get(before, 0)) / len(orders)
    return share


def test_shapley_of_three_people_by_hand():
    """Glove game: one left, two right; a pair earns 6. The left one gets 4, each right one 1."""
    values = scenes.teams(
        ["left", "r1", "r2", "left + r1", "left + r2", "r1 + r2", "left + r1 + r2"],
        [0, 0, 0, 6, 6, 0, 6],
    )
    assert scenes.shapley(values).round(9).to_dict() == {"left": 4, "r1": 1, "r2": 1}
    assert scenes.objections(values, pd.Series({"left": 4, "r1": 1, "r2": 1})).to_dict() == {
        "left + r1": 1,
        "left + r2": 1,
    }
    assert scenes.objections(values, pd.Series({"left": 6, "r1": 0, "r2": 0})).empty


def test_both_rules_share_out_all_of_the_revenue(every):
    extra = every["content"].extra
    whole = extra["revenue"].groupby("piece")["euros"].max()
    for rule in ("hours", "Shapley"):
        shares = scenes.revenue_shares(extra["credits"], extra["revenue"], rule)
        assert np.allclose(shares.groupby("piece")["euros"].sum(), whole)
        assert (shares["euros"] > 0).all()


def test_shapley_is_the_mean_over_all_orders():
    rng = np.random.default_rng(2)
    for n in (1, 2, 3, 4, 5):
        people = list("abcde"[:n])
        parts = [frozenset(part) for size in range(1, n + 1) for part in combinations(people, size)]
        values = dict(zip(parts, rng.normal(size=len(parts)), strict=True))
        assert scenes.shapley(values).to_dict() == pytest.approx(by_orders(values, people))


def test_no_part_of_a_team_objects_to_shapley_in_the_shipped_pieces_but_some_do_to_hours(every):
    """Together people earn more than the sum: of such a game the Shapley value is in the core."""
    extra = every["content"].extra
    found = {"hours": 0, "Shapley": 0}
    for rule in found:
        shares = scenes.revenue_shares(extra["credits"], extra["revenue"], rule)
        for piece, rows in extra["revenue"].groupby("piece"):
            own = shares[shares["piece"] == piece].set_index("worker")["euros"]
            found[rule] += len(scenes.objections(scenes.teams(rows["team"], rows["euros"]), own))
    assert found["Shapley"] == 0
    assert found["hours"] > 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: scenes.proportional(10, {"a": 0, "b": 0}), "credits: all are 0"),
        (
            lambda: scenes.proportional(10, {"a": -1, "b": 2}),
            "credits: a has -1, that must not be negative",
        ),
        (lambda: scenes.proportional(np.inf, {"a": 1}), "revenue: inf is not a finite number"),
        (lambda: scenes.proportional(10, {}), "credits: there are none"),
        (lambda: scenes.shapley({frozenset("ab"): 1}), "values: team a has no finite number"),
        (
            lambda: scenes.shapley({frozenset(): 1, frozenset("a"): 1}),
            "nobody earns 1, that must be 0",
        ),
        (
            lambda: scenes.shapley({frozenset(range(13)): 1}),
            "a team of 13 is too large, 12 is the most",
        ),
        (lambda: matching.lorenz([1, np.nan]), "income: 1 has nan, a finite number is needed"),
    ],
)
def test_what_cannot_be_shared_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_an_unknown_rule_is_named(every):
    extra = every["content"].extra
    with pytest.raises(ValueError, match="rule must be 'hours' or 'Shapley', got 'luck'"):
        scenes.revenue_shares(extra["credits"], extra["revenue"], "luck")


def test_the_gini_coefficient_is_twice_the_area_above_the_lorenz_curve():
    incomes = np.random.default_rng(3).random(9)
    curve = matching.lorenz(incomes)
    assert 1 - 2 * np.trapezoid(curve, curve.index) == pytest.approx(cn.matching.gini(incomes))
    assert (np.diff(curve, 2) >= -1e-12).all()


def worst_by_looking(problem):
    """The highest level that every place can have, and the best ρ there."""
    best = (-np.inf, -np.inf)
    for level in np.unique(problem.qualification):
        low = problem.qualification.to_numpy() < level
        answer = cn.solve(
            problem.changed(task_conflicts=(problem.task_conflicts.to_numpy() == 1) | low)
        )
        if answer.table is not None:
            best = (level, answer.performance)
    return best


@pytest.mark.slow
def test_the_fairest_assignment_is_found():
    rng, compared = np.random.default_rng(4), 0
    for _ in range(18):
        problem = paper_problem(rng, workers=(2, 5), tasks=(1, 3))
        answer = matching.fairest(problem)
        if answer.placed is None or not len(answer.placed):
            continue
        compared += 1
        assert cn.check(problem, answer.table) == []
        assert (answer.pairs["qualification"].min(), answer.performance) == pytest.approx(
            worst_by_looking(problem)
        )
    assert compared > 5


def test_fairest_needs_places_that_are_filled():
    with pytest.raises(ValueError, match="a place may stay empty"):
        matching.fairest(cn.Problem([[0.5]], [1], required_rule="at most"))


# Content creation


def test_nobody_reviews_own_or_a_friends_piece(every):
    scene = every["content"]
    credits, friends = scene.extra["credits"], scene.project.worker_conflicts
    authors = credits.groupby("piece")["worker"].agg(set)
    colleagues = credits.merge(credits, on="piece").groupby("worker_x")["worker_y"].agg(set)
    for worker, piece in (
        cn.solve(scene.problem()).pairs[["worker", "task"]].itertuples(index=False)
    ):
        assert worker not in authors[piece]
        assert not colleagues[worker] & authors[piece]
        assert not any(friends.at[worker, author] for author in authors[piece])
    assert scenes.reviews(scene, 1).task_conflicts.equals(scene.project.task_conflicts)


def test_stricter_rules_bar_more_and_never_help(every):
    problems = [scenes.reviews(every["content"], reach) for reach in (-1, 0, 1, 2)]
    barred = [problem.task_conflicts.to_numpy() for problem in problems]
    assert barred[0].sum() == 0
    assert barred[1].sum() == len(every["content"].extra["credits"])
    assert all((less <= more).all() for less, more in pairwise(barred))
    answers = [cn.solve(problem) for problem in problems]
    assert answers[0].performance >= answers[1].performance >= answers[2].performance
    assert answers[3].status == "infeasible"


def test_strangers_are_infinitely_far():
    friends = pd.DataFrame(0, ["a", "b"], ["a", "b"])
    apart = scenes.distances(pd.DataFrame({"piece": ["x"], "worker": ["a"]}), friends)
    assert apart.loc["a", "b"] == np.inf
    with pytest.raises(ValueError, match="credits: worker z is not one of a, b"):
        scenes.distances(pd.DataFrame({"piece": ["x"], "worker": ["z"]}), friends)


# Medical consultation


def test_a_doctor_without_credential_is_never_assigned(every):
    scene = every["medical"]
    held = set(scene.extra["credentials"][["worker", "field"]].itertuples(index=False, name=None))
    field = scene.extra["cases"].set_index("task")["field"]
    praised = pd.DataFrame(1.0, scene.project.ability.index, scene.project.required.index)
    praised.loc["dr09"] = 1000.0  # whatever the score
    for problem in (scene.problem(), scene.problem(qualification=praised)):
        answer = cn.solve(problem)
        assert all(
            (worker, field[case]) in held
            for worker, case in zip(answer.pairs.worker, answer.pairs.task, strict=True)
        )
        assert not {"dr09"} & set(answer.pairs["worker"])
        assert "case 1" not in set(answer.pairs.query("worker == 'dr08'")["task"])  # expired
    ignored = cn.solve(scenes.consultations(scene, 0.0)).pairs
    assert "dr09" in set(ignored["worker"])
    # a relative stays one
    assert ("dr01", "case 7") not in set(zip(ignored["worker"], ignored["task"], strict=True))


def test_a_credential_holds_to_its_last_day():
    held = pd.DataFrame({"worker": ["a"], "field": ["skin"], "valid_to": ["2026-03-02"]})
    for day, lacking in (("2026-03-02", 0), ("2026-03-03", 1)):
        cases = pd.DataFrame({"task": ["c"], "field": ["skin"], "day": [day]})
        assert scenes.without_credential(held, cases, pd.Index(["a"])).at["a", "c"] == lacking


def test_a_second_opinion_comes_from_another_practice(every):
    scene = every["medical"]
    for _, doctors in cn.solve(scene.problem()).pairs.groupby("task")["worker"]:
        assert not any(scene.project.worker_conflicts.at[pair] for pair in combinations(doctors, 2))


def test_a_weight_outside_0_and_1_is_refused(every):
    with pytest.raises(ValueError, match=r"gate must be .* a number in \[0, 1\], got 2"):
        scenes.consultations(every["medical"], 2)


# Privacy


def test_a_pseudonym_hangs_on_the_key():
    names = ["P0001", "P0002", "P0001"]
    one, same, other = (privacy.pseudonyms(names, key) for key in (b"k" * 16, b"k" * 16, b"l" * 16))
    assert one.equals(same)
    assert not set(one) & set(other)
    assert one.index.tolist() == ["P0001", "P0002"]
    assert not set(one) & {hashlib.sha256(name.encode()).hexdigest()[:16] for name in names}


@pytest.mark.parametrize(("key", "got"), [(b"short", "5 bytes"), ("k" * 32, "str")])
def test_a_key_has_sixteen_bytes(key, got):
    with pytest.raises(ValueError, match=f"key: 16 bytes or more are needed, got {got}"):
        privacy.pseudonyms(["P1"], key)


def test_two_labels_of_the_same_text_are_refused():
    with pytest.raises(ValueError, match="two of them come out the same"):
        privacy.pseudonyms([1, "1"], b"k" * 16)


def counted(counts):
    """Rows whose cross table is this one."""
    i, j = np.nonzero(counts)
    rows = pd.DataFrame({"row": i, "column": j}).loc[
        np.repeat(np.arange(len(i)), np.asarray(counts)[i, j])
    ]
    return rows.map("x{}".format)


def possible(shown, k):
    """What a hidden count can be, by looking at all tables up to 12 a cell: 2 × 2 with totals."""
    seen = shown.to_numpy(dtype=object)
    found = {}
    for a in range(13):
        for b in range(13):
            for c in range(13):
                for d in range(13):
                    table = np.array([[a, b, a + b], [c, d, c + d], [a + c, b + d, a + b + c + d]])
                    if all(
                        pd.isna(s) or s == t
                        for s, t in zip(seen.ravel(), table.ravel(), strict=True)
                    ):
                        for at in np.argwhere(pd.isna(seen)).tolist():
                            found.setdefault(tuple(at), set()).add(int(table[tuple(at)]))
    return found


def test_bounds_of_hidden_counts_agree_with_looking_at_all_tables():
    counts = [[2, 5], [3, 1]]
    rows = counted(counts)
    whole = pd.crosstab(rows["row"], rows["column"], margins=True, margins_name="all")
    for hide in (
        [(0, 0)],
        [(0, 0), (0, 1)],
        [(0, 0), (0, 1), (1, 0), (1, 1)],
        [(0, 0), (1, 1), (0, 2)],
    ):
        table = whole.astype("Int64")
        for i, j in hide:
            table.iat[i, j] = pd.NA
        bounds = privacy.hidden_bounds(table).set_index(["row", "column"])
        for (i, j), values in possible(table, 5).items():
            low, high = bounds.loc[(table.index[i], table.columns[j]), ["low", "high"]]
            assert (low, high) == (min(values), max(values))


@pytest.mark.slow
@pytest.mark.parametrize("k", [1, 3, 5])
def test_no_group_under_k_is_shown_or_can_be_worked_out(k):
    rng = np.random.default_rng(k)
    hidden = 0
    for _ in range(4):
        m, n = rng.integers(2, 5, size=2)
        counts = rng.choice([0, 1, 2, 4, 5, 7, 9, 30], size=(m, n))
        counts[0, 0] += counts.sum() == 0
        rows = counted(counts)
        table = privacy.safe_table(rows, "row", "column", k)
        true = pd.crosstab(rows["row"], rows["column"], margins=True, margins_name="all")
        true = true.reindex(index=table.index, columns=table.columns)
        shown = table.notna()
        assert (table[shown].fillna(0) == true[shown].fillna(0)).all(axis=None)
        assert (true[shown].min(axis=None) >= k) or not shown.any(axis=None)
        for row, column, low, high in privacy.hidden_bounds(table).itertuples(index=False):
            if true.at[row, column] < k:
                hidden += 1
                assert low == 0
                assert high >= k
        # Line by line: a total less what is shown is no group under k, unless nothing is hidden.
        for lines in (table, table.T):
            inner = lines.iloc[:-1]
            rest = lines.loc["all"] - inner.sum()
            gone = inner.isna().any() & lines.loc["all"].notna()
            assert (rest[gone] >= k).all()
    assert hidden


def test_hiding_small_counts_alone_gives_them_away(every):
    visits = every["medical"].extra["visits"]
    whole = pd.crosstab(
        visits["district"], visits["field"], margins=True, margins_name="all"
    ).astype("Int64")
    naive = whole.mask(whole < 5)
    found = privacy.hidden_bounds(naive)
    assert ((found["low"] == found["high"]) | (found["high"] < 5)).any()


def test_risk_by_hand():
    frame = pd.DataFrame({"a": [1, 1, 1, 2, 2, 3], "b": list("xxyzzw")})
    assert privacy.share_at_risk(frame, ["a"]) == 1 / 6
    assert privacy.share_at_risk(frame, ["a"], 3) == 1 / 2
    assert privacy.share_at_risk(frame, ["a", "b"]) == 2 / 6
    who = frame.assign(who=[0, 0, 0, 0, 0, 0])  # all of one person: a group of one
    assert privacy.share_at_risk(who, ["a"], 2, "who") == 1
    each = frame.assign(who=range(6))
    assert privacy.share_at_risk(each, ["a"], 3, "who") == privacy.share_at_risk(frame, ["a"], 3)
    risks = [privacy.share_at_risk(frame, ["a", "b"], k) for k in range(1, 8)]
    assert risks[0] == 0 and risks[-1] == 1 and (np.diff(risks) >= 0).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda frame: privacy.share_at_risk(frame, ["a"], 0),
            "k must be a whole number of at least 1, got 0",
        ),
        (
            lambda frame: privacy.safe_table(frame, "a", "b", 2.5),
            "k must be a whole number of at least 1, got 2.5",
        ),
        (lambda frame: privacy.share_at_risk(frame, ["z"]), "columns: z is not one of a, b"),
        (lambda frame: privacy.share_at_risk(frame, ["a"], 2, "z"), "identity: z is not one of"),
        (lambda frame: privacy.share_at_risk(frame, "a"), "a list of one name or more"),
        (lambda frame: privacy.share_at_risk(frame.iloc[:0], ["a"]), "there are no rows"),
        (
            lambda frame: privacy.safe_table(frame, "a", "b"),
            "column b: a value is missing, or is 'all'",
        ),
        (
            lambda frame: privacy.hidden_bounds(pd.DataFrame([[None, -1], [1, 1]])),
            "a count must not be negative",
        ),
        (
            lambda frame: privacy.hidden_bounds(pd.DataFrame([[None, 9], [4, 3]])),
            "contradict each other",
        ),
    ],
)
def test_bad_tables_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(pd.DataFrame({"a": [1, 2], "b": ["x", "all"]}))


# Panels


def test_the_service_panel_shows_the_day(every):
    scene = every["service"]
    panel = panels.service_panel(scene, threshold=0.5, staff=5)
    panel["threshold"].value, panel["person"].value = 0.7, 5.0
    day = scenes.hand_over(scene.extra["inquiries"], 0.7, 5)
    facts = panel.view.facts
    assert facts["share answered by people"] == day.by_people
    assert facts["longest queue (customers)"] == day.longest_queue
    assert facts["cost of the day (€)"] == day.cost(5.0)
    assert facts["cheapest threshold"] == scenes.cheapest_threshold(5.0)
    assert "more work than time" in panel.output.value
    assert facts["the same in the busiest hour"] == day.by_hour["load"].max()
    panel["staff"].value = 2
    # with two people there is none, which is no threshold of 0
    assert 0 < facts["highest threshold whose work fits the day"] < 1
    assert math.isnan(panel.view.facts["highest threshold whose work fits the day"])
    assert '<td class="n">–</td>' in panel.output.value
    assert "Even at 0" in panel.output.value
    panel.reset()
    assert panel.view.facts == panel.start.facts


@pytest.mark.slow
def test_the_content_panel_shares_and_bars(every):
    panel = panels.content_panel(every["content"])
    strict = panel.view.facts
    assert strict["reviews by an author"] == strict["reviews by somebody tied to one"] == 0
    panel["rule"].value = "Shapley"
    assert panel.view.facts["income"].sum() == pytest.approx(strict["income"].sum())
    assert panel.view.facts["Gini of incomes"] == cn.matching.gini(panel.view.facts["income"])
    panel["reach"].value = "anybody"
    assert panel.view.facts["reviews by an author"] > 0
    panel["reach"].value = "nor who is tied to these"
    assert "city guide needs 2 workers" in panel.view.problem
    panel.reset()
    assert panel.view.problem == ""


def test_the_medical_panel_gates_and_hides(every):
    scene = every["medical"]
    panel = panels.medical_panel(scene)
    assert panel.view.facts["places without a credential"] == 0
    panel["gate"].value = "ignored"
    assert panel.view.facts["places without a credential"] > 0
    assert panel.view.facts["sum of Q"] > panel.start.facts["sum of Q"]
    panel["k"].value = 1
    table = privacy.safe_table(scene.extra["visits"], "district", "field", 1)
    assert panel.view.facts["counts hidden"] == table.isna().sum().sum()
    panel["gate"].value = "hard gate"
    panel["limit"].value = 1
    assert "12 places" in panel.view.problem
