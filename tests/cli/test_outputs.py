"""What is written goes into what is there, in full or not at all.

A stream that fails is told, and so is Ctrl-C.
"""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from helpers.effort import tries
from helpers.folders import content, copy

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.experiments import runner as sweep
from crowdnb.project import files
from crowdnb.project.files import Appender, write_together, write_whole

COMMAND = [sys.executable, "-m", "crowdnb"]
OTHER = os.geteuid() == 0  # only then can a file of somebody else be made
PAIRS = 9 + 1  # lines of the case study's assignment.csv


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def kind(path):
    """What a path is, its mode and its number."""
    status = os.lstat(path)
    return status.st_mode, status.st_ino


@pytest.fixture
def small_disk():
    """Let no file grow beyond a size, as on a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Into what is there


def test_a_link_a_mode_and_a_second_name_are_kept(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.txt")
    (tmp_path / "far").mkdir()
    (tmp_path / "far link.csv").symlink_to(tmp_path / "far" / "new.csv")
    (tmp_path / "private.csv").write_text("old " * 1000)
    (tmp_path / "private.csv").chmod(0o600)
    (tmp_path / "one.csv").write_text("old")
    os.link(tmp_path / "one.csv", tmp_path / "other")
    for name in ("link.csv", "far link.csv", "private.csv", "one.csv"):
        before = kind(tmp_path / name)
        assert main(["assign", str(folder), "--output", str(tmp_path / name)]) == 0
        assert kind(tmp_path / name)[0] == before[0] and lines(tmp_path / name) == PAIRS
    assert (
        lines(tmp_path / "real.txt")
        == lines(tmp_path / "far" / "new.csv")
        == lines(tmp_path / "other")
        == PAIRS
    )
    assert (tmp_path / "one.csv").samefile(tmp_path / "other")
    (tmp_path / "link.html").symlink_to("real.txt")
    assert main(["report", str(folder), "--output", str(tmp_path / "link.html")]) == 0
    assert (tmp_path / "real.txt").read_text(encoding="utf-8").endswith("</html>\n")
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


def test_a_pipe_and_a_device_are_written_to(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_text()))
    reader.start()
    assert main(["assign", str(folder), "--output", str(tmp_path / "pipe")]) == 0
    reader.join()
    assert len(got[0].splitlines()) == PAIRS and (tmp_path / "pipe").is_fifo()
    if OTHER:  # a copy of /dev/null, never itself
        os.mknod(tmp_path / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        before = kind(tmp_path / "null")
        assert main(["assign", str(folder), "--output", str(tmp_path / "null")]) == 0
        assert kind(tmp_path / "null") == before


@pytest.mark.slow
@pytest.mark.parametrize("where", ["> out.txt", "| head -0"])
def test_standard_output_as_a_file(where, tmp_path):
    """Where a shell has sent it to a file, what is printed and what is written stand one after the other."""
    folder = copy("case_study", tmp_path)
    run = (
        f"{sys.executable} -m crowdnb assign {folder} --output /dev/stdout {where}; echo"
        " ${PIPESTATUS[0]}"
    )
    done = subprocess.run(["bash", "-c", run], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.endswith("0\n") and not done.stderr
    text = (tmp_path / "out.txt").read_text() if where == "> out.txt" else done.stdout
    if where != "| head -0":
        assert (
            text.count("ρ = 2.697283")
            == text.count("worker,task,qualification,fewest_ratings,plan\n")
            == 1
        )
        assert "Written: /dev/stdout\n" in text
    assert not (folder / "assignment.csv").exists()


def test_a_file_open_by_its_number_is_not_replaced(tmp_path):
    if not Path("/proc/self/fd").exists():
        pytest.skip("no numbers of open files here")
    path = tmp_path / "a"
    with path.open("w+") as file:
        write_whole(Path(f"/dev/fd/{file.fileno()}"), b"some text")
        assert file.read() == "some text"


@pytest.mark.skipif(not OTHER, reason="a file of somebody else is needed")
def test_a_file_of_somebody_else_stays_theirs(tmp_path):
    path = tmp_path / "a"
    for old in (b"", b"long " * 100):
        path.write_bytes(old)
        os.chown(path, 12345, 23456)
        path.chmod(0o640)
        before = kind(path)
        write_whole(path, b"new")
        assert path.read_bytes() == b"new" and kind(path) == before
        assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def test_a_new_file_has_the_usual_mode(tmp_path):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o640


def test_a_group_and_the_longest_name_are_kept(tmp_path):
    path = tmp_path / ("n" * 255)
    write_whole(path, b"1")
    if OTHER:
        os.chown(path, -1, 23456)
    write_whole(path, b"2")
    assert path.read_bytes() == b"2" and [item.name for item in tmp_path.iterdir()] == [path.name]
    assert not OTHER or path.stat().st_gid == 23456


@pytest.mark.parametrize("code", ["EBUSY", "EPERM"])
def test_a_file_that_may_not_be_renamed_is_written_in_place(code, tmp_path, monkeypatch):
    """As one that is mounted alone into a container."""

    def fail(*_):
        raise OSError(getattr(files.errno, code), "no")

    path = tmp_path / "a"
    path.write_bytes(b"old")
    before = kind(path)
    monkeypatch.setattr(files.os, "replace", fail)
    write_whole(path, b"new one")
    assert path.read_bytes() == b"new one" and kind(path) == before
    with pytest.raises(OSError, match="no"):
        write_whole(tmp_path / "b", b"")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("what", ["tasks.csv", "options.json", "scenarios.json"])
@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_a_file_of_the_project_is_not_written_into_by_another_name(what, link, tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    if what != "tasks.csv":
        (folder / what).write_text("{}")
    link(folder / what, tmp_path / "another")
    before = content(tmp_path)
    for command in ("assign", "report"):
        assert main([command, str(folder), "--output", str(tmp_path / "another")]) == 2
        out, err = capsys.readouterr()
        assert not out and "is a file of the project" in err
    assert content(tmp_path) == before


# All or nothing


def refused(path, data=b"x" * 10_000):
    """The sentence of a write that fails, which leaves everything as it was."""
    around = path.parent if path.parent.is_dir() else path.parent.parent
    before = content(around), sorted(around.rglob("*"))
    with pytest.raises(OSError, match=r".") as error:
        write_whole(path, data)
    assert error.value.filename == str(path)
    assert (content(around), sorted(around.rglob("*"))) == before
    return error.value.strerror


def test_a_full_disk_leaves_everything_as_it_was(tmp_path, small_disk):
    for name in ("mine", "ours"):
        (tmp_path / name).write_bytes(b"old " * 1000)
    os.link(tmp_path / "ours", tmp_path / "theirs")  # written in place
    small_disk(5000)
    for name in ("mine", "ours", "new"):
        assert refused(tmp_path / name) == "File too large"
    write_whole(tmp_path / "ours", b"y" * 5000)
    assert (tmp_path / "theirs").read_bytes() == b"y" * 5000


def test_what_fails_in_the_middle_is_put_back(tmp_path, monkeypatch):
    (tmp_path / "one").write_bytes(b"old " * 1000)
    os.link(tmp_path / "one", tmp_path / "other")
    plain, calls = os.write, []

    def fail(number, data):
        calls.append(number)
        if len(calls) == 2:
            plain(number, data[:100])
            raise OSError(5, "Input/output error")
        return plain(number, data)

    monkeypatch.setattr(files.os, "write", fail)
    assert refused(tmp_path / "one") == "Input/output error"
    calls.clear()
    calls.append(0)
    assert refused(tmp_path / "one", b"short") == "Input/output error"


def test_a_folder_a_disk_and_a_place_that_is_not_there(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    assert refused(tmp_path / "folder") == "it is a folder"
    assert refused(tmp_path / "gone" / "a") == "No such file or directory"
    assert refused(tmp_path / "file" / "a") == "Not a directory"
    (tmp_path / "loop").symlink_to("loop")
    assert "symbolic link" in refused(tmp_path / "loop")
    if OTHER:
        os.mknod(tmp_path / "disk", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
        assert refused(tmp_path / "disk") == "it is a disk"


@pytest.fixture
def keyboard():
    """Python's own handler of Ctrl-C, which is ignored where tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_the_file(tmp_path, monkeypatch, keyboard):
    (tmp_path / "a").write_bytes(b"old")
    plain = os.write

    def interrupted(number, data):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        return plain(number, data)

    monkeypatch.setattr(files.os, "write", interrupted)
    for name in ("a", "b"):
        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / name, b"new")
        assert (tmp_path / name).read_bytes() == b"new"
    monkeypatch.undo()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a", "b"]
    thread = threading.Thread(target=write_whole, args=(tmp_path / "c", b"from a thread"))
    thread.start()
    thread.join()
    assert (tmp_path / "c").read_bytes() == b"from a thread"


