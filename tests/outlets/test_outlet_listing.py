"""The destinations of rules.yaml become subscriptions, and end with their line."""

from __future__ import annotations

from db.memory import MemoryStore
from monitor.core.model import Destination, Outlet
from monitor.outlets.listing import by_name, sync
from tests.build import CHAT, NOW, book, minutes, subscription

MAIL = Outlet("mail", ("level:flash", "tag:russia"), url="NOTIFY_MAIL")
FEED = Outlet("archive", ("all",), atom="alerts.xml")


def there(store: MemoryStore) -> set[tuple[str, str]]:
    return {(str(each.destination), each.selector) for each in store.subscriptions()}


def test_they_come_change_and_go_and_chats_stay() -> None:
    store = MemoryStore()
    store.subscribe(subscription(CHAT))
    assert sync(store, (MAIL, FEED), NOW) == (3, 0)
    assert there(store) == {
        ("telegram:42", "all"),
        ("apprise:mail", "level:flash"),
        ("apprise:mail", "tag:russia"),
        ("atom:archive", "all"),
    }
    [kept] = store.subscriptions(Destination("atom", "archive"))
    assert (kept.by, kept.title, kept.since) == ("rules.yaml", "archive", NOW)
    assert sync(store, (MAIL, FEED), minutes(5)) == (0, 0)
    assert sync(store, (Outlet("mail", ("all",), url="NOTIFY_MAIL"),), minutes(6)) == (1, 3)
    assert there(store) == {("telegram:42", "all"), ("apprise:mail", "all")}
    assert sync(store, (), minutes(7)) == (0, 1)
    assert there(store) == {("telegram:42", "all")}


def test_by_name_knows_the_kinds_apart() -> None:
    rules = book(destinations=(MAIL, FEED))
    assert by_name(rules, "apprise") == {"mail": MAIL}
    assert by_name(rules, "atom") == {"archive": FEED}
