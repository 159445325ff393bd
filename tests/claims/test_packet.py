"""The packet: one PDF with all that a vendor needs, the same for the same claim, fit for a fax."""

import io

import pypdfium2
from PIL import Image

from tests.claims.room import OTHER, SERIAL, refused


def a_photo(colour=(90, 140, 90), kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(out, kind)
    return out.getvalue()


def an_invoice():
    document = pypdfium2.PdfDocument.new()
    for _ in range(2):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def keep(room, content, name):
    answer = await room.client.post("/v1/files", files={"file": (name, content)})
    assert answer.is_success, answer.text
    return answer.json()["id"]


async def packet(room, told):
    answer = await room.client.get(f"/v1/claims/{told['id']}/packet.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded() for page in document]


async def test_a_packet_holds_all_that_a_vendor_asks_for(room):
    await room.terms(doa_window={"value": 30, "unit": "days", "anchor": "shipment"})
    files = [
        {"file_id": await keep(room, a_photo(), "label.jpg"), "what": "photo", "note": "Label"},
        {"file_id": await keep(room, an_invoice(), "INV-1.pdf"), "what": "invoice"},
    ]
    told = await room.open(files=files, symptom="Dead: #no $light$ *at* all.")
    await room.do(told, "submit", {})
    content = await packet(room, told)
    pages = text_of(content)
    assert len(pages) == 5
    whole = " ".join(pages)
    for words in (
        told["number"],
        "dead on arrival",
        SERIAL,
        "PO-1, line 10",
        "Dead: #no $light$ *at* all.",
        "30 days from shipping",
        "Terms of sale, section 9",
        "Enclosure A: Invoice copy (INV-1.pdf)",
        "Enclosure B: Photo (label.jpg)",
    ):
        assert words in whole, words
    assert await packet(room, told) == content


async def test_a_packet_is_grey_and_dark_enough_for_a_fax(room):
    files = [{"file_id": await keep(room, a_photo((200, 30, 30)), "a.jpg"), "what": "photo"}]
    told = await room.open(files=files)
    document = pypdfium2.PdfDocument(await packet(room, told))
    for page in document:
        picture = page.render(scale=1).to_pil().convert("RGB")
        colours = {colour for _, colour in picture.getcolors(1 << 24)}
        assert all(max(each) - min(each) <= 8 for each in colours)


async def test_a_file_that_cannot_be_printed_is_named_and_the_rest_goes_out(room):
    broken = b"%PDF-1.7\nnothing of it"
    files = [{"file_id": await keep(room, broken, "broken.pdf"), "what": "invoice"}]
    told = await room.open(files=files)
    pages = text_of(await packet(room, told))
    assert "Not printed: it cannot be read." in pages[-1]


async def test_an_appeal_says_what_the_refusal_is_worth(room):
    await room.terms(doa_window={"value": 30, "unit": "days", "anchor": "shipment"})
    told = await room.submitted()
    await room.do(told, "denials", refused(by_role="supervisor"))
    at = "2026-03-02T09:01:00Z"
    await room.do(told, "denials", refused("non_returnable", at=at) | {"words": "No returns."})
    await room.do(told, "appeal", {})
    first = text_of(await packet(room, told))[0]
    assert "Appeal against your refusal" in first
    assert "The box has been opened." in first
    assert "Pat Doyle, supervisor" in first
    assert "No returns." in first
    assert first.count("neither an opened box nor a return policy") == 1


async def test_an_appeal_asks_what_a_ground_of_the_vendors_own_making_stands_on(room):
    told = await room.submitted()
    own = {"ground": "it rained", "words": "It rained that day."}
    await room.do(told, "denials", refused() | own)
    room.clock.advance(days=1)
    await room.do(told, "appeal", {"words": "It stood in a dry room."})
    first = text_of(await packet(room, told))[0]
    assert "It rained that day." in first
    assert "Which clause of which terms is meant?" in first
    # What is said to our own people is no matter for the vendor's.
    assert "GET /v1" not in first
    assert "It stood in a dry room." in first
    assert "2026-03-03" in first


async def test_what_has_no_blank_in_it_is_broken_and_not_cut(room):
    address = "https://portal.example/logs/" + "0123456789abcdef" * 12
    told = await room.open(symptom=f"See {address}", our_reference="R" * 120)
    document = pypdfium2.PdfDocument(await packet(room, told))
    for page in document:
        text = page.get_textpage()
        right = max(text.get_charbox(each)[2] for each in range(text.count_chars()))
        assert right <= page.get_width() - 50


async def test_a_packet_names_a_product_as_the_vendor_does(room):
    numbers = [
        {"kind": "manufacturer", "number": "AC-R900-24"},
        {"kind": "distributor", "number": "B7H-44120", "vendor": "bigdist"},
    ]
    product = {"name": "Acme R900 router", "manufacturer": "acme", "part_numbers": numbers}
    await room.erp.tell("products/R900", product)
    told = await room.open(door={"vendor": "bigdist", "role": "distributor"})
    assert "Product B7H-44120, Acme R900 router" in text_of(await packet(room, told))[0]
    own = await room.open(
        door={"vendor": "acme", "role": "manufacturer"}, lines=[{"serial": OTHER}]
    )
    assert "Product AC-R900-24, Acme R900 router" in text_of(await packet(room, own))[0]


async def test_there_is_no_packet_of_nothing(room):
    nothing = "01980c1e-7e5a-7000-8000-000000000009"
    answer = await room.client.get(f"/v1/claims/{nothing}/packet.pdf")
    assert answer.status_code == 404
