"""What the workbench found as JSON: the shapes are part of the command line's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.output import places, time
from monitor.core.authoring.trial import moment

if TYPE_CHECKING:
    from monitor.core.authoring.coverage import Coverage
    from monitor.core.authoring.trial import Raised, Trial
    from monitor.core.match.explain import Explanation, Step
    from monitor.core.model import KeptBook, StoredStory
    from monitor.desk.workbench import Misses


def explanation(explained: Explanation) -> dict[str, Any]:
    """An explanation: `path` leads from the whole query to the first clause that fails."""
    failing = explained.failing
    return {
        "rule": explained.rule,
        "hit": explained.hit,
        "failing": failing.clause if failing else None,
        "path": [step.clause for step in explained.path],
        "suppressed": explained.suppressed,
        "match": _step(explained.match),
        "unless": _step(explained.unless) if explained.unless else None,
    }


def _step(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {
        "clause": step.clause,
        "shape": step.shape.value,
        "holds": step.holds,
        "short": step.short,
        "evidence": places(step.evidence),
    }
    if step.parts:
        told["needed"] = step.needed
        told["parts"] = [_step(part) for part in step.parts]
    if step.apart is not None:
        told["apart"] = step.apart
    return told


def trial(found: Trial) -> dict[str, Any]:
    """A backtest; shares are 0 to 1, days those of the setting TIMEZONE."""
    noise = found.noise
    return {
        "asked": found.asked,
        "since": time(found.since),
        "until": time(found.until),
        "stories": found.stories,
        "hits": found.hits,
        "days": [{"day": day.isoformat(), "hits": count} for day, count in found.days],
        "samples": [_raised(one) for one in found.samples],
        "overlap": [
            {
                "rule": one.rule,
                "both": one.both,
                "theirs": one.theirs,
                "of_ours": round(one.of_ours, 4),
                "of_theirs": round(one.of_theirs, 4),
            }
            for one in found.overlaps
        ],
        "noise": None
        if noise is None
        else {
            "a_day": round(noise.a_day, 3),
            "a_week": round(noise.a_week, 3),
            "per_thousand": round(noise.per_thousand, 3),
            "worst_day": {"day": noise.worst_day[0].isoformat(), "hits": noise.worst_day[1]},
            "titles": noise.titles,
            "single_evidence": round(noise.single, 4),
            "busiest_source": {"name": noise.source, "share": round(noise.source_share, 4)},
        },
    }


def _raised(one: Raised) -> dict[str, Any]:
    return {**_stored(one.stored), "evidence": places(one.evidence), "others": list(one.others)}


def _stored(stored: StoredStory) -> dict[str, Any]:
    story = stored.story
    return {
        "id": stored.id,
        "title": story.title,
        "url": story.url,
        "source": story.source,
        "at": time(moment(stored)),
    }


def misses(found: Misses) -> dict[str, Any]:
    """Near misses."""
    return {
        "since": time(found.since),
        "rules": [{"rule": rule, "stories": count} for rule, count in found.counts],
        "clauses": [
            {"rule": rule, "clause": clause, "stories": count} for rule, clause, count in found.clauses
        ],
        "newest": [
            {
                **_stored(each.stored),
                "rule": each.miss.rule,
                "cause": each.miss.cause.value,
                "clause": each.miss.clause,
                "had": places(each.miss.had),
                "against": places(each.miss.against),
            }
            for each in found.newest
        ],
    }


def coverage(found: Coverage) -> dict[str, Any]:
    """Rules against feeds."""
    return {
        "polled": found.polled,
        "cells": [
            {
                "rule": cell.rule,
                "lang": cell.lang,
                "tier": cell.tier,
                "standing": cell.standing.value,
                "feeds": cell.feeds,
                "able": cell.able,
                "live": cell.live,
                "clause": cell.clause or None,
            }
            for cell in found.cells
        ],
        "blind": [{"rule": rule, "lang": lang} for rule, lang in found.blind],
    }


def book(kept: KeptBook) -> dict[str, Any]:
    """A version of the rules."""
    return {
        "version": kept.version,
        "loaded_at": time(kept.loaded_at),
        "by": kept.by,
        "changed": kept.note,
    }
