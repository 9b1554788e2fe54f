"""``init`` dates records by their files only if nothing else gives a date."""

import pytest

TEXTS = {
    "on-boats.txt": "On boats\n\nA boat is a boat.\n",
    "on-mills.txt": "On mills\n\nMills turn in the wind.\n",
    "notes/towers.md": "# Towers\n\nThey stand.\n",
    "notes/inns.md": "# Inns\n\nThey are warm.\n",
}
DATED = {"news.json": '[{"title": "T", "body": "B", "date": "2023-10-09T14:25:00Z"}]'}
ABOUT = {"README.md": "# A program\n\nIt runs.\n", "CHANGELOG.md": "# Changes\n\nNone.\n"}


@pytest.mark.parametrize(
    ("files", "articles", "by_file"), [(TEXTS, 4, True), (TEXTS | DATED, 1, False), (ABOUT, 0, False)]
)
def test_only_where_nothing_else_gives_a_date(files, articles, by_file, command, tmp_path):
    for name, text in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    done = command(tmp_path, "init", "in")
    config = (tmp_path / "config.yaml").read_text() if (tmp_path / "config.yaml").exists() else ""
    assert ("date: mtime" in config) == by_file
    if articles:
        assert done.returncode == 0
        built = command(tmp_path, "build").stdout
        assert f"{articles} article" in built
