"""Who may do what: one pure decision, asked before every command and every button press."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """The ACCESS setting: whom the bot answers."""

    CLOSED = "closed"  # its owners only
    OPEN = "open"  # everybody


class Place(StrEnum):
    """What kind of chat a person speaks from."""

    PRIVATE = "private"
    GROUP = "group"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Rights:
    """What is known of the person who asks."""

    place: Place
    owner: bool = False  # listed in OWNERS, or sits at the terminal
    chat_admin: bool = False  # administers the chat that the person speaks in
    anonymous: bool = False  # speaks as the chat itself (an anonymous admin): nobody can see who it is


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of another chat that a command is about, for example a channel."""

    admin: bool  # whether the person administers it
    may_post: bool  # whether the bot may post there


class Action(StrEnum):
    """What somebody wants to do."""

    READ = "read"  # see stories, rules, counts
    FOLLOW = "follow"  # make alerts come to a chat
    LEAVE = "leave"  # end that
    INSPECT = "inspect"  # see how the bot is run: addresses of feeds, errors, other chats


class Refusal(StrEnum):
    """Why not."""

    STRANGER = "stranger"  # the bot is closed, and this is not one of its owners
    ANONYMOUS = "anonymous"  # the bot is closed, and it cannot see who asks
    NOT_ADMIN = "not admin"  # only admins of this chat change what comes to it
    PRIVATE_ONLY = "private only"  # other chats are run from a private chat
    NOT_ADMIN_THERE = "not admin there"  # the person does not administer the chat the command is about
    CANNOT_POST = "cannot post"  # the bot may not post in the chat the command is about
    NOT_OWNER = "not owner"  # owners only, and not before the eyes of a group


def may(action: Action, rights: Rights, mode: Mode, elsewhere: Reach | None = None) -> Refusal | None:
    """None if the action is allowed, else the reason why not.

    A closed bot answers its owners only. Everybody whom it answers may read. What comes to a group is changed
    by admins of that group, whoever owns the bot; what comes to a private chat by the person there. Another
    chat (`elsewhere`) is run from a private chat, by somebody who administers it; even what comes to it is
    shown to nobody else. Details of how the bot is run are for owners, and never shown in a group.
    """
    if mode is Mode.CLOSED and not rights.owner:
        return Refusal.ANONYMOUS if rights.anonymous else Refusal.STRANGER
    if action is Action.INSPECT:
        return None if rights.owner and rights.place is not Place.GROUP else Refusal.NOT_OWNER
    if elsewhere is not None:
        return _may_elsewhere(action, rights, elsewhere)
    if action is not Action.READ and rights.place is Place.GROUP and not rights.chat_admin:
        return Refusal.NOT_ADMIN
    return None


def _may_elsewhere(action: Action, rights: Rights, there: Reach) -> Refusal | None:
    if rights.place is Place.GROUP:
        return Refusal.PRIVATE_ONLY
    if not there.admin:
        return Refusal.NOT_ADMIN_THERE
    if action is Action.FOLLOW and not there.may_post:
        return Refusal.CANNOT_POST
    return None


__all__ = ["Action", "Mode", "Place", "Reach", "Refusal", "Rights", "may"]
