"""Feeds: from an address to a batch of stories (`fetch`, `parse` in killable `workers`), and feed lists (`opml`)."""
