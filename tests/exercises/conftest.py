"""In all tests of exercises: what a verdict says is what it counts."""

import re

import pytest

from crowdnb.exercises.verdict import Verdict


@pytest.fixture(autouse=True)
def words_and_points_agree(monkeypatch):
    """A text that begins with Right, and no other, comes with the points."""
    complete = Verdict.__post_init__

    def compared(self):
        complete(self)
        if re.match(r"Right[:.,]", self.said) and not self.right:
            raise AssertionError(f"said to be right, without points: {self.said}")
        if self.right and self.said and not self.said.startswith("Right"):
            raise AssertionError(f"points for: {self.said}")

    monkeypatch.setattr(Verdict, "__post_init__", compared)
