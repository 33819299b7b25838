"""Other scales than whole stars: the marks, what counts hold of them, and what follows."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from helpers.engines import engines
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import crowdnb as cn
from crowdnb.ability.counts import Counts, is_counts, scales_of
from crowdnb.ability.scale import Scale, is_mark

approx = pytest.approx
few = settings(max_examples=25, deadline=None)
SCALES = {"skill": (0, 4), "care": (1, 5, 0.5), "pace": (-2, 2)}
ROWS = [
    ("a10", "skill", 0),
    ("a10", "care", 4.5),
    ("a10", "care", 5),
    ("a10", "pace", -2),
    ("a2", "skill", 4),
    ("a2", "skill", 1),
    ("a2", "care", 1),
    ("a2", "pace", 0),
]


def table(rows=ROWS):
    return pd.DataFrame(rows, columns=["worker", "criterion", "rating"])


def one(*ratings, criterion="skill"):
    return pd.DataFrame({"worker": "a0", "criterion": criterion, "rating": ratings})


def share(mark, lowest, highest):
    """What a mark stands for, written anew."""
    return mark / highest if lowest >= 0 else (mark - lowest) / (highest - lowest)


def by_hand(ratings, lowest, highest, gamma):
    """The interval of eq. 2 and the count rule of values, one after the other."""
    v = [share(mark, lowest, highest) for mark in ratings]
    if len(v) < 6:
        return [min(v), max(v)]
    ex = math.fsum(v) / len(v)
    en = math.sqrt(math.pi / 2) * math.fsum(abs(x - ex) for x in v) / len(v)
    s2 = math.fsum((x - ex) ** 2 for x in v) / (len(v) - 1)
    reach = en + gamma * math.sqrt(abs(s2 - en**2))
    return [max(0.0, ex - reach), min(1.0, ex + reach)]


@pytest.mark.parametrize(
    ("scale", "marks", "told"),
    [
        (Scale(0, 4), [0, 1, 2, 3, 4], "0 to 4"),
        (Scale(1, 3, 0.5), [1, 1.5, 2, 2.5, 3], "1 to 3 in steps of 0.5"),
        (Scale(-2, 2, 2), [-2, 0, 2], "-2 to 2 in steps of 2"),
        (Scale(0, 1, 0.1), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], None),
        (Scale(0, 1, 1 / 3), [0, 1 / 3, 2 / 3, 1], None),
        (Scale(3, 3), [3], "3 to 3"),
        (Scale(Decimal("0.5"), np.int8(1), Fraction(1, 4)), [0.5, 0.75, 1], None),
    ],
)
def test_marks_are_the_numbers_that_people_write(scale, marks, told):
    assert scale.marks.tolist() == marks
    assert told is None or str(scale) == told
    assert all(is_mark(mark, scale) for mark in marks)


@pytest.mark.parametrize(
    ("scale", "shares"),
    [
        (Scale(1, 5), [0.2, 0.4, 0.6, 0.8, 1]),
        (Scale(0, 4), [0, 0.25, 0.5, 0.75, 1]),
        (Scale(-2, 2), [0, 0.25, 0.5, 0.75, 1]),
        (Scale(-3, -1), [0, 0.5, 1]),
        (Scale(2, 4), [0.5, 0.75, 1]),
    ],
)
def test_what_marks_stand_for(scale, shares):
    assert scale.shares.tolist() == shares


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            (5, 1),
            "lowest 5 is above highest 1; where the lowest number is the best mark, give 6 - mark",
        ),
        ((0, 5, 2), "steps of 2 from 0 do not lead to 5"),
        ((0, 5, 0), "step must be above 0, got 0"),
        ((0, 5, -1), "step must be above 0, got -1"),
        ((0, 0), "lowest and highest are 0; a mark above 0, or a second one, is needed"),
        ((-1, -1), "lowest and highest are -1; a mark"),
        ((0, math.inf), "highest must be a finite number, got inf"),
        (("0", 5), "lowest must be a finite number, got '0'"),
        ((True, 5), "lowest must be a finite number, got True"),
        ((0, 5, None), "step must be a finite number, got None"),
        ((0, 1, 1e-9), "0 to 1 in steps of 1e-09 has more than 10,001 marks"),
    ],
)
def test_a_scale_that_is_none(given, said):
    with pytest.raises(ValueError, match=f"^scale: {said}"):
        Scale(*given)
    with pytest.raises(ValueError, match=f"^scales: {said}"):
        cn.count_ratings(table(), scales=given)
    with pytest.raises(ValueError, match=f"^scales: pace: {said}"):
        cn.count_ratings(table(), scales={"pace": given})


@pytest.mark.parametrize("rating", [0.25, -0.5, 4.5, True, "1", None, math.nan, math.inf, 1j, 4.01])
def test_is_no_mark(rating):
    assert not is_mark(rating, Scale(0, 4, 0.5))


def test_counts_carry_their_scales():
    counts = cn.count_ratings(table(), scales=SCALES)
    assert is_counts(counts) and isinstance(counts, Counts)
    assert counts.columns.name == "mark"
    assert counts.columns.tolist() == [-2, -1, 0, *np.arange(1, 5.5, 0.5)]
    care = counts.loc[("a10", "care")].dropna()
    assert care.index.tolist() == np.arange(1, 5.5, 0.5).tolist()
    assert care[care > 0].to_dict() == {4.5: 1, 5: 1}
    skill = counts.loc[("a2", "skill")].dropna()
    assert skill.to_dict() == {0: 0, 1: 1, 2: 0, 3: 0, 4: 1}
    assert counts.scales == {one: Scale(*given) for one, given in SCALES.items()}
    assert counts.sum(axis=1).sum() == len(ROWS)


def test_one_scale_for_all_has_no_gaps_and_whole_marks():
    counts = cn.count_ratings(one(0, 3, 3), scales=(0, 3))
    assert counts.columns.tolist() == [0, 1, 2, 3] and counts.columns.dtype == np.int64
    assert counts.to_numpy().tolist() == [[1, 0, 0, 2]] and set(counts.dtypes) == {
        np.dtype("int64")
    }
    assert counts.scales == {"skill": Scale(0, 3)}


@pytest.mark.parametrize("scales", [Scale(1, 5), (1, 5), [1, 5, 1], {"skill": (1, 5)}, {}])
def test_stars_said_as_a_scale_are_stars(scales):
    frame = one(1, 5, 5)
    assert_frame_equal(cn.count_ratings(frame, scales=scales), cn.count_ratings(frame))
    assert cn.count_ratings(frame).scales == {"skill": Scale(1, 5)}


def test_a_criterion_without_a_scale_of_its_own_has_stars():
    counts = cn.count_ratings(table(ROWS[:2]).replace(4.5, 4), stars=7, scales={"skill": (0, 4)})
    assert counts.scales == {"skill": Scale(0, 4), "care": Scale(1, 7)}
    assert counts.columns.tolist() == list(range(8))


@pytest.mark.parametrize("gamma", [0.0, 0.15, 1.0])
@pytest.mark.parametrize("scale", [(0, 4), (1, 5, 0.5), (-3, 3), (0, 100), (0, 1, 0.1), (2, 6)])
def test_intervals_are_those_of_the_shares(scale, gamma):
    marks = Scale(*scale).marks
    rng = np.random.default_rng(3)
    histories = {f"a{tau}": rng.choice(marks, tau) for tau in (1, 2, 5, 6, 7, 30)}
    rows = [(who, "skill", mark) for who, own in histories.items() for mark in own]
    counts = cn.count_ratings(table(rows), scales=scale)
    ability = cn.ability_intervals(counts, gamma)
    for who, marks in histories.items():
        assert ability.loc[who].tolist() == approx(by_hand(marks, *scale[:2], gamma), abs=1e-12)
    clouds = cn.ability_clouds(counts, gamma).droplevel("criterion")
    values = [share(mark, *scale[:2]) for mark in histories["a30"]]
    cloud = cn.backward_cloud(values)
    assert clouds.loc["a30", ["expectation", "entropy", "hyper_entropy", "radicand"]].tolist() == (
        approx([cloud.expectation, cloud.entropy, cloud.hyper_entropy, cloud.radicand], abs=1e-9)
    )
    assert clouds["ratings"].tolist() == [1, 2, 5, 6, 7, 30]


def test_each_criterion_as_if_it_were_alone():
    rng = np.random.default_rng(5)
    rows = [
        (f"a{i}", criterion, mark)
        for i in range(8)
        for criterion, scale in SCALES.items()
        for mark in rng.choice(Scale(*scale).marks, rng.integers(1, 12))
    ]
    together = cn.ability_intervals(cn.count_ratings(table(rows), scales=SCALES))
    for criterion, scale in SCALES.items():
        own = table([row for row in rows if row[1] == criterion])
        alone = cn.ability_intervals(cn.count_ratings(own, scales=scale))
        assert_frame_equal(together[[criterion]], alone, check_exact=True)


def test_the_same_answers_on_a_scale_from_0_lie_further_apart():
    stars = one(2, 3, 3, 4, 5, 4, 4)
    of_stars = cn.ability_clouds(stars).iloc[0]
    from_0 = cn.ability_clouds(
        cn.count_ratings(stars.assign(rating=stars["rating"] - 1), scales=(0, 4))
    ).iloc[0]
    for name in ("entropy", "hyper_entropy"):
        assert from_0[name] == approx(of_stars[name] * 5 / 4)
    assert from_0["expectation"] == approx((of_stars["expectation"] * 5 - 1) / 4)


def test_half_stars_are_stars_doubled():
    halves = one(1.5, 2, 3.5, 4, 4.5, 5, 0.5)
    doubled = halves.assign(rating=(halves["rating"] * 2).astype(int))
    assert_frame_equal(
        cn.ability_intervals(cn.count_ratings(halves, scales=(0.5, 5, 0.5))),
        cn.ability_intervals(doubled, stars=10),
    )


@pytest.mark.slow
@few
@given(st.integers(-5, 5), st.integers(1, 9), st.sampled_from([0.1, 0.5, 1, 3]), st.integers(6, 40))
def test_equal_marks_are_a_point(lowest, steps, step, tau):
    scale = Scale(lowest, lowest + steps * step, step) if lowest + steps * step > 0 else None
    for mark in [] if scale is None else scale.marks:
        cloud = cn.ability_clouds(cn.count_ratings(one(*[mark] * tau), scales=scale)).iloc[0]
        assert cloud["radicand"] == cloud["entropy"] == 0 and not cloud["clipped"]
        assert cloud["low"] == cloud["high"] == approx(share(mark, lowest, scale.highest))


@pytest.mark.parametrize(
    "make",
    [
        lambda: table(ROWS[::-1]),
        lambda: table().astype({"worker": "category", "criterion": "category"}),
        lambda: table().astype({"rating": object}),
        lambda: table().astype({"rating": "float32"}),
        lambda: table().convert_dtypes(),
        lambda: table().assign(rating=[Decimal(str(row[2])) for row in ROWS]),
        lambda: pl.from_pandas(table()),
        lambda: pl.from_pandas(table()).cast({"rating": pl.Float32}).lazy(),
        lambda: pl.from_pandas(table()).cast({"rating": pl.Decimal(6, 2)}),
    ],
)
def test_every_type_counts_alike(make):
    expected = cn.count_ratings(table(), scales=SCALES)
    assert_frame_equal(cn.count_ratings(make(), scales=SCALES), expected)


@pytest.mark.parametrize("kind", ["float32", "float64", object])
def test_tenths_of_every_precision(kind):
    marks = Scale(0, 100, 0.1).marks
    frame = pd.DataFrame({"worker": "a", "criterion": "k", "rating": pd.Series(marks, dtype=kind)})
    for make in [pd.DataFrame] + [pl.from_pandas] * isinstance(kind, str):
        counts = cn.count_ratings(make(frame), scales=(0, 100, 0.1))
        assert (counts.to_numpy() == 1).all() and counts.shape == (1, 1001)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.from_pandas])
def test_the_last_bits_of_a_decimal_do_not_matter(make):
    counts = cn.count_ratings(make(one(0.1 + 0.2, 0.3, 1 - 0.7)), scales=(0, 1, 0.1))
    assert counts[0.3].tolist() == [3]


@pytest.mark.parametrize("steps", [100, 1000])
def test_marks_too_many_for_an_expression_each(steps):
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"worker": "a0", "criterion": "k", "rating": rng.integers(0, steps, 50)})
    for frame in (rows, pl.from_pandas(rows)):
        counts = cn.count_ratings(frame, scales=(0, steps))
        assert counts.iloc[0].tolist() == np.bincount(rows["rating"], minlength=steps + 1).tolist()
        with pytest.raises(ValueError, match=r"criterion k: 0.5 .on 0 to 10+.$"):
            cn.count_ratings(
                type(frame)(rows.assign(rating=[0.5, *rows["rating"][1:]])), scales=(0, steps)
            )


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines)
def test_every_engine_counts_and_complains_alike(engine):
    expected = cn.count_ratings(table(), scales=SCALES)
    assert_frame_equal(cn.count_ratings(engine(table()), scales=SCALES), expected)
    bad = table([*ROWS, ("a2", "care", 0)])
    with pytest.raises(ValueError, match=r"care: 0 \(on 1 to 5 in steps of 0.5\)$"):
        cn.count_ratings(engine(bad), scales=SCALES)
    bad = table([*ROWS, ("a2", "skill", 0.25)])
    with pytest.raises(ValueError, match=r"skill: 0.25 \(on 0 to 4\)$"):
        cn.count_ratings(engine(bad), scales=SCALES)


@pytest.mark.parametrize(
    ("criterion", "rating", "said"),
    [
        ("skill", 5, r"5 \(on 0 to 4\)"),  # a mark of another criterion
        ("skill", 0.5, r"0.5 \(on 0 to 4\)"),
        ("care", 4.25, r"4.25 \(on 1 to 5 in steps of 0.5\)"),
        ("care", 0, r"0 \(on 1 to 5 in steps of 0.5\)"),
        ("pace", -3, r"-3(.0)? \(on -2 to 2\)"),
        ("pace", math.nan, r"nan \(on -2 to 2\)"),
        ("pace", "1", r"'1' \(on -2 to 2\)"),
        ("pace", True, r"True \(on -2 to 2\)"),
        ("skill", 3.9999, r"3.9999 \(on 0 to 4\)"),
    ],
)
@pytest.mark.parametrize("kind", [object, None])
def test_what_is_off_its_scale_is_named(criterion, rating, said, kind):
    frame = table([*ROWS, ("a7", criterion, rating)])
    frame = frame if kind is None else frame.astype({"rating": kind})
    with pytest.raises(
        ValueError,
        match=f"^ratings: not a mark of the scale: worker a7, criterion {criterion}: {said}$",
    ):
        cn.count_ratings(frame, scales=SCALES)


@pytest.mark.parametrize(
    ("scales", "said"),
    [
        ({"speed": (0, 4)}, "there is no rating on speed; there are care, pace, skill"),
        ({"ѕkill": (0, 4)}, "mixes .* with Latin letters"),
        ({"Skill": (0, 4)}, "there is no rating on Skill"),
        ({"skill": 4}, "skill: lowest, highest .* are needed, got 4"),
        ({"skill": (4,)}, "skill: lowest, highest"),
        ({"skill": None}, "skill: lowest, highest .*got None"),
        ({"skill": (0, 4), "skill ": (0, 5)}, "skill"),
        (pd.Series([(0, 4), (0, 5)], ["skill", "skill"]), "skill stands more than once"),
        (5, "lowest, highest .* are needed, got 5"),
        ("0-4", "lowest, highest .* are needed, got '0-4'"),
    ],
)
def test_wrong_scales_are_named(scales, said):
    with pytest.raises(ValueError, match=f"^scales: (criterion labels: )?.*{said}"):
        cn.count_ratings(table().assign(rating=1), scales=scales)


def test_labels_of_scales_are_cleaned():
    frame = table().replace("skill", "skill ")
    for scales in (SCALES, {f" {name}": one for name, one in SCALES.items()}, pd.Series(SCALES)):
        assert_frame_equal(
            cn.count_ratings(frame, scales=scales), cn.count_ratings(table(), scales=SCALES)
        )


def test_merged_counts_are_the_counts_of_joined_histories():
    expected = cn.count_ratings(table(), scales=SCALES)
    for cut in (2, 4, 5):
        parts = [
            cn.count_ratings(table(rows), scales={one: SCALES[one] for _, one, _ in rows})
            for rows in (ROWS[:cut], ROWS[cut:])
        ]
        assert_frame_equal(parts[0] + parts[1], expected, check_dtype=False)
        assert_frame_equal(sum(parts[::-1]), expected, check_dtype=False)
        assert (parts[0] + parts[1]).scales == expected.scales
    stars = cn.count_ratings(one(4))
    marks = cn.count_ratings(one(0, criterion="pace"), scales=(0, 3))
    assert (
        (stars + marks).scales
        == (marks + stars).scales
        == {
            "skill": Scale(1, 5),
            "pace": Scale(0, 3),
        }
    )


def test_decayed_counts_keep_their_scales():
    counts = cn.count_ratings(table(), scales=SCALES)
    assert counts.decay(0.5).scales == counts.scales
    assert_frame_equal(counts.decay(0.5) + counts.decay(0.5), counts, check_dtype=False)


def test_counts_on_other_scales_cannot_be_added():
    left = cn.count_ratings(one(1), scales=(0, 4))
    for right in (cn.count_ratings(one(1), scales=(0, 5)), cn.count_ratings(one(1))):
        with pytest.raises(
            ValueError, match=r"^counts of skill on a scale from 0 to 4 and from . to 5 cannot be"
        ):
            left + right


def test_what_is_no_longer_counts():
    counts = cn.count_ratings(table(), scales=SCALES)
    assert is_counts(counts.copy()) and is_counts(counts.iloc[:1])
    assert not is_counts(counts.iloc[:, ::-1]) and not is_counts(counts.rename_axis(columns=None))
    with pytest.raises(ValueError, match="the marks of care are not evenly spaced"):
        scales_of(counts.drop(columns=3.0))
    for bad in (math.nan, -1, math.inf):
        spoilt = counts.copy()
        spoilt.loc[("a2", "skill"), 4.0] = bad
        with pytest.raises(ValueError, match=r"^counts: \('a2', 'skill'\) must have counts ≥ 0"):
            cn.ability_intervals(spoilt)
        with pytest.raises(ValueError, match=r"^counts: \('a2', 'skill'\) must have counts ≥ 0"):
            counts + spoilt


@pytest.mark.slow
def test_a_project_on_other_scales_solves_and_is_written(tmp_path):
    rng = np.random.default_rng(3)
    rows = [
        (f"a{i}", criterion, mark)
        for i in range(4)
        for criterion, scale in SCALES.items()
        for mark in rng.choice(Scale(*scale).marks, 7)
    ]
    counts = cn.count_ratings(table(rows), scales=SCALES)
    ability = cn.ability_intervals(counts)
    workers, tasks = ability.index, pd.Index(["t1", "t2"], name="task")
    demand = pd.DataFrame(np.tile([0.3, 1.0], (2, 3)), tasks, ability.columns)
    project = cn.Project(
        ability,
        demand,
        pd.Series([0.5, 0.3, 0.2], ability.columns.unique("criterion")),
        pd.Series([1, 2], tasks),
        None,
        pd.DataFrame(0, workers, tasks),
        pd.DataFrame(0, workers, workers),
        counts=counts,
    )
    assert project.solve().status == "optimal"
    assert project.fewest_ratings.tolist() == [7] * 4
    assert set(cn.Scenario("wide", gamma=1.0).intervals(project)[0].index) == set(workers)
    cn.gamma_range(project)
    found = cn.doubt(project, samples=3, rng=0, progress=False)
    assert (found.samples["loss"] >= 0).all()
    project.write(tmp_path / "new")
    again = cn.read_project(tmp_path / "new")
    assert_frame_equal(again.counts, project.counts)
    assert_frame_equal(again.ability, project.ability)
