"""For all tests: generated examples are the same at every run, so that a red run can be had again.

`TOCSIN_EXPLORE=1 make test` lets hypothesis look for new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("seeded", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("exploring" if os.environ.get("TOCSIN_EXPLORE") else "seeded")
