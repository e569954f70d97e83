"""The nouns of Tocsin: frozen values that are handed from one stage to the next.

`sources` feeds and what is known of them, `pushes` what hubs promised; `stories` what a feed carries; `rules`
what people wait for and what matched; `alerts` cards, destinations, deliveries; `handover` what one stage gives
the next; `views` what the store answers when somebody asks. All times are aware datetimes in UTC, all durations
are seconds.
"""

from monitor.core.model.alerts import (
    Card,
    Delivery,
    DeliveryState,
    Destination,
    Kind,
    Later,
    Receipt,
    Refused,
    Sent,
    Subscription,
    Unknown,
)
from monitor.core.model.handover import (
    Batch,
    Edit,
    Facts,
    Failed,
    Fetched,
    Gone,
    Kept,
    Outcome,
    Owed,
    Page,
    RecentCard,
    RetryLater,
    StoryMark,
    Unchanged,
)
from monitor.core.model.pushes import Push
from monitor.core.model.rules import Entity, Evidence, Examples, Guard, Hit, Level, Rule, RuleBook, RuleId
from monitor.core.model.sources import Feed, FeedState, FeedUrl, Move, Rhythm, Validators, Vigil
from monitor.core.model.stories import Story, StoryKey
from monitor.core.model.views import (
    CardStory,
    CardView,
    Claimed,
    DeadLetter,
    KeptBook,
    Notice,
    StoredStory,
    StoreStatus,
    Version,
)

__all__ = [
    "Batch",
    "Card",
    "CardStory",
    "CardView",
    "Claimed",
    "DeadLetter",
    "Delivery",
    "DeliveryState",
    "Destination",
    "Edit",
    "Entity",
    "Evidence",
    "Examples",
    "Facts",
    "Failed",
    "Feed",
    "FeedState",
    "FeedUrl",
    "Fetched",
    "Gone",
    "Guard",
    "Hit",
    "Kept",
    "KeptBook",
    "Kind",
    "Later",
    "Level",
    "Move",
    "Notice",
    "Outcome",
    "Owed",
    "Page",
    "Push",
    "Receipt",
    "RecentCard",
    "Refused",
    "RetryLater",
    "Rhythm",
    "Rule",
    "RuleBook",
    "RuleId",
    "Sent",
    "StoreStatus",
    "StoredStory",
    "Story",
    "StoryKey",
    "StoryMark",
    "Subscription",
    "Unchanged",
    "Unknown",
    "Validators",
    "Version",
    "Vigil",
]
