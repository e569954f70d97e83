from dataclasses import replace

import pytest

from monitor.core.edits import carried, edition, returned, rewritten, same_page
from monitor.core.model import Evidence, Hit, Level, RuleId, StoredStory, Story, StoryKey
from tests.build import minutes, stored, story

OLD = story(
    "A title",
    key="k",
    url="https://news.example/a",
    summary="A summary",
    text="A text",
    published=minutes(-60),
    lang="en",
    tags=("wire",),
    tier="wire",
)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(OLD, id="the same"),
        pytest.param(replace(OLD, url="https://news.example/a?utm_source=rss"), id="another way to the page"),
        pytest.param(replace(OLD, published=minutes(-1)), id="a later date: the first one stands"),
        pytest.param(replace(OLD, published=None), id="no date any more"),
        pytest.param(replace(OLD, tags=("other",), tier=None, source="Renamed"), id="what rules.yaml says"),
        pytest.param(replace(OLD, lang=None), id="no language any more"),
    ],
)
def test_what_is_no_edit(now: Story):
    assert edition(stored(1, OLD), now) is None


@pytest.mark.parametrize(
    ("changes", "is_read"),
    [
        pytest.param({"title": "Another title"}, True, id="title"),
        pytest.param({"summary": "Another summary"}, True, id="summary"),
        pytest.param({"text": "Another text"}, True, id="text"),
        pytest.param({"author": "Ann"}, True, id="author"),
        pytest.param({"url": "https://news.example/b"}, True, id="link"),
        pytest.param({"url": None}, True, id="the link went"),
        pytest.param({"key": "another"}, False, id="id"),
        pytest.param({"lang": "ko"}, False, id="language"),
    ],
)
def test_an_edit_is_the_story_as_it_is_now(changes, is_read):
    now = replace(OLD, **changes)
    assert edition(stored(1, OLD), now) == now
    assert rewritten(OLD, now) is is_read


def test_a_date_that_was_missing_or_doubtful_is_taken_up():
    undated, doubtful = replace(OLD, published=None), replace(OLD, doubt="in the future")
    fair = replace(OLD, published=minutes(-30))
    assert edition(stored(1, undated), fair) == fair
    assert edition(stored(1, doubtful), fair) == fair
    assert edition(stored(1, doubtful), replace(OLD, published=minutes(-5), doubt="again")) is None


def test_the_text_of_an_article_is_not_replaced_by_what_the_feed_carries():
    article = stored(1, replace(OLD, text="The whole article"), article=True)
    assert edition(article, OLD) is None
    edited = edition(article, replace(OLD, title="Another title"))
    assert edited is not None
    assert (edited.title, edited.text) == ("Another title", "The whole article")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(None, None, True, id="none"),
        pytest.param("https://a.example/1", None, False, id="one"),
        pytest.param("https://a.example/1", "https://A.example/1/#top", True, id="written otherwise"),
        pytest.param("https://a.example/1", "https://a.example/2", False, id="two"),
        pytest.param("mailto:a", "mailto:b", False, id="not of the web"),
    ],
)
def test_links_to_one_page(one, other, same):
    assert same_page(one, other) is same


def page(count: int, prefix: str = "new", **fields: object) -> list[Story]:
    """Stories with ids, links and titles of their own, oldest last."""
    return [
        story(
            f"Title {i}",
            key=f"{prefix} {i}",
            **{"url": f"https://news.example/{i}", "published": minutes(-i), "summary": f"Words {i}"}
            | fields,
        )
        for i in range(count)
    ]


def kept(stories: list[Story]) -> list[StoredStory]:
    return [stored(number, each) for number, each in enumerate(stories, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="only the ids"),
        pytest.param({"url": None}, id="the links went"),
        pytest.param({"url": "https://news.example/"}, id="all links lead to the site"),
        pytest.param({"title": "An edited title"}, id="the titles are edited"),
        pytest.param({"published": minutes(5)}, id="the dates are those of asking"),
        pytest.param({"published": None}, id="the dates went"),
    ],
)
def test_a_page_of_new_ids_and_old_stories(changes):
    old = kept(page(4, "old"))
    now = [replace(each, **changes) for each in page(4)]
    assert returned(now, old, all_strange=True) == dict(zip([s.key for s in now], old, strict=True))


