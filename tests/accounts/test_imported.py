"""Papers that come as a file settle what is owed as those of a PUT do."""

import json

import pytest

from app.accounts import jobs, matching
from app.imports import jobs as imports
from tests.accounts.documents import memo, summary, under
from tests.imports.conftest import CSV, NDJSON, Importer


@pytest.fixture
def importer(client, run_jobs):
    return Importer(client, run_jobs)


@pytest.fixture
def bring(accounts, importer):
    async def bring(papers, media_type=NDJSON):
        body = papers
        if not isinstance(papers, str):
            told = ({"key": key, **paper} for key, paper in papers.items())
            body = "".join(json.dumps(each) + "\n" for each in told)
        done = await importer.bring("vendor_documents", body, media_type)
        assert (done["state"], done["faults"]) == ("finished", [])
        return done

    return bring


async def types(importer, *wanted):
    return [(event["type"], event["data"]) for event in await importer.events(*wanted)]


async def test_a_file_of_papers_settles_what_it_names_and_lists_the_rest(
    accounts, ledger, bring, importer
):
    debts = [await ledger.open(under(rma)) for rma in ("1000", "2000")]
    papers = {
        "CM-1": memo(rma="1000") | {"number": "CM-1"},
        "CM-2": memo("100.00", rma="2000") | {"number": "CM-2"},
        "CM-3": memo("77.00", rma="3000") | {"number": "CM-3"},
        "INV": memo(rma="1000") | {"kind": "invoice", "number": "INV"},
    }
    await bring(papers)
    assert [(await ledger.read(debt))["state"] for debt in debts] == ["kept", "open"]
    for state, key in (("matched", "CM-1"), ("short_paid", "CM-2"), ("unmatched", "CM-3")):
        assert (await accounts.one(state=state))["document"] == key
    assert await accounts.matches(document="INV") == []
    # What settles something is told; the rest is listed, and floods nobody.
    told = await types(importer, "accounts.document_matched", "accounts.document_unmatched")
    assert [data["document_key"] for _, data in told] == ["CM-1", "CM-2"]
    assert len(await types(importer, "orders.vendor_documents_imported")) == 1
    assert await types(importer, "orders.vendor_document_recorded") == []
    before = await accounts.matches(with_ended=True)
    await bring(papers)
    assert await accounts.matches(with_ended=True) == before


async def test_a_table_of_papers_settles_as_well(accounts, ledger, bring):
    debt = await ledger.open(under("1000"))
    table = (
        "key;kind;vendor;number;issued_on;currency;references.rma;lines.key;lines.amount\n"
        "CM-1;credit_memo;bigdist;CM-88;2026-03-02;USD;RMA 1000;1;139.00\n"
        "CM-1;;;;;;;fee;-10.00\n"
    )
    await bring(table, CSV)
    (match,) = await accounts.matches()
    assert summary(match) == ("matched", "rma", [debt["number"]])
    assert match["lines"] == ["1", "fee"]


async def test_an_imported_change_takes_back_what_the_paper_says_no_longer(
    accounts, ledger, bring, importer
):
    debt = await ledger.open(under("1000"))
    await accounts.book(memo(rma="1000"))
    # An invoice settles nothing, but it was a credit memo before.
    await bring({"CM-1": memo(rma="1000") | {"kind": "invoice"}})
    assert (await ledger.read(debt))["state"] == "open"
    assert await accounts.matches() == []
    assert len(await types(importer, "accounts.match_taken_back")) == 1


async def test_a_debt_that_is_opened_later_finds_an_imported_paper(accounts, ledger, bring):
    await bring({"CM-1": memo(rma="1000")})
    debt = await ledger.open(under("1000"))
    await accounts.run_jobs()
    assert (await accounts.one())["state"] == "matched"
    assert (await ledger.read(debt))["state"] == "kept"


async def test_papers_are_worked_off_in_parts_and_one_that_breaks_holds_no_other(
    accounts, ledger, bring, monkeypatch
):
    debts = [await ledger.open(under(str(1000 + n))) for n in range(5)]
    original, seen = matching.match, []

    async def breaking(session, document_id, *, in_bulk=False):
        seen.append(in_bulk)
        if len(seen) == 2:
            raise ZeroDivisionError
        await original(session, document_id, in_bulk=in_bulk)

    monkeypatch.setattr(matching, "match", breaking)
    monkeypatch.setattr(jobs, "_MATCHED_AT_ONCE", 2)
    await bring({f"CM-{n}": memo(rma=str(1000 + n)) | {"number": f"C{n}"} for n in range(5)})
    assert [(await ledger.read(debt))["state"] for debt in debts] == ["kept"] * 5
    assert sorted(seen) == [False] + [True] * 5


async def test_a_worker_that_dies_amid_the_papers_counts_nothing_twice(
    accounts, ledger, importer, runtime, monkeypatch
):
    debts = [await ledger.open(under(rma)) for rma in ("1000", "2000")]
    told = [memo(rma=rma) | {"key": rma, "number": rma} for rma in ("1000", "2000")]
    await importer.begin("vendor_documents", "".join(json.dumps(each) + "\n" for each in told))
    await imports.step(runtime)
    ids = [row["id"] for row in await runtime.pool.fetch("SELECT id FROM vendor_documents")]
    payload = {"document_ids": [str(each) for each in ids]}
    original, seen = matching.match, []

    async def dying(session, document_id, *, in_bulk=False):
        seen.append(document_id)
        if len(seen) == 2:
            raise TimeoutError
        await original(session, document_id, in_bulk=in_bulk)

    monkeypatch.setattr(matching, "match", dying)
    with pytest.raises(TimeoutError):
        await jobs._match_some(runtime, payload)
    await jobs._match_some(runtime, payload)
    await accounts.run_jobs()
    for debt in debts:
        assert len((await ledger.read(debt))["performances"]) == 1
