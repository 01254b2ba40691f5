"""Edits and cores: what one change has in common in every kernel, and what two changes have not."""

from __future__ import annotations

import pytest

from tl_passlab.goldens.edits import edits_of
from tl_passlab.goldens.roots import Root
from tl_passlab.review.cores import cores_of

SWIZZLE = ("layout: T.sblock_attr _ [ -> + # ) % #]", "layout: T.sblock_attr ( [ -> (]")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("synchronisation: [__syncthreads ( ) ; -> ]", 'synchronisation: [T.tvm_storage_sync ( "shared" ) -> ]'),
        ("synchronisation: [threadgroup_barrier ( E ) ; -> ]", 'synchronisation: [T.tvm_storage_sync ( "s" ) -> ]'),
        (SWIZZLE[0], "layout: T.sblock_attr # [E -> E + # ) % #]"),
        (
            "loop structure: for in [range -> T.unroll]",
            "loop structure+type / cast: for _ [range ( # ) -> T.unroll ( # )]",
        ),
    ],
)
def test_one_edit_in_statements_of_two_kinds_is_one_edit(one: str, other: str) -> None:
    assert edits_of((one,)) == edits_of((other,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('synchronisation: [T.tvm_storage_sync ( "s" ) -> ]', 'synchronisation: [ -> T.tvm_storage_sync ( "s" )]'),
        (SWIZZLE[0], "layout: T.sblock_attr _ [ -> + # ) // #]"),
        (SWIZZLE[0], "memory access: _ [ -> + # ) % #]"),
        ("synchronisation: T.wait ( [# -> #]", "synchronisation: T.arrive ( [# -> #]"),
    ],
)
def test_another_edit_is_another(one: str, other: str) -> None:
    assert edits_of((one,)) != edits_of((other,))


def test_brackets_alone_are_no_edit_beside_operations() -> None:
    assert edits_of(SWIZZLE) == edits_of(SWIZZLE[:1])


def root(*parts: str, indirect: bool = False) -> Root:
    return Root("P", tuple(f"arithmetic: _ [ -> {part}]" for part in parts), indirect=indirect)


def test_differences_that_share_an_edit_have_one_core() -> None:
    found = cores_of({root("+", "*"): 5, root("+", "//"): 2, root("+", "%"): 1}, [])
    assert found.every == ("arithmetic: +{+}",)


def test_edits_seen_without_each_other_are_two_cores_and_both_are_seen_where_both_are() -> None:
    both = root("%", "+")
    found = cores_of({root("+"): 3, root("%"): 2, both: 1}, [])
    assert found.of(root("+")) == ("arithmetic: +{+}",)
    assert found.of(both) == ("arithmetic: +{+}", "arithmetic: +{%}")


def test_cores_known_before_are_kept_when_what_made_them_is_gone() -> None:
    left = {root("+", "*"): 1}
    assert cores_of(left, []).every == ("arithmetic: +{*}",)
    assert cores_of(left, ["arithmetic: +{+}"]).every == ("arithmetic: +{+}",)


def test_what_is_seen_further_down_joins_a_core_only_when_all_of_it_may_follow() -> None:
    found = cores_of({root("+"): 3}, [])
    downstream = Root("P", ("async copy: T.copy [ -> + # ]",), indirect=True)
    assert found.of(downstream) == ("arithmetic: +{+}",)
    assert found.of(root("*", "+ %", indirect=True)) == ()
    assert found.of(root("+ %", indirect=True)) == ("arithmetic: +{+}",)
