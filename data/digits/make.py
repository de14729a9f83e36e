"""Write scikit-learn's handwritten digits as gzipped IDX, the format of MNIST's own files.

    python -m venv env && env/bin/pip install numpy==2.4.6 scikit-learn==1.9.1
    env/bin/python data/digits/make.py           # writes the two files beside this script
    env/bin/python data/digits/make.py --check   # writes nothing, fails if they would differ

Also finds where one writer's form ends and the next begins, and prints it for the card (README.md).
"""

import gzip
import hashlib
import io
import struct
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
IMAGES = "digits-images-idx3-ubyte.gz"
LABELS = "digits-labels-idx1-ubyte.gz"
FORM_LENGTH = 130  # characters the printed form asked for


def idx(array):
    """IDX: two zero bytes, 0x08 for unsigned bytes, the number of sizes, the sizes, then the values."""
    return struct.pack(f">HBB{array.ndim}I", 0, 0x08, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def pack(content):
    """Gzip without a name or a date inside, so that the same contents give the same bytes each time."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def alignment_cost(labels, form, copies):
    """Edit distances between every beginning of `labels` and every beginning of `form` repeated `copies` times."""
    wanted = np.tile(form, copies)
    column = np.arange(len(wanted) + 1)
    rows = [column]
    for i, label in enumerate(labels):
        above = rows[-1]
        best = np.concatenate([[i + 1], np.minimum(above[:-1] + (wanted != label), above[1:] + 1)])
        # A character of the form that the file lacks costs one more than its left neighbour.
        rows.append(np.minimum.accumulate(best - column) + column)
    return np.stack(rows)


def form_starts(labels):
    """Cut the label sequence where repeating one form's digit order explains it with the fewest edits."""
    form = labels[:FORM_LENGTH]  # the file opens with a complete one
    costs = {copies: alignment_cost(labels, form, copies)[-1, -1] for copies in (13, 14, 15)}
    copies = min(costs, key=costs.get)
    forward = alignment_cost(labels, form, copies)
    backward = alignment_cost(labels[::-1], form[::-1], copies)[::-1, ::-1]
    starts = []
    for number in range(copies):
        through = forward[:, number * FORM_LENGTH] + backward[:, number * FORM_LENGTH]
        (places,) = np.nonzero(through == costs[copies])
        assert len(places) == 1, f"form {number + 1} could start at any of {places}"
        starts.append(int(places[0]))
    return starts, {copies: int(cost) for copies, cost in costs.items()}


def main():
    source = load_digits()
    images, labels = source.images, source.target
    assert images.shape == (1797, 8, 8) and (images == images.round()).all() and 0 <= images.min() <= images.max() == 16

    for name, array in ((IMAGES, images), (LABELS, labels)):
        content = idx(array)
        if "--check" in sys.argv[1:]:
            # The contents are compared, since another zlib may pack the same contents into other bytes.
            assert gzip.decompress((HERE / name).read_bytes()) == content, f"{name} differs from its source"
        else:
            (HERE / name).write_bytes(pack(content))
        stored = (HERE / name).read_bytes()
        print(f"{name}  {len(stored)} bytes  sha256 {hashlib.sha256(stored).hexdigest()}")
        print(f"    unpacked  {len(content)} bytes  sha256 {hashlib.sha256(content).hexdigest()}")

    print("images per digit", np.bincount(labels).tolist())
    starts, costs = form_starts(labels)
    print("edits for 13, 14 and 15 forms", costs)
    for number, (start, end) in enumerate(zip(starts, starts[1:] + [len(labels)]), 1):
        print(f"form {number:2} starts at {start:4}, {end - start} images:", "".join(map(str, labels[start:end])))


if __name__ == "__main__":
    main()
