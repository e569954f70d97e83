"""The command /topics: where alerts go whose forum topic is closed or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import fill, where
from monitor.chat.tongue import tr
from monitor.desk.answers import Forbidden

if TYPE_CHECKING:
    from monitor.chat.ask import Ask

TOPICS = "/topics [general|hold] [@group]"
TOPICS_EXAMPLE = "/topics general"

CHOICES = {"general": True, "hold": False}


def topics(ask: Ask) -> Message:
    """`/topics general` or `hold`; alone it tells how it stands."""
    asked = ask.arguments.casefold()
    if asked and asked not in CHOICES:
        if refused := ask.desk.may_follow(ask.caller, ask.target):
            return wording.forbidden(refused, ask.caller)
        return wording.usage(tr("There are two ways: “general” and “hold”."), TOPICS, TOPICS_EXAMPLE)
    told = ask.desk.topics(ask.caller, CHOICES[asked] if asked else None, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    out = Writer()
    if told:
        text = tr("If a topic of {chat} is closed or deleted, its alerts come to the general topic.")
        other, command = tr("To hold them back instead: {command}"), "/topics hold"
    else:
        text = tr(
            "If a topic of {chat} is closed or deleted, its alerts wait, and whoever subscribed it is told."
        )
        other, command = tr("To have them in the general topic instead: {command}"), "/topics general"
    out.line(text.format(chat=where(ask.target)))
    return fill(out, other, command=(command, Style.CODE)).message()
