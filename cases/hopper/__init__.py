"""What only Hopper and later need: TMA descriptors, mbarriers, proxy fences."""
