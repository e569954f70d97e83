"""One suite, every store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db import open_store
from monitor.ports import Store
from tests.build import FEED, NOW


@pytest.fixture(name="new_store")
def fixture_new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens an empty store of the kind under test; all are closed in the end."""
    opened: list[Store] = []

    def open_another() -> Store:
        name = f"sqlite:///{tmp_path}/{len(opened)}.db" if request.param == "sqlite" else "memory:"
        opened.append(open_store(name, now=NOW))
        return opened[-1]

    yield open_another
    for store in opened:
        store.close()


@pytest.fixture(name="store")
def fixture_store(new_store: Callable[[], Store]) -> Store:
    """An empty store that knows FEED."""
    store = new_store()
    store.sync_feeds([FEED], NOW)
    return store


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "new_store" in metafunc.fixturenames:
        metafunc.parametrize("new_store", ["memory", "sqlite"], indirect=True)
