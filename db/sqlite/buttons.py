"""What buttons carry, in SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from db.rows import to_text
from db.sqlite.connection import Connection


class Buttons:
    """The part of the store that keeps it; each method is one transaction."""

    _link: Connection

    def button_secret(self, fresh: str) -> str:
        """See `Store.button_secret`."""
        with self._link.writing():
            self._link.run(
                "insert into button_secret select ? where not exists (select 1 from button_secret)", (fresh,)
            )
            return str(self._link.all("select secret from button_secret")[0]["secret"])

    def keep_buttons(self, buttons: Mapping[str, str], now: datetime) -> None:
        """See `Store.keep_buttons`."""
        with self._link.writing():
            self._link.add(
                "insert into buttons (key, data, sent_at) values (?, ?, ?) "
                "on conflict (key) do update set sent_at = excluded.sent_at",
                [(key, data, to_text(now)) for key, data in buttons.items()],
            )

    def button(self, key: str) -> str | None:
        """See `Store.button`."""
        with self._link.reading():
            row = self._link.first("select data from buttons where key = ?", (key,))
            return None if row is None else row["data"]

    def drop_buttons(self, before: datetime) -> int:
        """See `Store.drop_buttons`."""
        with self._link.writing():
            return self._link.run("delete from buttons where sent_at < ?", (to_text(before),))
