"""Files kept as evidence, through the front door."""

import asyncio

import pytest

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(20)
PDF = b"%PDF-1.7\n" + bytes(20)


async def upload(client, content, name="photo.png", media_type="image/png"):
    return await client.post("/v1/files", files={"file": (name, content, media_type)})


async def test_a_photo_is_kept_and_given_back_as_an_attachment(client):
    kept = await upload(client, PNG, name="scale ü.png")
    assert kept.status_code == 201, kept.text
    file = kept.json()
    assert file["media_type"] == "image/png"
    assert file["size_bytes"] == len(PNG)
    assert (await client.get(kept.headers["location"])).json() == file
    content = await client.get(f"/v1/files/{file['id']}/content")
    assert content.content == PNG
    assert content.headers["content-disposition"].startswith("attachment;")
    assert content.headers["x-content-type-options"] == "nosniff"


async def test_the_type_is_what_the_content_says_not_what_the_sender_says(client):
    kept = await upload(client, PDF, name="invoice.html", media_type="text/html")
    assert kept.json()["media_type"] == "application/pdf"


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"plain text", b"\x00" * 100]
)
async def test_what_is_no_photo_and_no_pdf_is_refused(client, content):
    answer = await upload(client, content)
    assert answer.status_code == 415
    assert "image/jpeg" in answer.json()["accepted"]


async def test_the_same_bytes_are_the_same_file(client):
    first = await upload(client, PNG)
    again = await upload(client, PNG, name="other.png")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


async def test_two_uploads_of_one_photo_at_once_are_one_file(client):
    both = await asyncio.gather(upload(client, PNG), upload(client, PNG))
    assert sorted(answer.status_code for answer in both) == [200, 201]
    assert both[0].json()["id"] == both[1].json()["id"]


async def test_an_empty_file_and_no_file_are_refused_with_a_pointer(client):
    empty = await upload(client, b"")
    assert empty.status_code == 422
    assert empty.json()["errors"][0]["pointer"] == "/file"
    missing = await client.post("/v1/files", files={"photo": ("a.png", PNG)})
    assert missing.status_code == 422


async def test_a_file_above_the_json_limit_and_below_its_own_is_kept(client, settings):
    large = PNG + bytes(settings.http.max_body_bytes + 1000)
    assert (await upload(client, large)).status_code == 201


async def test_a_file_above_its_limit_is_413(client):
    answer = await upload(client, PNG + bytes(21 * 1024 * 1024))
    assert answer.status_code == 413


async def test_an_upload_of_200_megabytes_is_refused_before_it_is_read_to_its_end(client):
    megabyte, read = bytes(1024 * 1024), []

    async def body():
        head = b'Content-Disposition: form-data; name="file"; filename="a.png"'
        yield b"--edge\r\n" + head + b"\r\nContent-Type: image/png\r\n\r\n" + PNG
        for _ in range(200):
            read.append(1)
            yield megabyte
        yield b"\r\n--edge--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    answer = await client.post("/v1/files", content=body(), headers=headers)
    assert answer.status_code == 413
    assert len(read) < 25
    told = {**headers, "Content-Length": str(200 * 1024 * 1024)}
    read.clear()
    assert (await client.post("/v1/files", content=body(), headers=told)).status_code == 413
    assert len(read) < 2


async def test_a_name_with_folders_is_made_plain(client):
    kept = await upload(client, PNG, name="..\\..\\etc/passwd.png")
    assert kept.json()["name"] == "passwd.png"


async def test_an_unknown_file_is_404(client):
    nobody = "01890000-0000-7000-8000-000000000000"
    assert (await client.get(f"/v1/files/{nobody}")).status_code == 404
    assert (await client.get(f"/v1/files/{nobody}/content")).status_code == 404
    assert (await client.get("/v1/files/nonsense")).status_code == 422
