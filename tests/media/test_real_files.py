"""Real files from cameras, recorders and editors are measured whole, cut short, and under wrong names."""

import io
import shutil
import struct
import subprocess

import mutagen.id3
import pytest

from feedpub.sources.media import UnfitError, measure

from .conftest import PDF, jpeg, mp3

FFMPEG = shutil.which("ffmpeg")

PICTURE = ["-f", "lavfi", "-i", "testsrc=size=40x30:rate=1:duration=1", "-frames:v", "1"]
SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:duration=5"]
FILM = ["-f", "lavfi", "-i", "testsrc=size=40x30:rate=10:duration=2"]
VARIES = [*SOUND, "-f", "lavfi", "-i", "anoisesrc=duration=25", "-filter_complex", "[0][1]concat=n=2:v=0:a=1"]

# Name, options of ffmpeg, media type, width, height, seconds.
MADE = {
    "jpeg": (["a.jpg", *PICTURE], "image/jpeg", 40, 30, 0),
    "png": (["a.png", *PICTURE], "image/png", 40, 30, 0),
    "gif": (["a.gif", *PICTURE], "image/gif", 40, 30, 0),
    "webp": (["a.webp", *PICTURE, "-c:v", "libwebp"], "image/webp", 40, 30, 0),
    "avif": (["a.avif", *PICTURE, "-c:v", "libaom-av1", "-still-picture", "1"], "image/avif", 40, 30, 0),
    "mp3": (["a.mp3", *SOUND], "audio/mpeg", 0, 0, 5),
    "mp3 of varying rates without a header that says so": (
        ["a.mp3", *VARIES, "-q:a", "4", "-write_xing", "0"],
        "audio/mpeg",
        0,
        0,
        30,
    ),
    "m4a, described at its end": (["a.m4a", *SOUND], "audio/mp4", 0, 0, 5),
    "m4a, described at its beginning": (
        ["a.m4a", *SOUND, "-movflags", "+faststart"],
        "audio/mp4",
        0,
        0,
        5,
    ),
    "ogg": (["a.ogg", *SOUND, "-c:a", "libvorbis"], "audio/ogg", 0, 0, 5),
    "opus": (["a.opus", *SOUND, "-c:a", "libopus"], "audio/ogg", 0, 0, 5),
    "wav": (["a.wav", *SOUND], "audio/wav", 0, 0, 5),
    "flac": (["a.flac", *SOUND], "audio/flac", 0, 0, 5),
    "mp4": (["a.mp4", *FILM, "-c:v", "mpeg4"], "video/mp4", 0, 0, 2),
    "mov": (["a.mov", *FILM, "-c:v", "mpeg4"], "video/quicktime", 0, 0, 2),
    "webm": (["a.webm", *FILM], "video/webm", 0, 0, 0),
}


