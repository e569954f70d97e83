import pytest

from monitor.core.model import Destination, Level


@pytest.mark.parametrize(
    ("destination", "written"),
    [
        pytest.param(Destination("telegram", "-1001"), "telegram:-1001", id="group"),
        pytest.param(Destination("telegram", "-1001", 7), "telegram:-1001/7", id="topic"),
        pytest.param(Destination("terminal"), "terminal:", id="terminal"),
    ],
)
def test_a_destination_is_written_and_read_back(destination, written):
    assert str(destination) == written
    assert Destination.read(written) == destination


@pytest.mark.parametrize("written", ["", "telegram", ":42", "telegram:1/x"])
def test_what_is_no_destination_is_refused(written):
    with pytest.raises(ValueError):
        Destination.read(written)


def test_levels_are_words_and_ordered():
    assert [level.word for level in sorted(Level)] == ["info", "alert", "flash"]
