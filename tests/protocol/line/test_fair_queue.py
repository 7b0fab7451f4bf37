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
    queue.push("a", first, first=True)
    assert queue.drain() == [1, 2]


def test_what_was_taken_out_does_not_come() -> None:
    queue: FairQueue[int] = FairQueue()
    queue.push("a", 1)
    queue.discard("a", 1)
    queue.discard("a", 1)
    queue.discard("b", 1)
    assert queue.pop() is None


def test_who_comes_back_has_not_lost_its_turn() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("live", "download", "download"):
        queue.push(item, item)
    assert [queue.pop(), queue.pop()] == ["live", "download"]
    queue.push("live", "live")
    assert [queue.pop(), queue.pop()] == ["live", "download"]


def test_somebody_new_stands_behind_those_who_wait() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.push("old", "old")
    queue.pop()
    queue.push("old", "old")
    for new in "abc":
        queue.push(new, new)
    assert queue.drain() == ["old", "a", "b", "c"]


def test_those_who_share_a_turn_have_one_together_and_are_equal_in_it() -> None:
    queue: FairQueue[str] = FairQueue()
    for _ in range(4):
        for who in "xyz":
            queue.push(who, who, "downloads")
    for _ in range(4):
        queue.push("live", "live")
    served = [queue.pop() for _ in range(8)]
    assert served == ["x", "live", "y", "live", "z", "live", "x", "live"]
    queue.discard("y", "y", "downloads")
    assert len(queue) == 7


def test_hosts_of_users_who_come_once_are_forgotten() -> None:
    queue: FairQueue[int] = FairQueue()
    for number in range(10_000):
        queue.push(str(number), number)
        assert queue.pop() == number
    assert len(queue._turns) <= 101
