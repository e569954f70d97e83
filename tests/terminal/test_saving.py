"""Files that come to the terminal lie in its folder afterwards."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from monitor.chat.message import Attachment, Message
from monitor.terminal.saving import saved

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("content", [b"a,b", io.BytesIO(b"a,b")], ids=["bytes", "file"])
def test_a_file_is_saved_and_said_so(tmp_path: Path, content: bytes | io.BytesIO) -> None:
    told = saved(Message("3 stories", attachment=Attachment("x.csv.gz", content)), tmp_path)

    assert told.text == f"3 stories\nSaved as {tmp_path / 'x.csv.gz'}"
    assert told.attachment is None
    assert (tmp_path / "x.csv.gz").read_bytes() == b"a,b"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    for _ in range(3):
        saved(Message("x", attachment=Attachment("x.csv.gz", b"new")), tmp_path)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["x-2.csv.gz", "x-3.csv.gz", "x.csv.gz"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    told = saved(Message("x", attachment=Attachment("x.csv", b"")), tmp_path / "nowhere")

    assert "could not be saved" in told.text


def test_words_and_pictures_stay_words(tmp_path: Path) -> None:
    picture = Message("figures", attachment=Attachment("x.png", b"", picture=True))

    assert saved(Message("hello"), tmp_path) == Message("hello")
    assert saved(picture, tmp_path) == Message("figures")
    assert list(tmp_path.iterdir()) == []
