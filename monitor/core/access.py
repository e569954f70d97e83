"""Who may do what: one pure decision, asked before every command and every button press."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Mode(StrEnum):
    """The ACCESS setting: whom the bot answers."""

    CLOSED = "closed"  # its owners, and those whom an owner let in
    INVITE = "invite"  # the same, and admins let people in as well
    OPEN = "open"  # everybody


class Place(StrEnum):
    """What kind of chat a person speaks from."""

    PRIVATE = "private"
    GROUP = "group"
    TERMINAL = "terminal"


class Role(StrEnum):
    """What a person is to the bot, the least first; each may do all that those before it may."""

    READER = "reader"  # reads, and chooses what comes to their own chats
    EDITOR = "editor"  # changes rules and feeds
    ADMIN = "admin"  # runs the bot, lets people in
    OWNER = "owner"  # listed in OWNERS, or made one by an owner

    def reaches(self, other: Role) -> bool:
        """Whether this role may do all that the other one may."""
        return _RANK[self] >= _RANK[other]


_RANK: Mapping[Role, int] = MappingProxyType({role: rank for rank, role in enumerate(Role)})


@dataclass(frozen=True, slots=True)
class Rights:
    """What is known of the person who asks."""

    place: Place
    owner: bool = False  # listed in OWNERS, or sits at the terminal
    chat_admin: bool = False  # administers the chat that the person speaks in
    anonymous: bool = False  # speaks as the chat itself (an anonymous admin): nobody can see who it is
    role: Role | None = None  # what they were granted, None if nothing; owners need no grant

    def role_in(self, mode: Mode) -> Role | None:
        """The role that counts; an open bot takes everybody for a reader."""
        if self.owner:
            return Role.OWNER
        return Role.READER if self.role is None and mode is Mode.OPEN else self.role


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
    INSPECT = "inspect"  # see how the bot is run: errors, other chats
    EDIT = "edit"  # change rules and feeds, and see the addresses of feeds
    RUN = "run"  # back up, reload, take everything out
    GRANT = "grant"  # let people in, give and take roles, see who changed what


class Refusal(StrEnum):
    """Why not."""

    STRANGER = "stranger"  # the bot is not open, and this person was not let in
    ANONYMOUS = "anonymous"  # the bot is not open, and it cannot see who asks
    NOT_ADMIN = "not admin"  # only admins of this chat change what comes to it
    PRIVATE_ONLY = "private only"  # other chats are run from a private chat
    NOT_ADMIN_THERE = "not admin there"  # the person does not administer the chat the command is about
    CANNOT_POST = "cannot post"  # the bot may not post in the chat the command is about
    NOT_OWNER = "not owner"  # the person is no owner of the bot
    NOT_EDITOR = "not editor"  # the person may not change rules and feeds
    NOT_RUNNER = "not runner"  # the person is no admin of the bot
    FULL = "full"  # the chat has as many subscriptions as it may have
    IN_PRIVATE = "in private"  # never before the eyes of a group, whoever asks


_NEEDS: Mapping[Action, tuple[Role, Refusal]] = MappingProxyType(
    {
        Action.INSPECT: (Role.ADMIN, Refusal.NOT_RUNNER),
        Action.EDIT: (Role.EDITOR, Refusal.NOT_EDITOR),
        Action.RUN: (Role.ADMIN, Refusal.NOT_RUNNER),
        Action.GRANT: (Role.ADMIN, Refusal.NOT_RUNNER),
    }
)
"""What is about the bot and not about a chat: the least role, and what others are told."""


def may(action: Action, rights: Rights, mode: Mode, elsewhere: Reach | None = None) -> Refusal | None:
    """None if the action is allowed, else the reason why not.

    A bot that is not open answers only those whom it was told of. Everybody whom it answers may read. What comes
    to a group is changed by admins of that group, whoever owns the bot; what comes to a private chat by the
    person there. Another chat (`elsewhere`) is run from a private chat, by somebody who administers it; even what
    comes to it is shown to nobody else. What is about the bot itself takes a role, and is never shown in a group.
    """
    role = rights.role_in(mode)
    if role is None:
        return Refusal.ANONYMOUS if rights.anonymous else Refusal.STRANGER
    if action in _NEEDS:
        return _may_as(action, role, rights, mode)
    if elsewhere is not None:
        return _may_elsewhere(action, rights, elsewhere)
    if action is not Action.READ and rights.place is Place.GROUP and not rights.chat_admin:
        return Refusal.NOT_ADMIN
    return None


def _may_as(action: Action, role: Role, rights: Rights, mode: Mode) -> Refusal | None:
    least, refusal = _NEEDS[action]
    if rights.place is Place.GROUP:
        return Refusal.IN_PRIVATE
    if action is Action.GRANT and mode is Mode.CLOSED and role is not Role.OWNER:
        return Refusal.NOT_OWNER
    return None if role.reaches(least) else refusal


def _may_elsewhere(action: Action, rights: Rights, there: Reach) -> Refusal | None:
    if rights.place is Place.GROUP:
        return Refusal.PRIVATE_ONLY
    if not there.admin:
        return Refusal.NOT_ADMIN_THERE
    if action is Action.FOLLOW and not there.may_post:
        return Refusal.CANNOT_POST
    return None


__all__ = ["Action", "Mode", "Place", "Reach", "Refusal", "Rights", "Role", "may"]
