"""Which texts may hold a card's number."""

import pytest

from app.kit.card_fields import looks_like_card


@pytest.mark.parametrize(
    ("text", "is_card"),
    [
        ("4111111111111111", True),
        ("5105-1051-0510-5100", True),
        ("card 6011 0009 9013 9424 exp 12/29", True),
        ("4111 1111 1111 1111 123", True),
        ("900000000000001", False),
        ("AUTH-77120", False),
        ("PO/2026/204", False),
        ("123456789", False),
    ],
)
def test_what_may_be_a_cards_number(text, is_card):
    assert looks_like_card(text) is is_card