def test_several_files_are_there_together_or_not_at_all(case, tmp_path, small_disk):
    small_disk(1000)  # more than tasks.csv has, and less than ability.csv
    target = tmp_path / "new" / "project"
    with pytest.raises(OSError, match="File too large"):
        case.write(target)
    assert not list(tmp_path.iterdir())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("kept")
    with pytest.raises(OSError, match="File too large"):
        case.write(tmp_path / "mine")
    assert [item.name for item in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    (tmp_path / "mine" / "tasks.csv").symlink_to("nowhere")
    with pytest.raises(FileExistsError, match=r"holds tasks\.csv already"):
        case.write(tmp_path / "mine")
    with pytest.raises(NotADirectoryError):
        write_together(tmp_path / "mine" / "notes.txt", {"a": b""})


def test_scenarios_and_pages_are_written_into_what_is_there(case, tmp_path, small_disk):
    plans = cn.Scenarios(case).keep("mine", gamma=0.2)
    (tmp_path / "real.json").write_bytes(plans.save(tmp_path / "first.json"))
    (tmp_path / "link.json").symlink_to("real.json")
    plans.keep("yours", gamma=0.3).save(tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert [one.name for one in cn.Scenarios.load(case, tmp_path / "real.json").named] == [
        "mine",
        "yours",
    ]
    before = content(tmp_path)
    small_disk(100)
    with pytest.raises(OSError, match="File too large") as error:
        plans.save(tmp_path / "link.json")
    assert error.value.filename == str(tmp_path / "link.json") and content(tmp_path) == before
    with pytest.raises(OSError, match="File too large"):
        cn.report(plans).write(tmp_path / "page.html")
    assert content(tmp_path) == before


def test_rows_of_an_experiment_are_whole_or_not_there(tmp_path, small_disk):
    path = tmp_path / "rows.csv"
    with Appender(path) as append:
        assert append.fresh
        append("one row\n")
        small_disk(20)
        append("two row\n")
        with pytest.raises(OSError, match="File too large") as error:
            append("a row too many\n")
        assert error.value.filename == str(path)
    assert path.read_text() == "one row\ntwo row\n"
    small_disk(3)
    with Appender(tmp_path / "new.csv") as append, pytest.raises(OSError, match="File too large"):
        append("one row\n")
    assert list(tmp_path.iterdir()) == [path]


def test_an_experiment_into_a_pipe_or_behind_a_link(tmp_path, capsys):
    run = [
        "experiment",
        "table8",
        "--repeats",
        "1",
        "--methods",
        "existence",
        "--jobs",
        "1",
        "--output",
    ]
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_text()))
    reader.start()
    assert main([*run, str(tmp_path / "pipe")]) == 0
    reader.join()
    (tmp_path / "link.csv").symlink_to("real.csv")
    (tmp_path / "real.csv").write_text(
        "# crowdnb experiment table8, seed 0; stopped before the first row\n"
    )
    assert main([*run, str(tmp_path / "link.csv")]) == 0
    assert (tmp_path / "link.csv").is_symlink()
    (tmp_path / "got.csv").write_text(got[0])
    assert len(sweep.read(tmp_path / "real.csv")) == len(sweep.read(tmp_path / "got.csv")) == 44


