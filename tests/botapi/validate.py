"""From a request as it came to a call that keeps to the Bot API, or a refusal that says what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.botapi.description import Description, MismatchError
from tests.botapi.errors import InvalidRequestError, reject
from tests.botapi.limits import check_entities, check_limits, check_text
from tests.botapi.markup import Entity, parse_html

if TYPE_CHECKING:
    from collections.abc import Mapping

UPDATE_KINDS = frozenset(Description.load().types["Update"]) - {"update_id"}


@dataclass(frozen=True, slots=True)
class Call:
    """A valid request: parameters with their real types, the text as it will be shown, and its entities."""

    method: str
    params: Mapping[str, Any]
    text: str = ""
    entities: tuple[Entity, ...] = ()


def validate(method: str, raw: Mapping[str, Any]) -> Call:
    """Hold a request to the description and the limits.

    `raw` maps parameter names to what was sent: text of a form field, a JSON value, or an Upload. Raises
    InvalidRequestError: 404 for an unknown method, 400 for all else.
    """
    params = _read(method, raw)
    check_limits(method, params)
    name = "text" if "text" in params and method != "answerCallbackQuery" else "caption"
    if name not in params:
        return Call(method, params)
    text, entities = _shown(params, name)
    check_text(text, caption=name == "caption")
    check_entities(text, entities)
    return Call(method, params, text, tuple(entities))


def _read(method: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    description = Description.load()
    if method not in description.methods:
        raise InvalidRequestError(404, "Not Found: method not found")
    known = description.methods[method].params
    params: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            reject(f'unknown parameter "{name}" of {method}')
        try:
            params[name] = description.read(known[name].notation, value, name)
        except MismatchError as problem:
            reject(f"{problem.where}: {problem.what}")
    for name, field in known.items():
        if field.required and name not in params:
            reject("message text is empty" if name == "text" else f'parameter "{name}" is required')
    for kind in params.get("allowed_updates", ()):
        if kind not in UPDATE_KINDS:
            reject(f"allowed_updates: unknown update {kind!r}")
    return params


def _shown(params: Mapping[str, Any], name: str) -> tuple[str, list[Entity]]:
    """The text that people will see and its entities, from markup or as given."""
    given = params.get("entities" if name == "text" else "caption_entities")
    mode = params.get("parse_mode", "")
    if mode and given:
        reject("parse_mode and entities exclude each other")
    if mode.lower() == "html":
        return parse_html(params[name])
    if mode:
        reject(f"unsupported parse_mode {mode!r} (this server reads HTML only)")
    return params[name], list(given or ())