@pytest.mark.slow
@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg is installed")
@pytest.mark.parametrize("kind", MADE)
def test_a_file_of_ffmpeg_is_measured_and_one_that_is_cut_short_harms_nothing(kind, site):
    (name, *how), *told = MADE[kind]
    path = site.folder / name
    subprocess.run([FFMPEG, "-nostdin", "-loglevel", "error", *how, str(path)], check=True)
    data = path.read_bytes()
    measured = measure(data)
    assert [measured.type, measured.width, measured.height, measured.duration] == told
    for size in sorted({*range(1, 200), *range(200, len(data), max(1, len(data) // 50))}):
        try:
            cut = measure(data[:size])
        except UnfitError:
            continue
        assert cut.length == size
    # With a wrong name, whole and cut: the published name depends on the bytes.
    false = "posts/x.mp3" if measured.type.startswith("image/") else "posts/x.jpg"
    site.write(false, data)
    site.write("posts/cut.bin", data[: len(data) // 2])
    site.write("posts/none.bin", b"")
    site.post("a", f"![Whole]({false[6:]}) ![Cut](cut.bin) ![None](none.bin)")
    report = site.build()
    whole = f"media/{measured.sha256[:16]}.{measured.extension}"
    assert site.media()[whole] == data
    assert f'<img src="https://x.test/f/{whole}" alt="Whole">' in site.files()["all.rss"].decode().replace(
        "&lt;", "<"
    ).replace("&gt;", ">")
    assert "left out the file 'none.bin', which is empty" in [n.message for n in report.notices]


def exif(orientation, *, thumbnail=b"", order="<"):
    """Return an Exif segment (CIPA DC-008) with an orientation, and other data from a camera."""
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HI", 42, 8)
    entries = struct.pack(f"{order}HHHIHH", 2, 0x010F, 2, 4, 0, 0) + struct.pack(
        f"{order}HHIHH", 0x0112, 3, 1, orientation, 0
    )
    body = b"Exif\0\0" + head + entries + b"\0\0\0\0" + thumbnail
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", range(10))
def test_a_photo_that_was_taken_on_its_side_is_as_high_as_it_is_shown(orientation, order):
    photo = jpeg(400, 300)
    # A picture within the picture, of another size, and larger than any head that is read.
    segments = exif(orientation, order=order, thumbnail=jpeg(16, 12) * 1_800)
    data = photo[:2] + segments + photo[2:]
    assert len(segments) > 60_000
    turned = orientation in (5, 6, 7, 8)
    assert measure(data)[4:6] == ((300, 400) if turned else (400, 300))
    late = photo[:20] + segments + photo[20:]
    assert measure(late)[4:6] == ((300, 400) if turned else (400, 300))


@pytest.mark.parametrize("size", [0, 1, 8, 12, 20, 40])
def test_a_damaged_exif_segment_turns_nothing(size):
    photo = jpeg(400, 300)
    body = exif(6)[4:][:size]
    data = photo[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + photo[2:]
    assert measure(data)[4:6] == ((300, 400) if size >= 40 else (400, 300))


@pytest.mark.parametrize(
    "options",
    [{"progressive": True}, {"mode": "CMYK"}, {"mode": "L"}, {"icc_profile": b"x" * 200_000}],
    ids=str,
)
def test_photos_of_other_kinds_are_measured(options):
    image = pytest.importorskip("PIL.Image", reason="no Pillow is installed")
    options = dict(options)
    file = io.BytesIO()
    image.new(options.pop("mode", "RGB"), (40, 30)).save(file, "JPEG", **options)
    measured = measure(file.getvalue())
    assert (measured.type, measured.width, measured.height) == ("image/jpeg", 40, 30)


def test_a_cover_of_megabytes_before_the_first_frame_does_not_hide_how_long_a_sound_takes():
    tags = mutagen.id3.ID3()
    tags.add(
        mutagen.id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=b"\xff\xfb\x90\0" * 1_300_000)
    )
    file = io.BytesIO(mp3(400))
    tags.save(file)
    data = file.getvalue()
    assert len(data) > 5_000_000
    measured = measure(data)
    assert (measured.type, measured.duration) == ("audio/mpeg", 10)


# Frame headers: version, layer, kbit/s, samples per second; bytes and samples of a frame by the standard.
@pytest.mark.parametrize(
    ("head", "length", "seconds"),
    [
        (b"\xff\xfb\x90\x00", 417, 1_152 / 44_100),
        (b"\xff\xfb\x92\x00", 418, 1_152 / 44_100),
        (b"\xff\xfb\x94\x00", 384, 1_152 / 48_000),
        (b"\xff\xf3\x80\x00", 208, 576 / 22_050),
        (b"\xff\xe3\x80\x00", 417, 576 / 11_025),
        (b"\xff\xfd\x80\x00", 417, 1_152 / 44_100),
    ],
)
def test_frames_are_counted_whatever_their_version_and_layer(head, length, seconds):
    sound = (head + b"\0" * (length - 4)) * 1_000
    assert measure(sound).duration == round(seconds * 1_000)


def test_a_pdf_is_told_whole_and_cut_short():
    assert measure(PDF).type == measure(PDF[:6]).type == "application/pdf"
