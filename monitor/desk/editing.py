"""Changes of the rules file out of a chat: drafts, applied by editors, and the versions that were in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.errors import RulesError
from monitor.core.model import Draft as Kept
from monitor.core.model import DraftKind, RuleId
from monitor.desk.answers import UnknownRule
from monitor.desk.names import nearest, same
from monitor.desk.proposals import Broken, version, work_out
from monitor.rulebook.rewriting import rule_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.core.model import CardView, KeptBook
    from monitor.desk.answers import Caller, Forbidden, QueryMistake, RuleLine
    from monitor.desk.office import Office
    from monitor.desk.proposals import Proposal, Unchanged
    from monitor.ports import Errands

DAY = timedelta(days=1)
"""How long a draft waits to be applied."""

VERSIONS = 1_000
"""Versions of the file that are looked through."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft on the desk, with the file that it was last looked at with."""

    kept: Kept
    text: str  # of the file as it is now
    back: str = ""  # of the version that is to be put back

    @property
    def stale(self) -> bool:
        """The file is another one than when it was made."""
        return self.kept.base != version(self.text)

    def work_out(self) -> Proposal | QueryMistake | Broken | Unchanged:
        """What would come of it; in any thread but the store's."""
        return work_out(self.kept, self.text, self.back)


@dataclass(frozen=True, slots=True)
class NoDraft:
    """There is no draft of that number: it was applied, dropped, or a day has passed."""

    number: int
    waiting: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """It has to be applied by another editor than the one who made it."""

    draft: Kept


@dataclass(frozen=True, slots=True)
class Taken:
    """A rule of that id is there already."""

    rule: RuleId


@dataclass(frozen=True, slots=True)
class NoVersion:
    """No version, or several, begin like that; `same` if it is the one in force."""

    asked: str
    same: bool = False


@dataclass(frozen=True, slots=True)
class Versions:
    """The rules files that were in force, newest first."""

    books: tuple[KeptBook, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One rule as it stands in rules.yaml."""

    line: RuleLine
    text: str | None  # None if the file as it is now does not hold it
    version: str
    last: CardView | None
    may_edit: bool
    file: str = ""  # the whole file, if it is the one in force

    def cut_out(self) -> Written:
        """With its text out of the file; in any thread but the store's, since reading YAML takes a while."""
        return replace(self, text=rule_text(self.file, self.line.rule.id) if self.file else None)


class EditingDesk:
    """Everybody may see a rule; only editors change the file."""

    def __init__(self, office: Office, errands: Errands, *, approval: bool) -> None:
        """With `approval` a draft is applied by another editor than its author."""
        self._office = office
        self.errands = errands
        self.approval = approval

    def draft(
        self, caller: Caller, kind: DraftKind, subject: str, fields: Iterable[tuple[str, str]]
    ) -> Draft | UnknownRule | Taken | Broken | Forbidden:
        """A change, not kept yet: `work_out` says what would come of it."""
        if refusal := self._office.refusal(Action.EDIT, caller):
            return refusal
        known = tuple(rule.id for rule in self._office.book().rules)
        meant = same(subject, known)
        if kind is DraftKind.EDIT_RULE:
            if meant is None:
                return UnknownRule(subject, nearest(subject, known), known)
            subject = meant
        elif kind is DraftKind.ADD_RULE and meant is not None:
            return Taken(RuleId(meant))
        try:
            text = self.errands.rules()
        except RulesError as error:
            return Broken(error.report(), already=True)
        now = self._office.clock()
        kept = Kept(0, kind, subject, tuple(fields), version(text), caller.person, caller.name, now)
        return Draft(kept, text)

    def keep(self, draft: Draft) -> int:
        """Keep it for a day under a number."""
        return self._office.store.keep_draft(draft.kept, self._office.clock() - DAY)

    def take(
        self, caller: Caller, number: int, *, looks: bool = False
    ) -> Draft | NoDraft | OwnDraft | Broken | Forbidden:
        """A draft that the caller wants to apply, or only to look at, with the file as it is now."""
        if refusal := self._office.refusal(Action.EDIT, caller):
            return refusal
        found = next((each for each in self.waiting() if each.number == number), None)
        if found is None:
            return NoDraft(number, self.waiting())
        if self.approval and not looks and found.by == caller.person:
            return OwnDraft(found)
        try:
            text = self.errands.rules()
        except RulesError as error:
            return Broken(error.report(), already=True)
        back = ""
        if found.kind is DraftKind.PUT_BACK:
            back = self._office.store.book_text(found.subject) or ""
        return Draft(found, text, back)

    def redo(self, draft: Draft) -> Draft:
        """It was made anew, from the file as it is now."""
        now, base = self._office.clock(), version(draft.text)
        self._office.store.redo_draft(draft.kept.number, base, now)
        return replace(draft, kept=replace(draft.kept, base=base, made_at=now))

    def applied(self, caller: Caller, draft: Draft, told: str) -> None:
        """It is in force: it is a draft no more, and the record says who did it; `told` is what changed."""
        self._office.store.drop_draft(draft.kept.number)
        by = "" if draft.kept.by == caller.person else f" (by {draft.kept.name}, {draft.kept.by})"
        self._office.note(caller, "rules", f"{told}{by}")

    def signed(self, caller: Caller, draft: Draft) -> str:
        """Who stands in the history for it."""
        author = draft.kept.by
        return author if author == caller.person else f"{author}, applied by {caller.person}"

    def drop(self, caller: Caller, number: int) -> bool | Forbidden:
        """Forget a draft; False if there is none of that number."""
        if refusal := self._office.refusal(Action.EDIT, caller):
            return refusal
        return self._office.store.drop_draft(number)

    def versions(self, caller: Caller) -> Versions | Forbidden:
        """The files that were in force, newest first, each once."""
        if refusal := self._office.refusal(Action.EDIT, caller):
            return refusal
        books = {book.version: book for book in reversed(self._office.store.books(VERSIONS))}
        return Versions(tuple(reversed(books.values())))

    def back(self, caller: Caller, asked: str) -> Draft | NoVersion | Broken | Forbidden:
        """A draft that puts an earlier version back, named by the beginning of its name."""
        listed = self.versions(caller)
        if not isinstance(listed, Versions):
            return listed
        found = [book for book in listed.books if asked and book.version.startswith(asked.casefold())]
        if len(found) != 1:
            return NoVersion(asked)
        made = self.draft(caller, DraftKind.PUT_BACK, found[0].version, ())
        if not isinstance(made, Draft):
            return made if isinstance(made, Broken) else NoVersion(asked)
        if made.kept.base == found[0].version:
            return NoVersion(asked, same=True)
        return replace(made, back=self._office.store.book_text(found[0].version) or "")

    def written(self, line: RuleLine, last: CardView | None, caller: Caller) -> Written:
        """A rule with the file that it stands in."""
        book = self._office.book()
        try:
            file = self.errands.rules()
        except RulesError:
            file = ""
        same_file = version(file) == book.version
        may_edit = self._office.refusal(Action.EDIT, caller) is None
        return Written(line, None, book.version, last, may_edit, file if same_file else "")

    def waiting(self) -> tuple[Kept, ...]:
        """All drafts that can still be applied, newest first; for editors."""
        oldest = self._office.clock() - DAY
        return tuple(each for each in self._office.store.drafts() if each.made_at >= oldest)


__all__ = ["Draft", "EditingDesk", "NoDraft", "NoVersion", "OwnDraft", "Taken", "Versions", "Written"]
