"""Files as pages that survive a fax: grey, upright, no finer than 200 dots to the inch."""

import io
import threading
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageOps

_DPI = 200
_POINTS = 72
# What is left of a page of A4 within its margins, at that fineness: 170 by 225 mm.
_SIZE = (1338, 1771)
_MOST_DOTS = 60_000_000
_RIM = 20
_LONGEST = 4000
MOST_PAGES = 20
# PDFium does one thing at a time.
_ONE = threading.Lock()


class Unprintable(Exception):
    """The file cannot be put on paper here; the message says why."""


def pages(content: bytes, media_type: str) -> list[bytes]:
    """Return a file's pages as grey PNGs, the same for the same bytes. Raises Unprintable."""
    try:
        found = _of_pdf(content) if media_type == "application/pdf" else _of_picture(content)
        return [_png(picture) for picture in found]
    except Unprintable:
        raise
    except Exception as error:
        # Whatever a broken file does to its reader, the packet goes out with the others.
        raise Unprintable("it cannot be read") from error


def _of_pdf(content: bytes) -> Iterator[Image.Image]:
    with _ONE:
        document = pypdfium2.PdfDocument(content)
        try:
            for index in range(min(len(document), MOST_PAGES)):
                page = document[index]
                width, height = page.get_size()
                scale = min(_DPI / _POINTS, _LONGEST / max(width, height))
                yield _trimmed(page.render(scale=scale, grayscale=True).to_pil())
        finally:
            document.close()


def _of_picture(content: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(content)) as told:
        if told.width * told.height > _MOST_DOTS:
            raise Unprintable("it is too large a picture")
        # Made small first: a photograph in full, in colour and twice, is most of the memory.
        told.thumbnail((_LONGEST, _LONGEST))
        upright = ImageOps.exif_transpose(told)
        flat = Image.new("RGBA", upright.size, "white")
        flat.alpha_composite(upright.convert("RGBA"))
        yield flat


def _trimmed(page: Image.Image) -> Image.Image:
    """Return a page without its white margins: ours are around it."""
    box = ImageOps.invert(page.convert("L")).getbbox()
    if box is None:
        return page
    left, upper, right, lower = box
    return page.crop(
        (
            max(left - _RIM, 0),
            max(upper - _RIM, 0),
            min(right + _RIM, page.width),
            min(lower + _RIM, page.height),
        )
    )


def _png(picture: Image.Image) -> bytes:
    grey = picture.convert("L")
    grey.thumbnail(_SIZE, Image.Resampling.LANCZOS)
    # Faint photographs turn black or white on a fax: use all the greys there are.
    clear = ImageOps.autocontrast(grey, cutoff=1)
    out = io.BytesIO()
    clear.save(out, "PNG", dpi=(_DPI, _DPI))
    return out.getvalue()
