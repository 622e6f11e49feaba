"""`trieroute run`: a program runs as under `python`, but with trieroute."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

import trieroute
from trieroute._commands.cli import cli

PROGRAM = """\
import sys
from werkzeug.routing import Map

if __name__ == "__main__":
    print(sys.argv)
    print(sys.path[0])
    print(Map.__module__.partition(".")[0])
"""

USAGE = "Usage: trieroute run SCRIPT [ARGS]..."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "program.py").write_text(PROGRAM, encoding="utf-8")
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "module.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Whether a free-threaded Python keeps its GIL is for these programs what it is for the tests.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") or name == "PYTHON_GIL"
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(folder, "-m", "trieroute", "run", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("scripts/program.py",),
        ("scripts/program.py", "-m", "--help", "x"),
        ("-m", "module", "-m", "--help"),
        ("-m", "package", "run"),
    ],
)
def test_program_sees_what_it_would_under_python(folder: Path, arguments: tuple[str, ...]) -> None:
    result, plain = run(folder, *arguments), python(folder, *arguments)
    assert plain.stdout.endswith("werkzeug\n"), plain.stderr
    assert result.stdout == plain.stdout.replace("werkzeug\n", "trieroute\n"), result.stderr
    assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture
def archive(folder: Path) -> Path:
    with ZipFile(folder / "package.pyz", "w") as file:
        file.write(folder / "package" / "__main__.py", "__main__.py")
    return folder


@pytest.mark.parametrize("program", ["package", "./package", "package.pyz"])
def test_program_is_a_directory_or_an_archive(archive: Path, program: str) -> None:
    result, plain = run(archive, program, "x"), python(archive, program, "x")
    assert plain.stdout == f"{[program, 'x']}\n{archive}/{program}\nwerkzeug\n", plain.stderr
    assert result.stdout == plain.stdout.replace("werkzeug\n", "trieroute\n"), result.stderr


#: Shows what ``__main__`` holds, without the addresses of objects.
ATTRIBUTES = """\
import re, sys
import __main__

for attribute in sorted(vars(__main__).items()):
    print(*(re.sub(" at 0x[0-9a-f]+", "", repr(part)) for part in attribute))
