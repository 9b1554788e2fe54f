"""The rooms of docs/architecture.md, held against the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "feedpub"


def table() -> dict[str, set[str]]:
    """Each room of the table with the rooms that it may import."""
    rooms = {}
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            allowed = cells[2]
            rooms[cells[0].strip("`")] = (
                set() if allowed == "–" else {name.strip() for name in allowed.split(",")}
            )
    return rooms


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports(file: Path) -> set[str]:
    """The modules of the package that ``file`` imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports inside the package are absolute"
            assert node.module
            found |= (
                {node.module}
                if node.module != "feedpub"
                else {f"feedpub.{alias.name}" for alias in node.names}
            )
    return {name for name in found if name.split(".")[0] == "feedpub" and name != "feedpub"}


def modules() -> list[Path]:
    return sorted(file for file in PACKAGE.rglob("*.py") if file.name != "__main__.py")


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_only_what_its_rooms_row_allows(file):
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    room = parts[0]
    rooms = table()
    allowed = {"validator"} if room == "__init__" else rooms[room]
    if "all" in allowed:
        return
    taken = {room_of(name) for name in imports(file)} - {room}
    # ``feedpub.__version__`` and the like are no room.
    taken = {name for name in taken if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()}
    assert taken <= allowed


def test_every_room_of_the_table_exists_and_every_module_has_a_row():
    there = {file.relative_to(PACKAGE).with_suffix("").parts[0] for file in modules()} - {"__init__"}
    assert there == set(table())


def test_the_table_itself_has_no_circle():
    rooms = {room: allowed for room, allowed in table().items() if "all" not in allowed}
    while rooms:
        ground = {room for room, allowed in rooms.items() if not allowed & set(rooms)}
        assert ground, f"these import each other: {sorted(rooms)}"
        for room in ground:
            del rooms[room]


def test_only_syndication_imports_feedgen():
    importers = {file.name for file in modules() if "feedgen" in file.read_text().replace("``feedgen``", "")}
    users = {
        name
        for name in importers
        if any(
            line.startswith(("from feedgen", "import feedgen"))
            for file in PACKAGE.rglob(name)
            for line in file.read_text().splitlines()
        )
    }
    assert users == {"syndication.py"}


def test_nothing_below_the_command_line_reads_the_clock_or_prints():
    offenders = []
    for file in modules():
        if "cli" in file.parts or file.name == "manual.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in {
                    "print",
                    "datetime.now",
                    "datetime.utcnow",
                    "date.today",
                    "time.time",
                    "datetime.today",
                }:
                    offenders.append(f"{file.relative_to(ROOT)}:{node.lineno} {called}")
    assert not offenders
