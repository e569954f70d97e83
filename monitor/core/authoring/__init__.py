"""Writing good rules: what one would have raised, what it just missed, where it is blind, what was changed.

`trial` the figures of a backtest; `nearmiss` stories that a rule misses by one clause; `coverage` rules against
feeds; `changes` between two rule books. All pure: the store's stories come in, values for people go out.
"""
