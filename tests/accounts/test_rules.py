"""How an amount finds its debts, whatever amounts and debts there are."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.accounts.choosing import Candidate, choose
from app.accounts.rules import By, Line, References, State, entries
from app.orders.rules import rma_lookup

CENTS = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
DEBTS = st.lists(
    st.tuples(st.sampled_from([each for each in By if each is not By.PERSON]), st.none() | CENTS),
    max_size=6,
)


def candidates(told):
    return [Candidate(UUID(int=n), n, by, left, UUID(int=n)) for n, (by, left) in enumerate(told)]


@given(CENTS, DEBTS)
def test_no_cent_appears_or_vanishes_and_no_debt_gets_more_than_it_is_owed(amount, told):
    debts = {each.obligation_id: each for each in candidates(told)}
    choice = choose(amount, list(debts.values()))
    given_to = [share.amount for share in choice.shares]
    if None in given_to:
        assert (given_to, choice.state) == ([None], State.MATCHED)
        return
    assert sum(given_to) + choice.rest == amount
    assert all(share.amount <= debts[share.obligation_id].outstanding for share in choice.shares)
    left = sum(debts[share.obligation_id].outstanding for share in choice.shares) - sum(given_to)
    assert choice.state is (
        (State.OVERPAID if choice.rest else State.SHORT_PAID if left else State.MATCHED)
        if choice.shares
        else State.UNMATCHED
    )


@given(CENTS, DEBTS)
def test_only_the_surest_settle_and_what_is_not_sure_only_to_the_cent(amount, told):
    choice = choose(amount, candidates(told))
    if not choice.shares:
        return
    surest = min((by for by, _ in told), key=list(By).index)
    assert choice.by is surest
    assert surest is not By.AMOUNT
    if surest in {By.ORDER, By.WORDS}:
        assert choice.state is State.MATCHED


@given(DEBTS, CENTS)
def test_the_order_in_which_debts_are_found_does_not_matter(told, amount):
    found = candidates(told)
    assert choose(amount, found) == choose(amount, found[::-1])


def test_lines_for_one_thing_come_together_and_words_alone_part_them():
    def line(key, amount, **more):
        return Line(key, Decimal(amount), References(**more))

    found = entries(
        [
            line("1", "10", rma="A", claim="Unit"),
            line("2", "-3", rma="A", claim="Fee"),
            line("3", "5", claim="Freight"),
            line("4", "6", claim="Tax"),
            line("5", "7", rma="B"),
            line("6", "-7", rma="B"),
        ]
    )
    assert [(each.lines, str(each.amount)) for each in found] == [
        (("1", "2"), "7"),
        (("3",), "5"),
        (("4",), "6"),
    ]
    assert found[0].references == References(rma="A", claim="Unit Fee")


def test_an_rma_is_the_same_however_it_is_written():
    same = ["8123", "RMA 8123", "rma-8123", "RA#8123", "Rma:8123", "\uff18123"]
    assert {rma_lookup(each) for each in same} == {"8123"}
    assert rma_lookup("RADIO-7") == "RADIO7"
    assert rma_lookup("#/-") == ""
