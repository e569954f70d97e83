"""Ways out beside the chats, because a bot's account can vanish: services that Apprise knows, and Atom feeds.

rules.yaml lists them (`destinations:`); `listing` makes them subscriptions like those of a chat, so that they
have the same outbox, order, repeats and receipts. `services` sends by `post`, the only home of Apprise, to
addresses that `addresses` reads from the environment or a file, and `verdict` says what a failure means.
`feeds` writes Atom files (`atom` is their form), `serving` hands them out over HTTP.
"""
