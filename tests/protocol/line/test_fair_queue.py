from hypothesis import given
from hypothesis import strategies as st
from iec102.line.fair_queue import FairQueue

PUSHES = st.lists(st.tuples(st.sampled_from("abcd"), st.integers()), max_size=40)


def drained(queue: FairQueue[tuple[str, int]]) -> list[tuple[str, int]]:
    items = []
    while (item := queue.pop()) is not None:
        items.append(item)
    return items


@given(PUSHES)
def test_everything_comes_out_once_and_each_ones_items_in_their_order(pushes: list[tuple[str, int]]) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for who, number in pushes:
        queue.push(who, (who, number))
    assert len(queue) == len(pushes)
    items = drained(queue)
    for who in "abcd":
        assert [item for item in items if item[0] == who] == [item for item in pushes if item[0] == who]
    assert len(queue) == 0


@given(PUSHES)
def test_nobody_comes_twice_while_somebody_else_waits(pushes: list[tuple[str, int]]) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for who, number in pushes:
        queue.push(who, (who, number))
    turns: dict[str, int] = {}
    left = {who: sum(other == who for other, _ in pushes) for who, _ in pushes}
    for who, _ in drained(queue):
        turns[who] = turns.get(who, 0) + 1
        left[who] -= 1
        assert all(turns[who] - turns.get(other, 0) <= 1 for other in left if left[other])


def test_what_is_not_ready_waits_without_holding_up_the_others() -> None:
    queue: FairQueue[str] = FairQueue()
    for who in ("dead", "alive"):
        queue.push(who, who)
    assert queue.pop(lambda item: item != "dead") == "alive"
    assert queue.pop(lambda item: item != "dead") is None
    assert list(queue.heads()) == ["dead"]


def test_what_could_not_be_served_is_its_owners_next_again() -> None:
    queue: FairQueue[int] = FairQueue()
    for number in (1, 2):
        queue.push("a", number)
    first = queue.pop()
    assert first == 1
    queue.push_back("a", first)
    assert queue.drain() == [1, 2]


def test_what_was_taken_out_does_not_come() -> None:
    queue: FairQueue[int] = FairQueue()
    queue.push("a", 1)
    queue.discard("a", 1)
    queue.discard("a", 1)
    queue.discard("b", 1)
    assert queue.pop() is None
