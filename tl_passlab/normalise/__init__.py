"""What a comparison ignores, as named rules: each says what it ignores, why, and shows an example.

A rule that hides a real change is worse than noise, so every rule has a test with a real change beside it that must
survive.
"""
