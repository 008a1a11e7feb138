"""How properties are searched for counterexamples: the same examples every time, and none judged by its speed."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "redraft",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("redraft")
