"""Ingesting keeps the same articles for each feed as sorting all of its articles."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.config import load_config
from feedpub.history.ledger import Ledger
from feedpub.planning.routing import ingest

START = datetime(2023, 1, 1, tzinfo=UTC)
NOW = datetime(2024, 1, 1, tzinfo=UTC)
ROOM = 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("intake")
    (folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: [{{path: in.txt, timezone: UTC}}]
feeds:
  oil: {{title: Oil, any: [oil]}}
  gas: {{title: Gas, any: [gas]}}
  both: {{title: Both, all: [oil, gas]}}
output: {{max_items: {ROOM}}}
""")
    return folder


records = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["oil, gas", "oil", "gas", "tea"])),
    unique_by=lambda record: record[0],
    min_size=5,
)


@pytest.mark.slow
@given(records)
def test_each_feed_gets_the_newest_that_its_rule_takes_in_whatever_order_they_come(folder, stream):
    times = [START + timedelta(hours=hour) for hour, _ in stream]
    (folder / "in.txt").write_text(
        "".join(
            f"Title {time:%j %H}\n{words} at {time:%j %H}\n{time:%Y-%m-%d %H:%M}\n"
            for time, (_, words) in zip(times, stream, strict=True)
        )
    )
    with closing(Ledger(folder / "no-ledger")) as past:
        taken = ingest(load_config(folder / "c.yaml"), NOW, past)
    wanted = ({"oil", "oil, gas"}, {"gas", "oil, gas"}, {"oil, gas"})
    assert taken.articles == len(stream)
    for selected, words in zip(taken.selected, wanted, strict=True):
        expected = sorted((hour for hour, of in stream if of in words), reverse=True)[:ROOM]
        assert [(s.article.published - START) / timedelta(hours=1) for s in selected] == expected