# Streams that fail


STREAMS = {
    "full": (
        "assign F > /dev/full",
        2,
        "crowdnb: standard output cannot be written: No space left on device\n",
    ),
    "closed": ("assign F >&-", 2, "crowdnb: standard output is closed\n"),
    "help": (
        "assign --help > /dev/full",
        2,
        "crowdnb: standard output cannot be written: No space left on device\n",
    ),
    "nobody": ("assign nowhere > /dev/full 2> /dev/full", 2, ""),
    "nobody at all": ("assign F >&- 2>&-", 2, ""),
    "bad input, full": ("assign nowhere 2> /dev/full", 2, "nowhere: 1 problem in the files"),
    "bad input, closed": ("assign nowhere 2>&-", 2, "nowhere: 1 problem in the files"),
    "usage": ("assign --speed 2> /dev/full", 2, ""),
    "nothing to complain": ("assign F <&- 2>&-", 0, "12 workers, 5 tasks"),
}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(("run", "status", "said"), STREAMS.values(), ids=STREAMS)
def test_a_stream_that_fails(run, status, said, tmp_path):
    copy("case_study", tmp_path).rename(tmp_path / "F")
    before = content(tmp_path)
    script = f"{sys.executable} -m crowdnb {run}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path)
    shown = done.stdout + done.stderr
    assert done.returncode == status, shown
    assert shown.startswith(said) and "Traceback" not in shown and "ignored" not in shown
    assert status == 0 or len(shown.splitlines()) <= 2
    assert status == 0 or content(tmp_path) == before


