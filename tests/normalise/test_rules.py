"""Every normalisation rule: it ignores what it says, and a real change beside that survives the whole normaliser."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tl_passlab.normalise import message, source, tir

Rule = Callable[[str], str]

NORMALISERS: dict[str, tuple[tuple[Rule, ...], Rule]] = {
    "tir": (tir.RULES, tir.normalise_tir),
    "source": (source.RULES, source.normalise_source),
    "message": (message.RULES, message.normalise_message),
}


@dataclass(frozen=True)
class Example:
    """Two texts that the rule makes equal, and one that differs from the first by something real."""

    one: str
    same: str
    real: str


BODY = "@T.prim_func\ndef main():\n    x = 1\n"

EXAMPLES: dict[str, list[Example]] = {
    "drop_script_header": [
        Example(
            f"# from tvm.script import ir as I\n# from tvm.script import tirx as T\n\n{BODY}",
            BODY,
            f"# from tvm.script import tirx as T\n# a remark of the kernel\n{BODY}",
        ),
        Example(BODY, f"\n{BODY}", f"{BODY}# from tvm.script import tirx as T\n"),
    ],
    "drop_metadata_note": [
        Example(
            f"{BODY}\n# Metadata omitted. Use show_meta=True in script() method to show it.\n",
            BODY,
            f"{BODY}    # Metadata omitted.\n    y = 2\n",
        ),
    ],
    "strip_line_ends": [
        Example("x = 1  \ny = 2\r\n\n\n", "x = 1\ny = 2\n", "x = 1\n  y = 2\n"),
        Example("x = 1\n\ny = 2", "x = 1\n\ny = 2\n", "x = 1\ny = 2\n"),
    ],
    "shorten_line_directives": [
        Example('#line 12 "/home/me/k.py"\n', '#line 12 "k.py"\n', '#line 13 "/home/me/k.py"\n'),
        Example('  #line 12 "../k.py"\n', '  #line 12 "/a b/k.py"\n', '  #line 12 "/a b/l.py"\n'),
        Example('#line 1 "/a/k.py"\nf("/a/b");\n', '#line 1 "k.py"\nf("/a/b");\n', '#line 1 "k.py"\nf("b");\n'),
    ],
    "hide_addresses": [
        Example("Var(k, 0x55d0c3a0f1b2)", "Var(k, 0x7ffe00001111)", "Var(j, 0x55d0c3a0f1b2)"),
        Example("bad mask 0xff at 0x55d0c3a0", "bad mask 0xff at 0x00000001", "bad mask 0x7f at 0x55d0c3a0"),
    ],
    "shorten_paths": [
        Example("at /mnt/cases/reject/a.py:12", "at /home/me/a.py:12", "at /mnt/cases/reject/a.py:13"),
        Example(
            "/x/src/op/gemm.cc:88: Check failed", "/y/gemm.cc:99: Check failed", "/x/src/op/copy.cc:88: Check failed"
        ),
        Example("M // 64 + 1/2 in /a/b.py", "M // 64 + 1/2 in /c/b.py", "M // 32 + 1/2 in /a/b.py"),
    ],
    "drop_traceback": [
        Example(
            'Traceback (most recent call last):\n  File "/x/y.py", line 3, in f\nInputShape() = (2, 64)\n',
            "InputShape() = (2, 64)\n",
            "InputShape() = (3, 64)\n",
        ),
        Example("  7: 0x55d0c3a0\n  [bt] (1) f\nno\n", "no\n", "File system is full\nno\n"),
    ],
    "drop_log_time": [
        Example("[07:45:49] file.cc: Warning", "[23:00:01] file.cc: Warning", "[07:45:49] file.cc: Error"),
        Example("[07:45:49] stage [1:2]", "stage [1:2]", "stage [1:3]"),
    ],
}

RULES = sorted(
    {(kind, rule) for kind, (rules, _) in NORMALISERS.items() for rule in rules}, key=lambda r: (r[0], r[1].__name__)
)
CASES = [
    pytest.param(kind, rule, example, id=f"{kind}-{rule.__name__}-{number}")
    for kind, rule in RULES
    for number, example in enumerate(EXAMPLES.get(rule.__name__, []))
]


@pytest.mark.parametrize(("kind", "rule", "example"), CASES)
def test_rule_ignores_what_it_says(kind: str, rule: Rule, example: Example) -> None:
    normalise = NORMALISERS[kind][1]
    assert example.one != example.same
    assert normalise(example.one) == normalise(example.same)


@pytest.mark.parametrize(("kind", "rule", "example"), CASES)
def test_rule_is_what_makes_its_example_equal(kind: str, rule: Rule, example: Example) -> None:
    without = example.one, example.same
    for other in NORMALISERS[kind][0]:
        if other is not rule:
            without = other(without[0]), other(without[1])
    assert without[0] != without[1], "another rule ignores it already: the example proves nothing"


@pytest.mark.parametrize(("kind", "rule", "example"), CASES)
def test_real_change_beside_it_survives(kind: str, rule: Rule, example: Example) -> None:
    normalise = NORMALISERS[kind][1]
    assert normalise(example.real) != normalise(example.one)


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_rule_documents_itself(kind: str, rule: Rule) -> None:
    text = inspect.getdoc(rule) or ""
    assert text.startswith("Ignores: ")
    assert "\nWhy: " in text and "\nExample: `" in text


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_rule_has_examples_here(kind: str, rule: Rule) -> None:
    assert rule.__name__ in EXAMPLES


@pytest.mark.parametrize("kind", NORMALISERS)
def test_every_rule_of_a_module_is_applied(kind: str) -> None:
    module = {"tir": tir, "source": source, "message": message}[kind]
    own = [f for _, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == module.__name__]
    rules = [f for f in own if not f.__name__.startswith(("normalise_", "_"))]
    assert set(rules) <= set(NORMALISERS[kind][0])


@pytest.mark.parametrize("kind", NORMALISERS)
def test_normalising_twice_changes_nothing(kind: str) -> None:
    normalise = NORMALISERS[kind][1]
    for examples in EXAMPLES.values():
        for example in examples:
            once = normalise(example.one)
            assert normalise(once) == once
