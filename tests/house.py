"""How large the package is and how it hangs together: ``python tests/house.py`` prints the figures.

They are for whoever changes the package: to see, before and after, whether it became easier to
read. What is beyond what the project aims at (450 lines a module, 15 ways through a function, 100
characters a line) is listed below them.

rooms, modules
    Folders and files of crowdnb.
code
    Lines without blanks, comments and docstrings.
module lines
    All lines of a file: the median, and the longest.
branching
    The ways through a function (McCabe), the mean, and how many have more than 15.
public names
    Top-level names without an underscore: what a reader may think is used elsewhere.
layers, edges
    Modules on the longest chain of imports, and pairs of which one imports the other.
long lines
    Of more than 100 characters.
"""

import ast
import io
import json
import statistics
import subprocess
import sys
import tokenize
from functools import cache
from pathlib import Path

import grimp

PACKAGE = Path(__file__).parents[1] / "crowdnb"
WIDTH, BRANCHING, LINES = 100, 15, 450
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(text):
    """The numbers of lines that hold code."""
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NOT_CODE and token.string:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return lines


def public_names(text):
    """Top-level functions, classes and variables without an underscore."""
    names = set()
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                named = (one for target in targets for one in ast.walk(target))
                names |= {one.id for one in named if isinstance(one, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def branching(package):
    """The ways through each function, by file and name, the most first."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "C901"]
    command += ["--config", "lint.mccabe.max-complexity=0", "--output-format", "json", str(package)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    ways = [
        (
            int(one["message"].split("(")[1].split()[0]),
            one["filename"],
            one["message"].split("`")[1],
        )
        for one in found
    ]
    return sorted(ways, reverse=True)


def imports(name):
    """How many modules the longest chain of imports has, and how many pairs there are."""
    graph = grimp.build_graph(name, exclude_type_checking_imports=True)
    uses = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}

    @cache
    def depth(module):
        return 1 + max(map(depth, uses[module]), default=0)

    return max(map(depth, uses)), sum(map(len, uses.values()))


def house(package=PACKAGE):
    """The figures by name, and what is beyond a limit, in words."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
    lengths = {path: text.count("\n") for path, text in texts.items()}
    ways = branching(package)
    over = [(count, Path(path), name) for count, path, name in ways if count > BRANCHING]
    long = {
        path: count
        for path, text in texts.items()
        if (count := sum(len(line) > WIDTH for line in text.splitlines()))
    }
    layers, edges = imports(package.name)
    modules = [path for path in texts if path.name != "__init__.py"]
    figures = {
        "rooms": len({path.parent for path in texts}) - 1,
        "modules": len(modules),
        "code": sum(len(code_lines(text)) for text in texts.values()),
        "module lines, median": int(statistics.median(lengths[path] for path in modules)),
        "module lines, largest": max(lengths.values()),
        f"modules above {LINES} lines": sum(length > LINES for length in lengths.values()),
        "branching, mean": round(statistics.mean(count for count, *_ in ways), 1),
        f"functions above {BRANCHING}": len(over),
        "public names": sum(len(public_names(texts[path])) for path in modules),
        "import layers": layers,
        "import edges": edges,
        f"lines above {WIDTH} characters": sum(long.values()),
    }
    beyond = [
        f"{path.relative_to(package)}: {lengths[path]} lines"
        for path in sorted(lengths, key=lengths.get, reverse=True)
        if lengths[path] > LINES
    ]
    beyond += [f"{path.relative_to(package)}: {name} branches {n} ways" for n, path, name in over]
    beyond += [f"{path.relative_to(package)}: {n} lines too wide" for path, n in long.items()]
    return figures, beyond


if __name__ == "__main__":
    figures, beyond = house()
    for name, value in figures.items():
        print(f"{name:28} {value:>7,}")
    print("", *beyond, sep="\n")
