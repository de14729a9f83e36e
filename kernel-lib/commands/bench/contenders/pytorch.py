"""PyTorch as a contender, as it comes: eager, NCHW. Speaks as contenders/serve.mjs does.

Its batches are cut from one tensor, which is quicker than its DataLoader: what is compared is the step.
"""

import json
import sys
import time

loading = time.perf_counter()
import torch  # noqa: E402
from torch import nn  # noqa: E402

import_ms = (time.perf_counter() - loading) * 1000

import numpy as np  # noqa: E402

IMAGES = 1
BATCHES = 4


def numbers(count, seed, scale=1.0):
    """As numbers.mjs computes them."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(seed * 0x9E3779B1 % 2**32)
    x = (x ^ (x >> 16)) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> 13)) * np.uint32(0xC2B2AE35)
    return ((x ^ (x >> 16)) / 2**31 - 1) * scale


def tensor(values, shape):
    return torch.from_numpy(np.asarray(values, dtype=np.float32)).reshape(shape)


def build(layers):
    model = nn.Sequential(*[getattr(nn, each["layer"])(*each["args"], **each["options"]) for each in layers])
    return model


def set_weights(model):
    with torch.no_grad():
        for place, (name, value) in enumerate(model.named_parameters()):
            if value.ndim < 2:
                value.fill_(0 if name.endswith("bias") else 1)
            else:
                scale = (value.numel() / value.shape[0]) ** -0.5
                value.copy_(tensor(numbers(value.numel(), 100 + place, scale), value.shape))


def train(network):
    batch, count = network["batch"], network["batch"] * BATCHES
    images = tensor(numbers(count * int(np.prod(network["input"])), IMAGES), [count, *network["input"]])
    labels = torch.arange(count) % network["classes"]

    building = time.perf_counter()
    model = build(network["layers"])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_of = nn.CrossEntropyLoss()
    build_ms = (time.perf_counter() - building) * 1000
    set_weights(model)

    taken = 0

    def step():
        nonlocal taken
        at = taken % BATCHES * batch
        taken += 1
        optimizer.zero_grad()
        loss = loss_of(model(images[at : at + batch]), labels[at : at + batch])
        loss.backward()
        optimizer.step()
        return loss.item()

    start = time.perf_counter()
    check = step()
    first_ms = build_ms + (time.perf_counter() - start) * 1000
    return step, {"firstMs": first_ms, "check": check}


def forward(network):
    shape = [network["batch"], *network["input"]]
    x = tensor(numbers(int(np.prod(shape)), IMAGES), shape)
    model = build(network["layers"])
    set_weights(model)
    model.eval()

    def step():
        with torch.no_grad():
            return model(x)

    start = time.perf_counter()
    check = step().abs().mean().item()
    return step, {"firstMs": (time.perf_counter() - start) * 1000, "check": check}


def operation(kind, size):
    shape = [size, size] if kind == "matmul" else [size]
    a = tensor(numbers(int(np.prod(shape)), 1), shape)
    b = tensor(numbers(int(np.prod(shape)), 2), shape)
    steps = {"add": lambda: a + b, "relu": a.relu, "sum": a.sum, "matmul": lambda: a @ b}
    return steps[kind], {}


def memory_mb():
    """The most it ever held."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main():
    step = None
    for line in sys.stdin:
        asked = json.loads(line)
        if job := asked.get("job"):
            torch.set_num_threads(job["threads"])
            make = {"train": train, "forward": forward}.get(job["kind"])
            step, facts = make(job["network"]) if make else operation(job["kind"], job["size"])
            answer = {**facts, "importMs": import_ms, "version": torch.__version__}
        else:
            ms = []
            for _ in range(asked["steps"]):
                start = time.perf_counter()
                step()
                ms.append((time.perf_counter() - start) * 1000)
            answer = {"ms": ms}
        print(json.dumps({**answer, "memoryMB": memory_mb()}), flush=True)


main()