"""


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("scripts/program.py",), "scripts/program.py"),
        (("./module.py",), "./module.py"),
        (("package",), "package/__main__.py"),
        (("package.pyz",), "package.pyz/__main__.py"),
        (("-m", "module"), "module.py"),
        (("-m", "package"), "package/__main__.py"),
        (("-m", "package.__main__"), "package/__main__.py"),
    ],
)
def test_attributes_of_main(folder: Path, arguments: tuple[str, ...], file: str) -> None:
    for program in ("scripts/program.py", "module.py", "package/__main__.py"):
        (folder / program).write_text(ATTRIBUTES, encoding="utf-8")
    with ZipFile(folder / "package.pyz", "w") as archive:
        archive.writestr("__main__.py", ATTRIBUTES)
    result, plain = run(folder, *arguments), python(folder, *arguments)
    assert f"\n'__file__' '{folder}/{file}'\n" in plain.stdout, plain.stderr
    assert result.stdout == plain.stdout, result.stderr


def test_bytecode(folder: Path) -> None:
    py_compile.compile(str(folder / "module.py"), cfile=str(folder / "compiled.pyc"), doraise=True)
    result = run(folder, "compiled.pyc")
    assert result.stdout == f"['compiled.pyc']\n{folder}\ntrieroute\n", result.stderr


@pytest.mark.parametrize("arguments", [("program.py",), ("-m", "program")])
def test_main_stays_until_the_interpreter_ends(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "program.py").write_text(
        "import atexit, pickle, threading\n"
        "class Item: pass\n"
        "def show(): print(type(pickle.loads(pickle.dumps(Item()))))\n"
        "def outlive(): threading.main_thread().join(); show()\n"
        "atexit.register(show)\n"
        "threading.Thread(target=outlive).start()\n",
        encoding="utf-8",
    )
    result = run(folder, *arguments)
    assert (result.stdout, result.stderr) == ("<class '__main__.Item'>\n" * 2, "")


def test_script_that_changes_the_directory(folder: Path) -> None:
    (folder / "changes.py").write_text(
        "import os; os.chdir('/'); import flask; print(flask.Flask(__name__).root_path)\n",
        encoding="utf-8",
    )
    assert run(folder, "changes.py").stdout == f"{folder}\n"


def test_traceback_shows_the_program_below_three_frames_of_ours(folder: Path) -> None:
    (folder / "fails.py").write_text("1 / 0\n", encoding="utf-8")
    code = "from trieroute.__main__ import main; main()"
    result = python(folder, "-c", f"import sys; sys.argv = ['', 'run', 'fails.py']; {code}")
    files = [line.split('"')[1] for line in result.stderr.splitlines() if line.startswith("  File")]
    assert [Path(file).name for file in files] == [
        "<string>",
        "__main__.py",
        "run.py",
        "fails.py",
    ]


@pytest.mark.parametrize("program", ["module.py", "package"])
def test_path_of_a_program_in_isolated_mode(folder: Path, program: str) -> None:
    (folder / "module.py").write_text("import sys; print(sys.path)", encoding="utf-8")
    shutil.copy(folder / "module.py", folder / "package" / "__main__.py")
    # Such an interpreter finds no trieroute by PYTHONPATH.
    source = str(Path(trieroute.__file__).parents[1])
    code = (
        f"import sys; sys.path.insert(0, {source!r}); from trieroute._dropin.run import run;"
        f" sys.path.remove({source!r}); run([{program!r}])"
    )
    result, plain = python(folder, "-I", "-c", code), python(folder, "-I", program)
    assert result.stdout == plain.stdout, result.stderr


def test_console_script(folder: Path) -> None:
    code = (
        "import sys; from trieroute.__main__ import main;"
        " sys.argv = ['trieroute', 'run', '-m', 'module']; sys.path[0] = '/nowhere'; main()"
    )
    result = python(folder, "-c", code)
    assert result.stdout.splitlines()[1:] == [str(folder), "trieroute"], result.stderr


@pytest.mark.parametrize("code", ["sys.exit(7)", "sys.exit('message')", "1 / 0", "pass"])
def test_exit_status(folder: Path, code: str) -> None:
    (folder / "ends.py").write_text(f"import sys\n{code}\n", encoding="utf-8")
    result, plain = run(folder, "ends.py"), python(folder, "ends.py")
    assert result.returncode == plain.returncode
    assert result.stderr.splitlines()[-1:] == plain.stderr.splitlines()[-1:]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("nope.py",), 2, "trieroute run: there is no file 'nope.py'"),
        (("-m", "nope"), 1, "trieroute run: there is no module 'nope'"),
        (("-m", "package.nope"), 1, "trieroute run: there is no module 'package.nope'"),
        (("-m", "nope.nope"), 1, "trieroute run: there is no module 'nope.nope'"),
        (("-m", ".nope"), 1, "trieroute run: there is no module '.nope'"),
        (("-m", "xml"), 1, "trieroute run: the package 'xml' has no module '__main__'"),
        (("-m", "sys"), 1, "trieroute run: 'sys' has no code of Python's to run"),
        (("scripts",), 1, "trieroute run: there is no module '__main__' in '{folder}/scripts'"),
        ((), 2, USAGE),
        (("-m",), 2, USAGE),
        (("-x", "scripts/program.py"), 2, USAGE),
    ],
)
def test_no_program(folder: Path, arguments: tuple[str, ...], status: int, message: str) -> None:
    result = run(folder, *arguments)
    assert result.returncode == status
    assert result.stderr.splitlines()[0] == message.format(folder=folder)
    if not message.startswith("Usage"):
        assert python(folder, *arguments).returncode == status


def test_import_error_of_the_program_is_its_own(folder: Path) -> None:
    (folder / "broken.py").write_text("import nope_of_the_program\n", encoding="utf-8")
    result = run(folder, "-m", "broken")
    assert result.returncode == 1
    assert result.stderr.endswith("ModuleNotFoundError: No module named 'nope_of_the_program'\n")


# What the program starts

#: Starts the module ``module`` as a program, and calls ``module.router`` in a worker process.
PARENT = """\
import multiprocessing, subprocess, sys
import module

