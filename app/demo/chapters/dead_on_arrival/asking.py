"""The claim: with a photo and the invoice, printed as a packet, and faxed."""

import io

from PIL import Image, ImageDraw

from app.demo.chapters.dead_on_arrival.tale import MODEL, PRICE, UNBOXED, Tale
from app.demo.unmet import Unmet, expect

_SYMPTOM = (
    "No light, no fan, no console: the router does not switch on. It came out of its sealed box "
    "like that."
)
_TRIED = "Two sockets, another power cord, another power supply of the same model."


async def keep_files(tale: Tale) -> None:
    """Keep a photo of the label and the copy of the invoice."""
    photo = await tale.scene.calls.upload("/v1/files", "label.jpg", _label(tale))
    invoice = await tale.scene.calls.upload("/v1/files", "invoice.pdf", _invoice(tale))
    tale.file_ids = {"photo": photo["id"], "invoice": invoice["id"]}
    try:
        await tale.scene.calls.upload("/v1/files", "photo.jpg", b"MZ\x90\x00, and so on")
    except Unmet as refused:
        expect("the status of a program that calls itself a photo", refused.got[:3], "415")
    else:
        raise Unmet("a program that calls itself a photo", expected="refused", got="taken")
    tale.scene.say("A photo and the invoice are kept; a program named photo.jpg was refused (415).")


async def draft(tale: Tale) -> None:
    """Draft the claim at the maker's door."""
    claim = await tale.scene.calls.post(
        "/v1/claims",
        {
            "case_id": tale.case_id,
            "kind": "doa",
            "door": tale.door,
            "asks_for": "replacement",
            "symptom": _SYMPTOM,
            "tried": _TRIED,
            "is_box_opened": True,
            "our_reference": tale.order,
            "lines": [{"serial": tale.serial, "product": tale.product}],
            "files": [
                {"file_id": tale.file_ids["photo"], "what": "photo", "note": "The label."},
                {"file_id": tale.file_ids["invoice"], "what": "invoice"},
            ],
        },
    )
    tale.claim_id = claim["id"]
    expect("the unit", claim["lines"][0]["unit"], tale.unit)
    tale.scene.say(f"{claim['number']}, a draft: {tale.serial} is the ERP's unit {tale.unit}.")


async def print_packet(tale: Tale) -> None:
    """Print what goes to the vendor: the same claim gives the same bytes."""
    where = f"/v1/claims/{tale.claim_id}/packet.pdf"
    packet = await tale.scene.calls.fetch(where)
    expect("what it is", packet[:5], b"%PDF-")
    expect("the same once more", await tale.scene.calls.fetch(where) == packet, True)
    tale.scene.say(
        f"One PDF to be faxed, {len(packet) // 1024} KB: letter, serial, what is wrong, evidence, "
        "the maker's own terms, then the invoice and the photo."
    )


async def submit(tale: Tale) -> None:
    """Say that it went out: the maker owes an answer from then on."""
    at = tale.told(UNBOXED, "15:00")
    claim = await tale.act("submit", {"at": at, "by_name": "Ana Ruiz", "channel": "fax"})
    (answer,) = [each for each in claim["dues"] if each["purpose"] == "answer"]
    expect("what is owed", (claim["authorization"], answer["state"]), ("submitted", "open"))
    expect("whether it was in time at this door", claim["entitlement"]["answer"], "yes")
    expect("an answer until", answer["due_at"][:10], tale.on(UNBOXED + 2).isoformat())
    tale.scene.say(f"Faxed {at[:10]}. The maker owes an answer by {answer['due_at'][:10]}.")


def _label(tale: Tale) -> bytes:
    picture = Image.new("RGB", (900, 500), (236, 232, 220))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 40, 860, 460), outline=(30, 30, 30), width=4)
    pen.text((80, 90), f"MERIDIAN {MODEL}", fill=(20, 20, 20), font_size=52)
    pen.text((80, 200), f"S/N {tale.serial}", fill=(20, 20, 20), font_size=60)
    for index, letter in enumerate(tale.serial * 3):
        width = 2 + ord(letter) % 7
        pen.rectangle((80 + index * 20, 310, 80 + index * 20 + width, 420), fill=(20, 20, 20))
    return _bytes(picture, "JPEG")


def _invoice(tale: Tale) -> bytes:
    page = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(page)
    rows = [
        "Southgate Distribution",
        f"INVOICE 55-{tale.shipped_on:%m%d}",
        f"Date {tale.on(0)}    Your order {tale.order}",
        f"1 x {MODEL}    serial {tale.serial}    {PRICE} USD",
        f"Shipped to Harbor Clinic, Duluth MN, on {tale.on(0)}",
    ]
    for index, row in enumerate(rows):
        pen.text((120, 140 + index * 90), row, fill=0, font_size=36 if index else 56)
    return _bytes(page, "PDF")


def _bytes(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()
