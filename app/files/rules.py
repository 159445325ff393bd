"""Which files are evidence we can keep, and how large they may be."""

import filetype

from app.kit.problems import Problem

MAX_FILE_BYTES = 20 * 1024 * 1024

ACCEPTED = frozenset(
    {
        "application/pdf",
        "image/avif",
        "image/gif",
        "image/heic",
        "image/heif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
    }
)


class FileTypeRefused(Problem):
    """The file is, by its content, no photo and no PDF; `accepted` lists what is kept."""

    status = 415


def media_type_of(content: bytes) -> str:
    """Return the media type by the first bytes, whatever the sender called it.

    Raises FileTypeRefused.
    """
    found = filetype.guess_mime(content)
    if found not in ACCEPTED:
        raise FileTypeRefused(
            "Send a photo or a PDF; this is neither, by its content.",
            found=found,
            accepted=sorted(ACCEPTED),
        )
    return found
