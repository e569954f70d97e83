"""Feed HTML to plain text, decoded once, in linear time whatever it holds.

The standard library's parser takes quadratic time on unclosed tags (CVE-2025-6069 and others), so the text is
walked here: a feed needs no tree, only what a reader would read.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
    address article aside blockquote body br caption dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 head header hr html iframe legend li main nav object ol
    optgroup option p pre
    section summary table tbody tfoot thead title tr ul video
    """,
    )
)
_CELLS = frozenset(["td", "th", "img"])
_HIDDEN = frozenset(["script", "style", "template"])
_CLOSING = {name: re.compile(rf"</{name}(?![\w-])", re.IGNORECASE) for name in _HIDDEN}
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_SIMPLE_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:[^<>\"'=]|=\"[^\"<>]*\"|='[^'<>]*'|=(?![\"']))*+>")
_TAG_MARK = re.compile("[>\"']")
_CUT_TAG = re.compile(r"</?[a-zA-Z][\w:-]*(?:\s*/?|\s+[\w:-]+\s*=.*)", re.DOTALL)
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\\s]*[\n\x0b\x0c\r\x85\u2028\u2029][\\s]*")
_SPACES = re.compile(r"[^\S\n]+")


def plain(markup: str) -> str:
    """What a reader sees: no tags, scripts or control characters, references decoded once, tidy white space.

    Block elements become line breaks. Text without markup stays as it is but for white space. Never raises.
    """
    if "<" not in markup and "&" not in markup and markup.isprintable():  # so its white space is blanks
        return " ".join(markup.split())
    text = "".join(_Walk(markup).pieces())
    text = _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


class _Walk:
    """One pass over the markup; every search that fails is never tried again, so the pass is linear."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.quotes = True  # whether quotes can still hide a `>`

    def pieces(self) -> list[str]:
        """Pieces of decoded text."""
        out: list[str] = []
        at = 0
        simple = _SIMPLE_TAG.match
        while (tag := self.markup.find("<", at)) >= 0:
            if tag > at:
                out.append(_decode(self.markup[at:tag]))
            found = simple(self.markup, tag) if self.quotes else None  # most tags are, and this is quicker
            if found is not None and (look := _look(found[1])) is not None:
                shown, at = look, found.end()
            else:
                shown, at = self._markup(tag)
            out.append(shown)
        out.append(_decode(self.markup[at:]))
        return out

    def _markup(self, at: int) -> tuple[str, int]:
        """What the markup that begins at `<` shows, and where it ends."""
        markup = self.markup
        if markup.startswith("<!--", at):
            return "", self._after("-->", at + 4)
        if markup.startswith("<![CDATA[", at):
            end = markup.find("]]>", at)
            end = len(markup) if end < 0 else end
            return markup[at + 9 : end], min(end + 3, len(markup))
        if markup.startswith(("<!", "<?"), at):
            return "", self._after(">", at)
        named = _NAME.match(markup, at + 1)
        return self._tag(at, named) if named else ("<", at + 1)

    def _tag(self, at: int, named: re.Match[str]) -> tuple[str, int]:
        """What the tag that begins at `<` shows, and where it ends."""
        end = self._tag_end(named.end())
        if end < 0:
            rest = self.markup[at:]
            return "" if _CUT_TAG.fullmatch(rest) else _decode(rest), len(self.markup)
        name = named.group(1).lower()
        if name in _HIDDEN and self.markup[at + 1] != "/":
            closing = _CLOSING[name].search(self.markup, end)
            return " ", closing.start() if closing else len(self.markup)
        return _look(name) or "", end

    def _after(self, mark: str, at: int) -> int:
        """Behind the next mark, or the end."""
        found = self.markup.find(mark, at)
        return len(self.markup) if found < 0 else found + len(mark)

    def _tag_end(self, at: int) -> int:
        """Behind the `>` that closes a tag whose attributes begin at `at`; -1 if none does."""
        begin = at
        while self.quotes and (found := _TAG_MARK.search(self.markup, at)):
            at = found.end()
            if found.group() == ">":
                return at
            if self.markup[found.start() - 1] == "=":
                at = self.markup.find(found.group(), at) + 1
                if not at:
                    break
        self.quotes = False
        return self.markup.find(">", begin) + 1 or -1


@lru_cache(maxsize=512)
def _look(name: str) -> str | None:
    """What a tag shows; None if it hides what follows."""
    name = name.lower()
    return "\n" if name in _BLOCKS else " " if name in _CELLS else None if name in _HIDDEN else ""


def _decode(text: str) -> str:
    """Character references decoded once; a number no character can have becomes the replacement character."""
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)) if "&" in text else text