def test_new_stories_of_such_a_page_are_new():
    old = kept(page(4, "old"))
    now = [*page(4), story("Fresh", key="fresh", url="https://news.example/fresh")]
    assert returned(now, old, all_strange=True).keys() == {"new 0", "new 1", "new 2", "new 3"}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": "Other", "url": "https://news.example/other"}, id="neither title nor link"),
        pytest.param(
            {"url": None, "published": minutes(9), "summary": "Other"}, id="a title with other words later"
        ),
        pytest.param({"title": "Other", "published": minutes(9)}, id="a link with another title later"),
        pytest.param({"title": "", "url": None}, id="no title and no link"),
        pytest.param({"title": "Other", "url": "https://news.example/"}, id="only the site in common"),
    ],
)
def test_a_page_of_new_ids_and_new_stories(changes):
    old = kept(page(4, "old"))
    now = [replace(each, **changes) for each in page(4)]
    assert returned(now, old, all_strange=True) == {}


def test_links_that_several_stories_share_tell_nothing():
    shared = {"url": "https://news.example/live"}
    old = kept(page(3, "old", **shared))
    now = [replace(each, title=f"Other {each.key}", published=None) for each in page(3, **shared)]
    assert returned(now, old, all_strange=True) == {}


def test_a_minority_with_known_titles_is_no_change_of_ids():
    old = kept(page(1, "old", url=None))
    now = [*page(1), *(story(f"Fresh {i}", url=f"https://news.example/f{i}") for i in range(2))]
    assert returned(now, old, all_strange=True) == {}


@pytest.mark.parametrize(
    ("changes", "is_old"),
    [
        pytest.param({}, True, id="address, title and date"),
        pytest.param({"published": None}, True, id="address and title, undated"),
        pytest.param({"published": minutes(9)}, False, id="a column that comes again"),
        pytest.param({"title": "Other"}, False, id="another title"),
        pytest.param({"url": "https://news.example/other"}, False, id="another address"),
    ],
)
def test_one_story_with_a_new_id_among_known_ones(changes, is_old):
    old = kept(page(1, "old"))
    now = replace(page(1)[0], **changes)
    assert bool(returned([now], old, all_strange=False)) is is_old


def test_a_stored_story_comes_back_once():
    old = kept(page(1, "old"))
    now = page(1)
    twin = replace(now[0], key=StoryKey("twin"))
    assert list(returned([*now, twin], old, all_strange=False)) == ["new 0"]


def test_a_date_in_doubt_is_any_date():
    old = [stored(1, replace(page(1, "old")[0], doubt="in the future"))]
    assert returned([replace(page(1)[0], published=minutes(9))], old, all_strange=False)


def evidence(field: str, start: int, surface: str) -> Evidence:
    return Evidence("c", "t", field, start, start + len(surface), surface)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(evidence("title", 2, "title"), evidence("title", 2, "title"), id="where it was"),
        pytest.param(evidence("summary", 0, "summary"), evidence("summary", 2, "summary"), id="elsewhere"),
        pytest.param(evidence("title", 0, "gone"), None, id="gone"),
        pytest.param(evidence("source", 0, "zz"), None, id="gone from a field that is no prose"),
        pytest.param(evidence("tag", 0, "wire"), evidence("tag", 0, "wire"), id="not in a text of the story"),
    ],
)
def test_a_hit_stays_when_its_words_are_edited_away(before, after):
    hit = Hit(RuleId("r"), Level.ALERT, (before,))
    assert carried((hit,), OLD, ()) == (Hit(RuleId("r"), Level.ALERT, () if after is None else (after,)),)


def test_a_rule_that_still_matches_has_its_new_evidence():
    old, new = (Hit(RuleId("r"), Level.ALERT, (evidence("title", at, "t"),)) for at in (2, 4))
    other = Hit(RuleId("other"), Level.FLASH, ())
    assert carried((old, other), OLD, (new,)) == (other, new)
