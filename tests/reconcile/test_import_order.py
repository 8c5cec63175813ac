from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.foreign.item import Becomes, ForeignItem
from dispatchd.reconcile.import_order import MOST_BYTES, ImportOrder, LaterEdge, order_items


def item(name: str, *depends_on: str, parent: str = "", epic: str = "") -> ForeignItem:
    becomes = Becomes.EPIC if name.startswith("e") else Becomes.ISSUE
    return ForeignItem(
        source=name,
        becomes=becomes,
        path="f",
        line=1,
        title=name,
        depends_on=depends_on,
        parent=parent,
        epic=epic,
    )


def flat(order: ImportOrder) -> list[ForeignItem]:
    return [each for portion in order.portions for each in portion.items]


def test_what_is_referred_to_comes_first() -> None:
    order = order_items(
        [item("a", "b", epic="e"), item("b", "c"), item("c"), item("d", parent="a"), item("e")]
    )
    names = [each.source for each in flat(order)]
    for before, after in (("b", "a"), ("c", "b"), ("e", "a"), ("a", "d")):
        assert names.index(before) < names.index(after)
    assert order.remarks == ()


def test_the_edge_that_closes_a_circle_is_left_out_and_told() -> None:
    order = order_items([item("a", "b"), item("b", "c"), item("c", "a"), item("s", "s")])
    edges = {(each.source, other) for each in flat(order) for other in each.depends_on}
    assert edges == {("a", "b"), ("b", "c")}
    assert [(remark.source, remark.detail) for remark in order.remarks] == [
        ("c", "a → b → c → a"),
        ("s", "s → s"),
    ]
    kept = {each.source: [fact.text for fact in each.kept] for each in flat(order)}
    assert kept["c"] == ["a (left out: it closes a circle, a → b → c → a)"]


def test_a_whole_that_waits_for_its_parts_is_linked_once_both_stand() -> None:
    order = order_items([item("whole", "part"), item("part", parent="whole")])
    (portion,) = order.portions
    assert [each.source for each in portion.items] == ["part", "whole"]
    assert portion.later == (LaterEdge(subject="part", key="parent", target="whole"),)
    assert portion.items[0].parent == ""
    assert order.remarks == ()


def test_portions_stay_small_and_a_circle_is_not_parted() -> None:
    many = [item(f"n{number}") for number in range(1_300)]
    assert [len(portion.items) for portion in order_items(many).portions] == [500, 500, 300]
    heavy = [replace(item(f"n{number}"), body="x" * 500_000) for number in range(5)]
    assert [len(portion.items) for portion in order_items(heavy).portions] == [2, 2, 1]
    pair = [replace(item("whole", "part"), body="x" * 600_000), *heavy[:2], item("part", parent="whole")]
    for portion in order_items(pair).portions:
        assert ("whole" in {each.source for each in portion.items}) == bool(portion.later)
    assert MOST_BYTES < 2_000_000


def test_what_comes_in_the_same_import_is_named_for_a_look_beforehand() -> None:
    (portion,) = order_items([item("a", "b", "elsewhere"), item("b")]).portions
    assert portion.coming == ("b",)


def test_a_chain_of_ten_thousand_is_no_recursion() -> None:
    chain = [item(f"n{number}", f"n{number + 1}") for number in range(10_000)]
    names = [each.source for each in flat(order_items(chain))]
    assert names[0] == "n9999"
    assert len(names) == 10_000


NAMES = st.sampled_from("abcdefgh")


@given(st.dictionaries(NAMES, st.tuples(st.lists(NAMES, max_size=4), st.one_of(st.just(""), NAMES))))
def test_everything_comes_once_and_every_reference_is_drawn_later_or_left_out_with_a_word(
    graph: dict[str, tuple[list[str], str]],
) -> None:
    items = [item(name, *dict.fromkeys(deps), parent=parent) for name, (deps, parent) in graph.items()]
    order = order_items(items)
    standing: set[str] = set()
    for portion in order.portions:
        for each in portion.items:
            assert each.source not in standing
            needed = {other for other in (*each.depends_on, each.parent) if other in graph}
            assert needed <= standing
            standing.add(each.source)
        assert all({edge.subject, edge.target} <= standing for edge in portion.later)
    assert standing == set(graph)
    drawn = sum(len(each.depends_on) + bool(each.parent) for each in flat(order))
    asked = sum(len(set(deps)) + bool(parent) for deps, parent in graph.values())
    assert drawn + sum(len(portion.later) for portion in order.portions) + len(order.remarks) == asked
