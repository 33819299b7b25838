"""Every number of the paper that the package stores, digit by digit, and every number of the paper.

``paper_figures.txt`` holds the figures as printed. The package is compared with it here, so that
neither has a number that the other lacks. The file is compared with the paper's own text where that
is at hand: in a folder that CROWDNB_PAPER names, or in shared/source beside the repository. The text
itself is not part of the repository.
"""

import inspect
import math
import os
import re
import unicodedata
from math import perm
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.ability.weights import LEVELS
from crowdnb.experiments import random_problems
from crowdnb.experiments.studies import CHANCES

ex = cn.experiments
FIGURES = Path(__file__).with_name("paper_figures.txt")
FOLDER = Path(os.environ.get("CROWDNB_PAPER") or Path(__file__).parents[2] / "shared" / "source")
TITLE = "支持工人能力模糊度量和角色协同的软件众包任务分配方法"
ARTICLE = "AI时代的就业形态创新:众包用工和共享用工"
# The extraction has these in place of a point, a hyphen and an asterisk of running text.
UNMAPPED = str.maketrans("\ue010\ue011\ue012", ".-*")
DECIMALS = re.compile(r"\d+(?:\.\d+)+")  # more than one where they run together


def read(text):
    """The sections of the file: rows of figures by name."""
    sections = {}
    for line in text.splitlines():
        if name := re.fullmatch(r"\[(.+)\]", line):
            rows = sections[name[1]] = {}
        elif line and not line.startswith("#"):
            label, figures = re.split(r" {2,}", line, maxsplit=1)
            rows[label] = figures.split()
    return sections


PRINTED = read(FIGURES.read_text(encoding="utf-8"))


def rows(frame):
    """A row of numbers a label; intervals give their ends in turn."""
    return {str(label): values.tolist() for label, values in frame.iterrows()}


def tables():
    """What the package holds of each table."""
    case, published = cn.load_case_study(), cn.experiments.PUBLISHED
    q = rows(case.published.qualification.T)
    return {
        "table 1": rows(case.ability),
        "table 2": rows(case.demand),
        "table 3": rows(case.published.possibility),
        "table 4, a0 to a5": {task: row[:6] for task, row in q.items()},
        "table 4, a6 to a11": {task: row[6:] for task, row in q.items()},
        "task conflicts": rows(case.task_conflicts),
        "assignment": rows(case.published.assignment),
        "section 6": {"weights": case.criteria_weights.tolist()},
        "result": {
            "required": case.required.tolist(),
            "performance": [case.published.performance],
        },
        **{f"table {k}": rows(published[f"table{k}"].T) for k in (6, 7, 8, 9)},
    }


def as_printed(value, figure):
    """A number with as many decimals as the figure has; N/A where there is none."""
    return "N/A" if math.isnan(value) else f"{value:.{len(figure.partition('.')[2])}f}"


@pytest.mark.parametrize("name", tables())
def test_a_table_of_the_package_is_the_printed_one(name):
    ours, printed = tables()[name], PRINTED[name]
    assert list(ours) == list(printed)
    for label, figures in printed.items():
        assert len(ours[label]) == len(figures), label
        assert [as_printed(*pair) for pair in zip(ours[label], figures, strict=True)] == figures
        exact = [float(figure.replace("N/A", "nan")) for figure in figures]
        assert ours[label] == pytest.approx(exact, rel=1e-15, abs=0, nan_ok=True)


def test_each_table_is_compared():
    others = {"sections 3 and 5", "section 7", "after table 6", "section 7.3", "section 7.4"}
    assert set(PRINTED) == {*tables(), *others}


