"""Make the small files of this folder, with programs other than our own, to see what those write is read here.

Not run by the tests: the files lie here. Made with Python 3.11.7, NumPy 2.4.6 and Pillow 13.0.0.
"""

import os
import struct
import wave
import zipfile
import zlib

import numpy as np
from PIL import Image, ImageOps

here = os.path.dirname(os.path.abspath(__file__))


def to(name):
    return os.path.join(here, name)


# Pictures: a smooth one, 19 x 13, so that neither size is a multiple of 8.
y, x = np.mgrid[0:13, 0:19]
colors = np.stack([x * 13, y * 19, 255 - x * 7 - y * 5], axis=2).astype(np.uint8)
rgb = Image.fromarray(colors)
JPEGS = {
    "baseline": (rgb, dict(quality=95, subsampling=0)),
    "progressive": (rgb, dict(quality=95, subsampling=0, progressive=True)),
    "subsampled": (rgb, dict(quality=90, subsampling=2)),
    "restarts": (rgb, dict(quality=95, subsampling=0, restart_marker_blocks=2)),
    "stored-rgb": (rgb, dict(quality=95, subsampling=0, keep_rgb=True)),
    "quarter": (rgb, dict(quality=90, subsampling="4:1:1")),
    "print-colours": (rgb.convert("CMYK"), dict(quality=95)),
    "grey": (rgb.convert("L"), dict(quality=95)),
    "grey-restarts": (rgb.convert("L"), dict(quality=95, restart_marker_blocks=4)),
    "grey-progressive": (rgb.convert("L"), dict(quality=95, progressive=True)),
}
for name, (image, options) in JPEGS.items():
    image.save(to(f"{name}.jpg"), **options)
    read = Image.open(to(f"{name}.jpg"))
    (read.convert("RGB") if read.mode == "CMYK" else read).save(to(f"{name}-as-read.png"))

# The same picture as eight cameras held it, each noting how (Exif): all of them come out as `rgb`.
held = [None, None, "FLIP_LEFT_RIGHT", "ROTATE_180", "FLIP_TOP_BOTTOM", "TRANSPOSE", "ROTATE_90", "TRANSVERSE", "ROTATE_270"]
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif[0x0112] = orientation
    image = rgb.transpose(getattr(Image.Transpose, held[orientation])) if held[orientation] else rgb
    image.save(to(f"held-{orientation}.png"), exif=exif)
    image.save(to(f"held-{orientation}.jpg"), exif=exif, quality=95, subsampling=0)
    assert ImageOps.exif_transpose(Image.open(to(f"held-{orientation}.png"))).tobytes() == rgb.tobytes()

rgb.convert("1").save(to("one-bit.png"))
rgb.quantize(5).save(to("palette.png"))
rgb.quantize(5).save(to("palette-transparent.png"), transparency=0)
rgb.convert("LA").save(to("grey-alpha.png"))
Image.fromarray(x.astype(np.uint16) * 3000).save(to("sixteen-bits.png"))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


# Pillow writes no interlaced pictures. Adam7: seven passes, each with its own start and step, each row with filter 0.
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
rows = b"".join(
    b"\0" + row.tobytes()
    for left, top, across, down in passes
    for row in colors[top::down, left::across]
    if row.size
)
with open(to("interlaced.png"), "wb") as out:
    out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 19, 13, 8, 2, 0, 0, 1)))
    out.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
rgb.save(to("rgb.png"))

# Arrays.
small = np.arange(6, dtype=np.float32).reshape(2, 3) / 4
np.save(to("float32.npy"), small)
np.save(to("big-endian.npy"), small.astype(">f8"))
np.save(to("fortran.npy"), np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4)))
np.save(to("half.npy"), np.array([0, 1, -2.5, 65504, 6e-8, np.inf, np.nan], dtype=np.float16))
np.save(to("int64.npy"), np.array([-(2**31), 0, 2**31 - 1]))
np.save(to("number.npy"), np.array(True))
np.savez(to("stored.npz"), weight=small, bias=np.array([1, 2]))
np.savez_compressed(to("deflated.npz"), weight=small, bias=np.array([1, 2]))

# An archive in the form for more than 65,535 files or 4 GB, with the limits lowered so that it stays small.
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 1, 0
with zipfile.ZipFile(to("wide.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    for name in ("a.txt", "b/c.txt"):
        archive.writestr(zipfile.ZipInfo(name), f"this is {name}\n" * 9, zipfile.ZIP_DEFLATED)

# Sound: a ramp, left and right.
for bits in (8, 16, 24, 32):
    size = bits // 8
    half = 1 << (bits - 1)
    with wave.open(to(f"sound-{bits}.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(size)
        out.setframerate(8000)
        for left, right in [(-half, half - 1), (0, half // 2), (-half // 4, 1)]:
            for value in (left, right):
                out.writeframesraw(
                    (value + 128).to_bytes(1, "little")
                    if bits == 8
                    else value.to_bytes(size, "little", signed=True)
                )
