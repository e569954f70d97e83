"""`destinations:` of rules.yaml: what they mean, and what is refused, where, and with which mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.errors import Mistake, RulesError
from monitor.core.model import Outlet
from monitor.rulebook import read, schema

HEAD = """\
feeds:
  - {url: "https://example.org/r"}
rules:
  - {id: border, match: border, tags: [russia]}
  - {id: rain, match: rain}
destinations:
"""


def listed(*lines: str) -> tuple[Outlet, ...]:
    return read(HEAD + "".join(f"  - {{{line}}}\n" for line in lines), "rules.yaml").destinations


def refused(*lines: str) -> RulesError:
    with pytest.raises(RulesError) as caught:
        listed(*lines)
    return caught.value


def test_every_way_out_and_everything_it_may_get() -> None:
    assert listed(
        "name: on-call, gets: ['level:flash', border, border], url: '${NOTIFY_ONCALL}'",
        "name: archive, gets: all, atom: alerts.xml",
        "name: mail, gets: 'tag:russia', url_file: /run/secrets/mail",
    ) == (
        Outlet("on-call", ("level:flash", "border"), url="NOTIFY_ONCALL"),
        Outlet("archive", ("all",), atom="alerts.xml"),
        Outlet("mail", ("tag:russia",), url_file="/run/secrets/mail"),
    )


def test_without_any_there_is_none() -> None:
    assert read(HEAD.removesuffix("destinations:\n"), "rules.yaml").destinations == ()


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        pytest.param(
            "name: On Call, gets: all, atom: a.xml",
            12,
            "`On Call` cannot be a destination's name",
            "Use a-z, 0-9 and - only, at most 40; for example on-call.",
            id="name",
        ),
        pytest.param(
            "name: 북한, gets: all, atom: a.xml",
            12,
            "`북한` cannot be a destination's name",
            "Use a-z, 0-9 and - only, at most 40; for example my-mail.",
            id="name in another script",
        ),
        pytest.param(
            "name: a, gets: 'level:fash', atom: a.xml",
            21,
            "`fash` is no level",
            "There is: info, alert, flash.",
            id="level",
        ),
        pytest.param(
            "name: a, gets: [bordr], atom: a.xml",
            22,
            "there is no rule `bordr`",
            "Did you mean border?",
            id="rule",
        ),
        pytest.param(
            "name: a, gets: [zzzz], atom: a.xml",
            22,
            "there is no rule `zzzz`",
            "Write a rule's id, tag:NAME, level:NAME, or all.",
            id="rule like no other",
        ),
        pytest.param(
            "name: a, gets: 'tag:rusia', atom: a.xml",
            21,
            "no rule has the tag `rusia`",
            "Did you mean tag:russia?",
            id="tag",
        ),
        pytest.param(
            "name: a, gets: [], atom: a.xml",
            21,
            "the list is empty: nothing would go there",
            "Write rules' ids, tag:NAME, level:NAME, or all.",
            id="nothing",
        ),
        pytest.param(
            "name: a, gets: all",
            5,
            "nothing says where this goes",
            "Add one of: url: ${NOTIFY_...}, url_file: /run/secrets/..., atom: alerts.xml.",
            id="nowhere",
        ),
        pytest.param(
            "name: a, gets: all, atom: a.xml, url: '${NOTIFY_A}'",
            5,
            "`url` and `atom` stand here both",
            "Make two destinations of them.",
            id="two ways",
        ),
        pytest.param(
            "name: a, gets: all, atom: ../a.xml",
            32,
            "`../a.xml` cannot be the name of a feed's file",
            "Write a name without folders that ends with .xml or .atom, like a.xml; "
            "its folder is the setting ATOM_DIR.",
            id="path",
        ),
        pytest.param(
            "name: a, gets: all, atom: rules.yaml",
            32,
            "`rules.yaml` cannot be the name of a feed's file",
            "Write a name without folders that ends with .xml or .atom, like rules.xml; "
            "its folder is the setting ATOM_DIR.",
            id="no feed's name",
        ),
        pytest.param(
            "name: a, gets: all, url_file: secret",
            36,
            "`secret` is not a whole path",
            "Write it like /run/secrets/mail_url.",
            id="part of a path",
        ),
        pytest.param(
            "name: a, gets: all, url: '${FEED_A}'",
            31,
            "this does not name a variable that begins with NOTIFY_",
            "Secrets do not belong into this file: write ${NOTIFY_FEED_A} and set that in the environment or in .env.",
            id="variable of feeds",
        ),
        pytest.param(
            "name: a, rules: border, atom: a.xml",
            15,
            "`rules` is not known here",
            "Did you mean `gets`?",
            id="another word",
        ),
        pytest.param(
            "name: a, gets: all, url: ",
            26,
            "a value is missing here",
            "Write one, or remove the line.",
            id="no value",
        ),
    ],
)
def test_what_is_refused(line: str, column: int, message: str, hint: str) -> None:
    assert refused(line).mistakes == (Mistake(7, column, message, hint),)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("name: a, gets: all, url: 'mailto://me:s3cret@example.org'", id="address"),
        pytest.param(
            "name: a, gets: all, url_file: 'mailto://me:s3cret@example.org'", id="address for a file"
        ),
    ],
)
def test_an_open_secret_is_not_shown_again(line: str) -> None:
    error = refused(line)
    assert error.mistakes[0].hint.startswith("Secrets do not belong into this file")
    assert "s3cret" not in str(error)


def test_names_and_files_stand_once() -> None:
    first = "name: a, gets: all, atom: a.xml"
    same = refused(first, "name: a, gets: all, atom: b.xml", "name: c, gets: all, atom: a.xml")
    assert [(each.line, each.message) for each in same.mistakes] == [
        (8, "two destinations cannot have the same name; the first stands in line 7"),
        (9, "two feeds in one file; the first stands in line 7"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "no destination is listed", id="nothing"),
        pytest.param("  archive\n", "a list belongs here", id="a word"),
        pytest.param("  - archive\n", "keys with values belong here", id="a list of words"),
        pytest.param(
            "  - {name: a, gets: {a: b}, atom: a.xml}\n",
            "a mapping stands where a list belongs",
            id="mapping",
        ),
    ],
)
def test_another_shape(text: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        read(HEAD + text, "rules.yaml")
    assert [each.message for each in caught.value.mistakes] == [message]


def test_editors_know_the_keys() -> None:
    entry = schema()["$defs"]["DestinationEntry"]
    assert list(entry["properties"]) == ["name", "gets", "url", "url_file", "atom"]
    assert entry["required"] == ["name", "gets"]
    assert entry["additionalProperties"] is False


def test_the_example_of_the_documents_is_in_order() -> None:
    text = (Path(__file__).parent.parent / "docs" / "destinations.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    rules = HEAD.replace("rules:\n", "rules:\n  - {id: watch, match: watch}\n").removesuffix(
        "destinations:\n"
    )
    found = read(rules + example, "rules.yaml").destinations
    assert [(each.name, each.messenger) for each in found] == [
        ("on-call", "apprise"),
        ("desk-mail", "apprise"),
        ("archive", "atom"),
    ]