if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "module"], check=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(module.router))
"""


@pytest.fixture
def parent(folder: Path) -> Path:
    (folder / "module.py").write_text(
        PROGRAM.replace("if __name__", "def router(): return Map.__module__\n\nif __name__"),
        encoding="utf-8",
    )
    (folder / "parent.py").write_text(PARENT, encoding="utf-8")
    return folder


@pytest.mark.parametrize("arguments", [("parent.py",), ("-m", "parent")])
def test_programs_and_workers_that_the_program_starts(
    parent: Path, arguments: tuple[str, ...]
) -> None:
    result = run(parent, *arguments)
    assert result.stdout.splitlines()[2:] == ["trieroute", "trieroute._dropin.install"], (
        result.stderr
    )
    plain = python(parent, *arguments)
    assert plain.stdout.splitlines()[2:] == ["werkzeug", "werkzeug.routing.map"], plain.stderr


def test_path_of_a_program_that_the_program_starts(folder: Path) -> None:
    (folder / "module.py").write_text("import sys; print(sys.path)", encoding="utf-8")
    (folder / "starts.py").write_text(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'module'], check=True)\n",
        encoding="utf-8",
    )
    result, plain = run(folder, "starts.py"), python(folder, "starts.py")
    assert result.stdout == plain.stdout
    assert (result.returncode, result.stderr) == (0, "")


def test_own_sitecustomize_of_a_program_that_the_program_starts(folder: Path) -> None:
    (folder / "sitecustomize.py").write_text("origin = 'own'\n", encoding="utf-8")
    (folder / "starts.py").write_text(
        "import os, subprocess, sys\n"
        f"os.environ['PYTHONPATH'] += os.pathsep + {str(folder)!r}\n"
        "code = 'import sitecustomize, werkzeug.routing as w;'"
        " ' print(sitecustomize.origin, w.Map.__module__)'\n"
        "subprocess.run([sys.executable, '-c', code], check=True)\n",
        encoding="utf-8",
    )
    result = run(folder, "starts.py")
    assert result.stdout == "own trieroute._dropin.install\n", result.stderr


def test_python_path_is_kept_and_given_once(folder: Path) -> None:
    (folder / "shows.py").write_text("import os; print(os.environ['PYTHONPATH'])", encoding="utf-8")
    code = (
        "import os, subprocess, sys; os.environ['PYTHONPATH'] = 'given';"
        " once = [sys.executable, '-m', 'trieroute', 'run'];"
        " subprocess.run([*once, 'shows.py'], check=True);"
        " subprocess.run([*once, '-m', 'trieroute', 'run', 'shows.py'], check=True)"
    )
    result = python(folder, "-c", code)
    once, twice = result.stdout.splitlines()
    assert once.split(os.pathsep)[1:] == ["given"]
    assert twice == once


def test_interpreter_without_trieroute_is_left_alone(folder: Path) -> None:
    venv.create(folder / "bare", with_pip=False, symlinks=True)
    interpreter = folder / "bare" / "bin" / "python"
    (folder / "starts.py").write_text(
        "import subprocess\n"
        f"subprocess.run([{str(interpreter)!r}, '-c', 'print(1)'], check=True)\n",
        encoding="utf-8",
    )
    result = run(folder, "starts.py")
    assert (result.stdout, result.stderr) == ("1\n", "")


@pytest.mark.parametrize("missing", ["core", "werkzeug"])
def test_interpreter_that_cannot_import_trieroute_is_left_alone(folder: Path, missing: str) -> None:
    path = folder / "path"
    # An extension module has another name under another version of Python.
    ignore = shutil.ignore_patterns("*.so" if missing == "core" else "__pycache__")
    shutil.copytree(Path(trieroute.__file__).parent, path / "trieroute", ignore=ignore)
    if missing == "core":
        (path / "werkzeug.py").touch()
    venv.create(folder / "bare", with_pip=False, symlinks=True)
    interpreter = folder / "bare" / "bin" / "python"
    (folder / "starts.py").write_text(
        "import os, subprocess\n"
        f"os.environ['PYTHONPATH'] += os.pathsep + {str(path)!r}\n"
        'code = \'import sys; print(sorted({"trieroute", "werkzeug"} & set(sys.modules)))\'\n'
        f"subprocess.run([{str(interpreter)!r}, '-c', code], check=True)\n",
        encoding="utf-8",
    )
    result = run(folder, "starts.py")
    assert (result.stdout, result.stderr) == ("[]\n", "")


def test_error_of_trieroute_is_seen_where_a_program_starts(folder: Path) -> None:
    (folder / "starts.py").write_text(
        "import os, subprocess, sys\n"
        f"os.environ['PYTHONPATH'] += os.pathsep + {str(folder / 'path')!r}\n"
        "subprocess.run([sys.executable, '-c', 'print(1)'], check=True)\n",
        encoding="utf-8",
    )
    (folder / "path").mkdir()
    (folder / "path" / "werkzeug.py").write_text("raise LookupError('broken')", encoding="utf-8")
    result = run(folder, "starts.py")
    assert result.stdout == "1\n"
    assert "LookupError: broken" in result.stderr


# Help


def test_help(folder: Path) -> None:
    result = run(folder, "--help")
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == USAGE


def test_help_of_click() -> None:
    result = CliRunner().invoke(cli, ["run", "--help"])
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == USAGE
    assert "  run " in CliRunner().invoke(cli, ["--help"]).output


def test_works_without_click(folder: Path) -> None:
    code = (
        "import sys; sys.modules['click'] = None; from trieroute.__main__ import main;"
        " sys.argv = ['trieroute', 'run', 'module.py']; main()"
    )
    result = python(folder, "-c", code)
    assert result.stdout.splitlines()[0] == "['module.py']", result.stderr
    assert result.returncode == 0


def test_too_late(folder: Path) -> None:
    # What the interpreter imports at its start, such as `sitecustomize`, may hold a class.
    (folder / "sitecustomize.py").write_text("from werkzeug.routing import Rule\n")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    result = subprocess.run(
        [sys.executable, "-m", "trieroute", "run", "module.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1
    assert "module sitecustomize has imported Rule as Rule" in result.stderr
    assert result.stdout == ""
