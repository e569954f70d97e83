"""The command /settings: all that a chat may choose, with buttons to change it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.chat import wording
from monitor.chat.digests import scheduled
from monitor.chat.excerpt import line
from monitor.chat.helping import usage
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import fill, presses, quoted, row, where
from monitor.chat.times import zone_named
from monitor.chat.tongue import LANGUAGES, known, mark, number, speaking, spoken, tr, trn
from monitor.core.model import DIGESTS, Level, Preferences
from monitor.desk.answers import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from monitor.chat.ask import Ask
    from monitor.desk.preferences import Chosen

USAGE = "/settings [zone NAME|silent WORDS|cap NUMBER|protect|preview|once on|off|language NAME] [@channel]"
EXAMPLE = "/settings zone Asia/Seoul"

MOST = 1_000
"""A higher cap caps nothing."""

USUAL_CAP = 20
"""The cap that a button sets."""

SOUNDS = (*(level.word for level in Level), DIGESTS)
"""What can be silent."""

CALLED = {"info": mark("info"), "alert": mark("alert"), "flash": mark("flash"), DIGESTS: mark("digests")}

SWITCH = {"on": True, "off": False}


def settings(ask: Ask) -> Message:
    """`/settings NAME VALUE`; alone it shows all of them."""
    name, _, value = ask.arguments.partition(" ")
    if not name:
        told = ask.desk.preferences.chosen(ask.caller, ask.target)
    else:
        change = CHANGES.get(name.casefold())
        if change is None:
            wrong = tr("There is no setting {name}.").format(name=quoted(name))
            return usage(ask, "settings", wrong)
        changed = change(ask, value.strip())
        if isinstance(changed, str):
            return usage(ask, "settings", changed)
        told = changed
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    language = known(told.language) if told.target is None else None
    with speaking(language or spoken()):  # it may just have been changed
        return _told(told, ask.zone, done=bool(name))


def pressed(ask: Ask) -> Message:
    """A button below the settings: they stand in their place, changed."""
    return replace(settings(ask), replaces=True)


def _zone(ask: Ask, value: str) -> Chosen | Forbidden | str:
    if not value:
        return tr("Say which time zone; they are named like Asia/Seoul or Europe/Berlin.")
    found = zone_named(value)
    if found is None:
        return tr(
            "{zone} is no time zone that I know; they are named like Asia/Seoul or Europe/Berlin."
        ).format(zone=quoted(value))
    return ask.desk.preferences.prefer(ask.caller, Preferences(zone=found), ask.target)


def _silent(ask: Ask, value: str) -> Chosen | Forbidden | str:
    words = value.casefold().replace(",", " ").split()
    chosen = frozenset(words) - {"none", "off"}
    if not words or chosen - set(SOUNDS):
        return tr("Say what shall make no sound: none, or some of {words}.").format(words=", ".join(SOUNDS))
    return ask.desk.preferences.prefer(ask.caller, Preferences(silent=chosen), ask.target)


def _cap(ask: Ask, value: str) -> Chosen | Forbidden | str:
    cap = 0 if value.casefold() == "off" else -1
    if value.isascii() and value.isdecimal() and len(value) <= len(str(MOST)):
        cap = int(value)
    if not 0 <= cap <= MOST:
        return tr("Say how many alerts may come in an hour, from 1 to {most}, or off.").format(
            most=number(MOST)
        )
    return ask.desk.preferences.prefer(ask.caller, Preferences(cap=cap), ask.target)


def _protect(ask: Ask, value: str) -> Chosen | Forbidden | str:
    on = SWITCH.get(value.casefold())
    if on is None:
        return tr("Say on or off.")
    return ask.desk.preferences.prefer(ask.caller, Preferences(protected=on), ask.target)


def _preview(ask: Ask, value: str) -> Chosen | Forbidden | str:
    on = SWITCH.get(value.casefold())
    if on is None:
        return tr("Say on or off.")
    return ask.desk.preferences.prefer(ask.caller, Preferences(preview=on), ask.target)


def _once(ask: Ask, value: str) -> Chosen | Forbidden | str:
    on = SWITCH.get(value.casefold())
    if on is None:
        return tr("Say on or off.")
    return ask.desk.preferences.send_once(ask.caller, ask.target, once=on)


def _language(ask: Ask, value: str) -> Chosen | Forbidden | str:
    language = None if value.casefold() in {"auto", "off"} else known(value)
    if language is None and value.casefold() not in {"auto", "off"}:
        names = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        return tr("I speak {languages}; auto is that of whoever asks.").format(languages=names)
    return ask.desk.preferences.speak(ask.caller, language, ask.target)


CHANGES: Mapping[str, Callable[[Ask, str], Chosen | Forbidden | str]] = {
    "zone": _zone,
    "silent": _silent,
    "cap": _cap,
    "protect": _protect,
    "preview": _preview,
    "once": _once,
    "language": _language,
}


def _told(told: Chosen, zone: tzinfo, *, done: bool) -> Message:
    here, manner = where(told.target), told.manner
    out = Writer()
    if done:
        out.add(tr("Done.") + " ", Style.BOLD)
    out.line(tr("Settings of {chat}").format(chat=here), Style.BOLD)
    called = LANGUAGES[known(told.language) or spoken()]
    language = called if manner.language else tr("{language}, as whoever asks").format(language=called)
    out.line(tr("Language: {language}").format(language=language))
    zone_name = manner.zone.key if manner.zone else tr("{zone}, nobody chose one").format(zone=_called(zone))
    out.line(tr("Time zone: {zone}").format(zone=zone_name))
    out.line(tr("Quiet hours: {hours} (/quiet)").format(hours=_quiet(told)))
    out.line(tr("Digests: {digests} (/digest)").format(digests=_digests(told)))
    cap = trn("{n} alert an hour, flash aside", "{n} alerts an hour, flash aside", told.cap)
    out.line(tr("At most: {cap}").format(cap=cap if told.cap else tr("no limit")))
    silent = ", ".join(tr(CALLED[each]) for each in SOUNDS if each in manner.silent) or tr("nothing")
    out.line(tr("Without a sound: {levels}").format(levels=silent))
    out.line(
        tr("Forwarding and saving: blocked") if manner.protected else tr("Forwarding and saving: allowed")
    )
    out.line(tr("Link preview: on") if manner.preview else tr("Link preview: off"))
    out.line(
        tr("What may not have arrived: is not repeated")
        if told.once
        else tr("What may not have arrived: comes again, marked")
    )
    fill(out.line(), tr("For example: {example}"), example=(EXAMPLE, Style.CODE))
    return out.message(() if told.target else _buttons(told))


def _called(zone: tzinfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def _quiet(told: Chosen) -> str:
    if told.quiet is None:
        return tr("none")
    hours = f"{told.quiet.begins:%H:%M}-{told.quiet.ends:%H:%M}"
    spared = ", ".join(level.word for level in sorted(told.quiet.excepted, reverse=True))
    return tr("{hours}, except {levels}").format(hours=hours, levels=spared) if spared else hours


def _digests(told: Chosen) -> str:
    wishes = [each for each in told.digests if each.schedule is not None]
    if not wishes:
        return tr("none")
    first = f"{line(wishes[0].selector, 60)}: {scheduled(wishes[0].schedule)}"
    if len(wishes) == 1:
        return first
    return tr("{digest} and {n} more").format(digest=first, n=number(len(wishes) - 1))


def _buttons(told: Chosen) -> tuple[tuple[Button, ...], ...]:
    manner = told.manner
    sounds = []
    for each in SOUNDS:
        silent = sorted(manner.silent ^ {each}) or ["none"]
        sounds.append(
            _sets(f"{'🔇' if each in manner.silent else '🔔'} {tr(CALLED[each])}", "silent", " ".join(silent))
        )
    protect = _switch(tr("Allow forwarding"), tr("Block forwarding"), "protect", on=manner.protected)
    preview = _switch(tr("No link preview"), tr("Link preview"), "preview", on=manner.preview)
    once = _switch(tr("Repeat what may be lost"), tr("Repeat nothing"), "once", on=told.once)
    cap = (
        _sets(tr("No limit"), "cap", "off")
        if told.cap
        else _sets(tr("At most {n} an hour").format(n=USUAL_CAP), "cap", str(USUAL_CAP))
    )
    languages = [_sets(name, "language", code) for code, name in LANGUAGES.items()]
    return row(*sounds) + row(protect, preview) + row(once, cap) + row(*languages)


def _switch(off: str, on_: str, name: str, *, on: bool) -> Button | None:
    return _sets(off, name, "off") if on else _sets(on_, name, "on")


def _sets(text: str, name: str, value: str) -> Button | None:
    return presses(text, f"set:{name} {value}", f"/settings {name} {value}")


__all__ = ["pressed", "settings"]