@pytest.mark.parametrize("run", ["assign", "assign none", "report", "case"])
def test_an_answer_that_cannot_be_printed_is_not_written(run, tmp_path, capsys, monkeypatch):
    folder = copy(
        "case_study", tmp_path, {"tasks.csv": ("r0,2", "r0,20")} if run == "assign none" else None
    )
    before = content(tmp_path)
    command = run.split()[0]
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main([command, *[str(folder)] * (command != "case")]) == 2
    assert (
        capsys.readouterr().err
        == "crowdnb: standard output cannot be written: No space left on device\n"
    )
    assert content(tmp_path) == before


# Ctrl-C


def hard(folder):
    """A project that no engine is done with in many minutes."""
    rng = np.random.default_rng(3)
    (workers, tasks), criteria = (range(150), range(45)), ("x", "y", "z")
    low = rng.uniform(0, 0.7, (len(workers), len(criteria)))
    demand = rng.uniform(0.3, 0.7, (len(tasks), len(criteria)))
    folder.mkdir()
    texts = {
        "ability": ["worker,criterion,low,high"],
        "demand": ["task,criterion,low"],
        "tasks": ["task,required", *(f"t{j},1" for j in tasks)],
        "weights": ["criterion,weight", "x,0.2", "y,0.3", "z,0.5"],
        "worker_conflicts": ["worker,other"],
    }
    for k, name in enumerate(criteria):
        texts["ability"] += [f"w{i},{name},{low[i, k]:.6f},{low[i, k] + 0.3:.6f}" for i in workers]
        texts["demand"] += [f"t{j},{name},{demand[j, k]:.6f}" for j in tasks]
    texts["worker_conflicts"] += [
        f"w{i},w{k}" for i in workers for k in range(i) if rng.uniform() < 0.05
    ]
    for name, rows in texts.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return folder


MOMENTS = {
    "assign": tries(3, 8),
    "report": tries(2, 6),
    "case": tries(1, 2),
    "experiment": tries(2, 4),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", MOMENTS)
def test_ctrl_c_at_any_moment_ends_with_a_line(command, tmp_path):
    """From the first imports on, within an engine, and while rows are written."""
    folder = hard(tmp_path / "F")
    run = [*COMMAND, command, *[str(folder)] * (command in ("assign", "report"))]
    if command == "experiment":
        run += ["table7", "--jobs", "2", "--output", str(tmp_path / "rows.csv")]
    before = content(tmp_path)
    rng = np.random.default_rng(MOMENTS[command])
    for moment in rng.uniform(0.2, 1.0 if command == "case" else 2.5, MOMENTS[command]):
        with subprocess.Popen(
            run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        ) as child:
            time.sleep(moment)
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=60)
        # its bar
        said = "".join(
            line for line in said.splitlines(True) if line.strip() and "table7: " not in line
        )
        assert (child.returncode, said) == (130, "crowdnb: stopped from the keyboard.\n"), moment
        (tmp_path / "rows.csv").unlink(missing_ok=True)
        assert content(tmp_path) == before
        assert not list(tmp_path.rglob(".crowdnb*"))


def test_an_answer_that_was_interrupted_is_not_written(tmp_path, capsys, monkeypatch):
    """cn.solve returns the best it knows; whoever pressed Ctrl-C in the command wants none."""

    def plan_of(problem, programs, time_limit):
        return cn.Assignment.of(
            problem, None, "time_limit", "HIGHS", 1.0, reasons=["Stopped from the keyboard."]
        )

    monkeypatch.setattr("crowdnb.project.scenarios.plan_of", plan_of)
    folder = copy("case_study", tmp_path)
    before = content(tmp_path)
    assert main(["assign", str(folder)]) == 130
    assert (
        capsys.readouterr() == ("", "crowdnb: stopped from the keyboard.\n")
        and content(tmp_path) == before
    )


@pytest.mark.slow
def test_an_interrupt_that_somebody_catches_ends_the_command_all_the_same(tmp_path):
    """As cvxpy does while it looks for solvers."""
    code = (
        "import os, signal, sys, time\n"
        "from crowdnb import __main__\n"
        "from crowdnb.cli import terminal\n"
        "terminal.PATIENCE = 0.2\n"
        "sys.argv = ['crowdnb', 'case']\n"
        "def caught(options, keyboard):\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        time.sleep(1)\n"
        "    except BaseException:\n"
        "        WHAT\n"
        "import crowdnb.cli.command\n"
        "crowdnb.cli.command.run = caught\n"
        "sys.exit(__main__.main())\n"
    )
    for what in ("time.sleep(60)", "return 0", "raise ImportError('half loaded') from None"):
        run = [sys.executable, "-c", code.replace("WHAT", what)]
        done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, timeout=30)
        assert (done.returncode, done.stderr) == (
            130,
            "crowdnb: stopped from the keyboard.\n",
        ), what
