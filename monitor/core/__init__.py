"""The pure core: facts in as frozen values, one outcome out; no clock, disk, network, log or randomness."""
