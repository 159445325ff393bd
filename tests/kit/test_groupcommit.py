"""Group commit: who waits together is written together, and answered after the commit."""

import asyncio

import pytest

from app.kit.groupcommit import BadRow, GroupCommit


class Writer:
    """Writes rows when it is let; keeps the groups it was given."""

    def __init__(self):
        self.groups, self.committed = [], []
        self.free = asyncio.Event()
        self.free.set()
        self.trouble = None
        self.writing = self.most = 0

    async def __call__(self, rows):
        self.groups.append(list(rows))
        self.writing += 1
        self.most = max(self.most, self.writing)
        try:
            await self.free.wait()
            await asyncio.sleep(0)
            if self.trouble:
                raise self.trouble
            if "bad" in rows:
                raise BadRow("one of them is bad")
            self.committed += rows
            return [f"wrote {row}" for row in rows]
        finally:
            self.writing -= 1


def _group(writer, writers=1, max_group=100):
    return GroupCommit(writer, writers=writers, max_group=max_group)


async def _submit_all(group, rows):
    tasks = [asyncio.create_task(group.submit(row)) for row in rows]
    await asyncio.sleep(0)
    return tasks


async def test_each_is_answered_with_its_own_after_its_commit():
    writer = Writer()
    writer.free.clear()
    group = _group(writer)
    tasks = await _submit_all(group, "abc")
    await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    writer.free.set()
    assert await asyncio.gather(*tasks) == ["wrote a", "wrote b", "wrote c"]
    assert writer.committed == list("abc")


async def test_what_gathers_while_a_write_runs_goes_in_one_write():
    writer = Writer()
    writer.free.clear()
    group = _group(writer)
    first = await _submit_all(group, "a")
    await asyncio.sleep(0)
    rest = await _submit_all(group, "bcdef")
    writer.free.set()
    await asyncio.gather(*first, *rest)
    assert writer.groups == [["a"], list("bcdef")]


async def test_a_group_is_no_larger_than_it_may_be():
    writer = Writer()
    group = _group(writer, max_group=4)
    await asyncio.gather(*(group.submit(n) for n in range(10)))
    assert [len(rows) for rows in writer.groups] == [4, 4, 2]
    assert sorted(writer.committed) == list(range(10))


async def test_there_are_no_more_writers_than_there_may_be():
    writer = Writer()
    group = _group(writer, writers=2, max_group=1)
    await asyncio.gather(*(group.submit(n) for n in range(20)))
    assert writer.most == 2
    assert sorted(writer.committed) == list(range(20))


async def test_a_bad_row_fails_alone():
    writer = Writer()
    tasks = await _submit_all(_group(writer), ["a", "bad", "b"])
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[::2] == ["wrote a", "wrote b"]
    assert isinstance(answers[1], BadRow)
    assert writer.committed == ["a", "b"]


async def test_an_outage_is_everybody_s_and_passes():
    writer = Writer()
    writer.trouble = ConnectionResetError("away")
    group = _group(writer)
    tasks = await _submit_all(group, "abc")
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionResetError] * 3
    assert writer.committed == []
    writer.trouble = None
    assert await group.submit("d") == "wrote d"


async def test_who_no_longer_waits_harms_nobody():
    writer = Writer()
    writer.free.clear()
    group = _group(writer)
    tasks = await _submit_all(group, "abc")
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    writer.free.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[::2] == ["wrote a", "wrote c"]
    assert isinstance(answers[1], asyncio.CancelledError)
    assert writer.committed == list("abc")
    assert await group.submit("d") == "wrote d"


async def test_a_writer_that_is_cancelled_leaves_nobody_waiting():
    writer = Writer()
    writer.free.clear()
    group = _group(writer, max_group=1)
    tasks = await _submit_all(group, "ab")
    await asyncio.sleep(0)
    for running in list(group._running):
        running.cancel()
    answers = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 2


async def test_an_answer_too_few_fails_those_it_was_for():
    async def forgetful(rows):
        return [f"wrote {row}" for row in rows[:-1]]

    tasks = await _submit_all(_group(forgetful), "ab")
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[0] == "wrote a"
    assert isinstance(answers[1], ValueError)


@pytest.mark.parametrize("rows", [0, 5])
async def test_closing_waits_for_what_is_being_written(rows):
    writer = Writer()
    group = _group(writer)
    tasks = await _submit_all(group, range(rows))
    await group.close()
    assert all(task.done() for task in tasks)
    assert len(writer.committed) == rows