def test_figures_of_running_text_are_those_of_the_package():
    def of(section, label):
        return [float(figure) for figure in PRINTED[section][label]]

    stars = pd.DataFrame({"worker": [1, 2, 5], "criterion": "skill", "rating": [1, 2, 5]})
    points = cn.ability_intervals(cn.count_ratings(stars))["skill", "low"]
    assert of("sections 3 and 5", "stars") == points.loc[[5, 1, 2, 5]].tolist()
    low, high = of("sections 3 and 5", "gamma")
    assert low <= inspect.signature(cn.ability_intervals).parameters["gamma"].default <= high
    assert of("sections 3 and 5", "levels") == list(LEVELS)
    assert of("section 7", "ends drawn") == [random_problems._LOW, random_problems._HIGH]
    assert of("section 7.3", "p of table 8") == [CHANCES[0], CHANCES[-1]]
    table6 = ex.stored("table6")
    assert set(table6["p"]) == set(of("section 7", "p of table 6"))
    assert set(ex.stored("table9")["p"]) == set(of("section 7.4", "p of table 9"))
    assert of("after table 6", "largest") == [ex.PUBLISHED["table6"].at[60, "CPLEX"]]


def test_the_numbers_that_run_together_are_taken_apart_as_the_search_grows():
    """An exhaustive search looks at every way of filling the places: 5 of 15 workers, 6 of 20."""
    slow = ex.PUBLISHED["table6"]["exhaustive"]
    assert slow[20] / slow[15] == pytest.approx(perm(20, 6) / perm(15, 5), rel=0.01)
    assert slow[15] / slow[10] > 100  # the first is too short to be measured to a tenth


def source(title):
    """The text with this title, where it is at hand."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt")))
    whole = (unicodedata.normalize("NFKC", text).translate(UNMAPPED) for text in texts)
    found = next((text for text in whole if title[:12] in text), None)
    if found is None:
        pytest.skip("CROWDNB_PAPER names no folder with this text")
    return found


@pytest.fixture(scope="module")
def paper():
    return source(TITLE)


def test_the_papers_text_has_these_decimals_and_no_others(paper):
    """In order; headings are left out. Digits are compared, since two pairs run together."""
    text = re.sub(r"^[1-8]\.[1-5]\s.*$", "", paper, flags=re.MULTILINE)
    lines = [[label, *row] for rows in PRINTED.values() for label, row in rows.items()]
    printed = [word for line in lines for word in line if DECIMALS.fullmatch(word)]
    assert "".join(DECIMALS.findall(text)) == "".join(printed)


def test_the_papers_text_has_these_matrices(paper):
    rows = re.findall(r"(?:^|[^\d ])[ \t]*((?:[01] ){4}[01])\s*$", paper, flags=re.MULTILINE)
    named = [PRINTED["task conflicts"], PRINTED["assignment"]]
    assert rows == [" ".join(row) for matrix in named for row in matrix.values()]


def test_the_papers_text_has_these_whole_numbers(paper):
    text = re.sub(r"\s", "", paper)
    assert f"L=[{','.join(PRINTED['result']['required'])}]" in text
    for table in ("table 6", "table 8"):  # they have N/A and 0 among their decimals
        assert all("".join(figures) in text for figures in PRINTED[table].values())


def chinese(text):
    """Each run of Chinese in a text."""
    return re.findall(r"[\u4e00-\u9fff]+", unicodedata.normalize("NFKC", text))


def without_marks(text):
    """A source without white space, and without the asterisks that set words in bold."""
    return re.sub(r"[\s*]", "", text)


HOME = Path(__file__).parents[1]
NOTEBOOKS = sorted((HOME / "notebooks").glob("**/[01][0-9]_*.ipynb"))
TEXTS = sorted([*HOME.glob("*.md"), *HOME.glob("docs/*.md"), *HOME.glob("crowdnb/data/*/*.md")])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_words_that_a_notebook_quotes_are_its_sources(path):
    """09 to 11 quote the article, the others the paper."""
    text = without_marks(source(ARTICLE if "09" <= path.stem < "12" else TITLE))
    cells = nbformat.read(path, as_version=4).cells
    assert [(q, cell.id) for cell in cells for q in chinese(cell.source) if q not in text] == []


def test_the_words_that_documents_quote_are_a_sources(paper):
    text = without_marks(paper + source(ARTICLE))
    read = {path.name: chinese(path.read_text(encoding="utf-8")) for path in TEXTS}
    assert read["CONTRIBUTING.md"]
    assert [(q, name) for name, words in read.items() for q in words if q not in text] == []
