"""Random cases computed by PyTorch, for kernel-lib to compute again.

    python cases.py --seed 1 --out cases.jsonl          # all cases, one a line, after a line about the file
    python cases.py --seed 1 --stored stored.jsonl      # the few small ones that the repository keeps

Each function below draws one case of the op that its decorator names: it returns the arguments in the form that
kernel-lib takes them, and what PyTorch answers. The gradients of all inputs follow from one random `gradOut`.
"""

import argparse
import base64
import json
import math
import random

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

torch.set_num_threads(1)

UNDEFINED = object()  # JavaScript's undefined; None is its null, which `at` reads as a new dimension
KINDS = {torch.float64: "float64", torch.float32: "float32", torch.int64: "int32", torch.uint8: "uint8", torch.bool: "bool"}
FORMS = {"float64": "<f8", "float32": "<f4", "int32": "<i4", "uint8": "u1", "bool": "u1"}
OPS = {}  # name -> (how many cases, the function that draws one)


def op(name, count):
    """Register a function that draws a case of `name`, which is where kernel-lib exports it (Tensor.… for methods)."""

    def keep(draw):
        assert name not in OPS, name
        OPS[name] = (count, draw)
        return draw

    return keep


class Draw:
    """One case's source of random sizes, choices and tensors. `number` lets a function go through its variants in turn."""

    def __init__(self, seed, number, dtype, narrow):
        self.random = random.Random(seed)
        self.number = number
        self.dtype = dtype
        self.narrow = narrow  # whether values must fit float32, also where float64 holds them
        self.made = []  # every tensor drawn, with its values at that moment: an op may change them

    def int(self, low, high):
        return self.random.randint(low, high)

    def pick(self, choices):
        return self.random.choice(choices)

    def flag(self):
        return self.random.random() < 0.5

    def turn(self, choices):
        """A choice that walks through all of `choices` as the cases count up; each is seen in both dtypes."""
        return choices[self.number // 2 % len(choices)]

    def shape(self, low=1, high=4, most=5):
        return [self.int(1, most) for _ in range(self.int(low, high))]

    def keep(self, tensor):
        self.made.append((tensor, tensor.detach().clone()))
        return tensor

    def values(self, shape, one):
        count = math.prod(shape)
        drawn = torch.tensor([one() for _ in range(count)], dtype=torch.float64).reshape(shape)
        return (drawn.float() if self.narrow else drawn).to(self.dtype)

    def normal(self, *shape, grad=True, scale=1):
        return self.keep(self.values(shape, lambda: self.random.gauss(0, scale)).requires_grad_(grad))

    def positive(self, *shape, grad=True):
        return self.keep(self.values(shape, lambda: self.random.uniform(0.3, 3)).requires_grad_(grad))

    def steps(self, *shape, grad=True):
        """Whole numbers from −2 to 2: equal values, zeros and borders, where a gradient has to choose a side."""
        return self.keep(self.values(shape, lambda: self.random.randint(-2, 2)).requires_grad_(grad))

    def whole(self, low, high, *shape, first=None, last=None):
        numbers = [self.int(low, high) for _ in range(math.prod(shape))]
        numbers[0] = numbers[0] if first is None else first
        numbers[-1] = numbers[-1] if last is None else last
        return self.keep(torch.tensor(numbers, dtype=torch.int64).reshape(shape))

    def bools(self, *shape):
        return self.keep(torch.tensor([self.flag() for _ in range(math.prod(shape))]).reshape(shape))


def sometimes_ties(d, *shape):
    """Every third pair of cases has equal values."""
    return d.steps(*shape) if d.number // 2 % 3 == 2 else d.normal(*shape)


# ---- element-wise


def broadcast_pair(d, make_a, make_b):
    """Two operands of every kind of broadcasting: none, missing dimensions, size 1 on either side, a number."""
    kind = d.turn(["same", "fewer left", "fewer right", "ones left", "ones right", "both", "scalar", "number"])
    shape = d.shape(2, 4)
    thin = [size if d.flag() else 1 for size in shape]
    wide = [1 if t == s else s for t, s in zip(thin, shape)]
    if kind == "number":
        return make_a(*shape), round(d.random.uniform(0.5, 2), 3)
    left, right = {
        "same": (shape, shape),
        "fewer left": (shape[1:], shape),
        "fewer right": (shape, shape[1:]),
        "ones left": (thin, shape),
        "ones right": (shape, thin),
        "both": (thin, wide),
        "scalar": (shape, []),
    }[kind]
    return make_a(*left), make_b(*right)


def binary(name, compute, make_a=None, make_b=None, count=16):
    @op(f"Tensor.{name}", count)
    def _(d):
        a, b = broadcast_pair(d, getattr(d, make_a or "normal"), getattr(d, make_b or make_a or "normal"))
        return [a, b], compute(a, b)


def with_number(compute):
    """torch.maximum wants tensors on both sides."""
    return lambda a, b: compute(a, b if torch.is_tensor(b) else torch.tensor(b, dtype=a.dtype))


binary("add", torch.add)
binary("sub", torch.sub)
binary("mul", torch.mul)
binary("div", torch.div, "normal", "positive")
binary("pow", torch.pow, "positive", "normal")
for comparison in ("eq", "ne", "lt", "le", "gt", "ge"):
    binary(comparison, getattr(torch, comparison), "steps", count=8)


@op("Tensor.maximum", 16)
def maximum(d):
    a, b = broadcast_pair(d, *[d.steps if d.flag() else d.normal] * 2)
    return [a, b], with_number(torch.maximum)(a, b)


@op("Tensor.minimum", 16)
def minimum(d):
    a, b = broadcast_pair(d, *[d.steps if d.flag() else d.normal] * 2)
    return [a, b], with_number(torch.minimum)(a, b)


def unary(name, compute, make="normal", count=4):
    @op(name, count)
    def _(d):
        x = getattr(d, d.turn([make, "steps"]) if make == "normal" else make)(*d.shape())
        return [x], compute(x)


for name, make in dict(neg="normal", exp="normal", log="positive", sqrt="positive", abs="normal", sign="normal").items():
    unary(f"Tensor.{name}", getattr(torch, name), make)
for name in ("relu", "gelu", "sigmoid", "tanh"):
    for owner in ("Tensor", "F"):
        unary(f"{owner}.{name}", getattr(F, name) if name in ("relu", "gelu") else getattr(torch, name))


@op("Tensor.div rounded", 8)
def div_rounded(d):
    mode = d.turn(["floor", "trunc"])
    a, b = broadcast_pair(d, d.steps, d.positive)
    return [a, b, {"roundingMode": mode}], torch.div(a, b, rounding_mode=mode)


@op("Tensor.mul wide number", 4)
def mul_wide_number(d):
    """A tensor without dimensions does not make others wider."""
    x = d.normal(*d.shape())
    other = d.keep(torch.tensor(1.5, dtype=torch.float32 if d.dtype == torch.float64 else torch.float64))
    return [x, other], x * other


@op("F.gelu tanh", 4)
def gelu_tanh(d):
    x = d.normal(*d.shape())
    return [x, {"approximate": "tanh"}], F.gelu(x, approximate="tanh")


@op("Tensor.pow number", 10)
def pow_number(d):
    exponent = d.turn([2, 3, 0, 1, -1])
    x = d.positive(*d.shape()) if exponent < 0 else d.steps(*d.shape())
    return [x, exponent], x**exponent


def draw_leaky_relu(d):
    x, slope = sometimes_ties(d, *d.shape()), d.pick([0.01, 0.2])
    return [x, slope], F.leaky_relu(x, slope)


op("Tensor.leakyRelu", 6)(draw_leaky_relu)
op("F.leakyRelu", 6)(draw_leaky_relu)


@op("Tensor.clamp", 12)
def clamp(d):
    low, high = d.turn([(-1, 1), (0, UNDEFINED), (UNDEFINED, 0.5)])
    x = d.steps(*d.shape()) if d.number >= 6 else d.normal(*d.shape())
    return [x, low, high], x.clamp(None if low is UNDEFINED else low, None if high is UNDEFINED else high)


@op("Tensor.clamp tensors", 12)
def clamp_tensors(d):
    low, high = broadcast_pair(d, d.steps, d.steps)
    high = high if torch.is_tensor(high) else d.steps(*low.shape)
    x = d.normal(*torch.broadcast_shapes(low.shape, high.shape))
    kind = d.turn(["both", "low", "high"])
    if kind == "low":
        high.requires_grad_(False)
        return [x, low], x.clamp(low)
    if kind == "high":
        low.requires_grad_(False)
        return [x, UNDEFINED, high], x.clamp(max=high)
    return [x, low, high], x.clamp(low, high)


@op("where", 8)
def where(d):
    a, b = broadcast_pair(d, d.normal, d.normal)
    condition = d.bools(*d.pick([list(a.shape), [1], []]))
    return [condition, a, b], torch.where(condition, a, b)


# ---- reductions


def reduction(name, compute, several_dims, make=None, options=lambda d: ({}, {}), count=12):
    """`compute(x, dim or None, keepdim, torch options)`; over everything, one dimension, several of them."""

    @op(f"Tensor.{name}", count)
    def _(d):
        x = (make or sometimes_ties)(d, *[d.int(2, 5) for _ in range(d.int(1, 4))])
        kind = d.turn(["all", "one", "last"] + (["several"] if several_dims else []))
        ours, theirs = options(d)
        if kind == "all":
            return [x] + ([UNDEFINED, ours] if ours else []), compute(x, None, False, theirs)
        dim = {"one": d.int(0, x.ndim - 1), "last": -1}.get(kind)
        if dim is None:
            dim = d.random.sample(range(x.ndim), d.int(1, x.ndim))
        keepdim = d.flag()
        return [x, dim, {"keepdim": keepdim, **ours}], compute(x, dim, keepdim, theirs)


def many(function):
    return lambda x, dim, keepdim, more: function(x, **more) if dim is None else function(x, dim, keepdim=keepdim, **more)


def spread(function):
    """var and std: PyTorch takes dim = None as all."""
    return lambda x, dim, keepdim, more: function(x, dim, keepdim=keepdim, **more)


def extremum(function):
    return lambda x, dim, keepdim, more: function(x) if dim is None else function(x, dim, keepdim=keepdim).values


def correction(d):
    value = d.pick([0, 1])
    return ({"correction": value}, {"correction": value}) if d.flag() else ({}, {})


reduction("sum", many(torch.sum), True)
reduction("mean", many(torch.mean), True)
reduction("var", spread(torch.var), True, lambda d, *shape: d.normal(*shape), correction)
reduction("std", spread(torch.std), True, lambda d, *shape: d.normal(*shape), correction)
reduction("prod", many(torch.prod), False)
reduction("max", extremum(torch.max), False)
reduction("min", extremum(torch.min), False)
reduction("argmax", many(torch.argmax), False)
reduction("argmin", many(torch.argmin), False)
reduction("all", many(torch.all), True, lambda d, *shape: d.bools(*shape), count=8)
reduction("any", many(torch.any), True, lambda d, *shape: d.bools(*shape), count=8)


def along_dim(name, compute):
    @op(name, 8)
    def _(d):
        x = d.normal(*d.shape(), scale=d.pick([1, 300]))  # e³⁰⁰ overflows float32: the largest must come off first
        dim = d.int(-x.ndim, x.ndim - 1)
        return [x, dim], compute(x, dim)


for owner in ("Tensor", "F"):
    along_dim(f"{owner}.softmax", F.softmax)
    along_dim(f"{owner}.logSoftmax", F.log_softmax)


# ---- movement


@op("Tensor.reshape", 6)
def reshape(d):
    x = d.normal(*d.shape(2, 4))
    shape = d.turn([[-1], [x.shape[0], -1], [1, *x.shape, 1]])
    return [x, *shape], x.reshape(shape)


@op("Tensor.flatten", 6)
def flatten(d):
    x = d.normal(*d.shape(3, 4))
    start, end = d.turn([(0, -1), (1, -1), (1, 2)])
    return [x, start, end], x.flatten(start, end)


@op("Tensor.permute", 6)
def permute(d):
    x = d.normal(*d.shape(1, 4))
    dims = d.random.sample(range(x.ndim), x.ndim)
    return [x, *dims], x.permute(dims)


@op("Tensor.transpose", 6)
def transpose(d):
    x = d.normal(*d.shape(2, 4))
    a, b = d.int(-x.ndim, x.ndim - 1), d.int(0, x.ndim - 1)
    return [x, a, b], x.transpose(a, b)


@op("Tensor.squeeze", 6)
def squeeze(d):
    x = d.normal(*d.turn([[1, 3, 1, 2], [2, 1], [1, 1]]))
    return ([x], x.squeeze()) if d.number % 2 else ([x, 0], x.squeeze(0))


@op("Tensor.unsqueeze", 6)
def unsqueeze(d):
    x = d.normal(*d.shape(1, 3))
    dim = d.int(-x.ndim - 1, x.ndim)
    return [x, dim], x.unsqueeze(dim)


@op("Tensor.expand", 6)
def expand(d):
    full = d.shape(2, 4)
    x = d.normal(*[size if d.flag() else 1 for size in full][d.int(0, 1) :])
    return [x, *full], x.expand(full)


@op("Tensor.narrow", 6)
def narrow(d):
    x = d.normal(*d.shape(1, 4))
    dim = d.int(-x.ndim, x.ndim - 1)
    start = d.int(0, x.shape[dim] - 1)
    length = d.int(1, x.shape[dim] - start)
    return [x, dim, start, length], x.narrow(dim, start, length)


@op("Tensor.at", 12)
def at(d):
    x = d.normal(*[d.int(2, 5) for _ in range(3)])
    ours, theirs = d.turn(
        [
            ([1], [1]),
            ([-1, [], 0], [-1, slice(None), 0]),
            ([None, [1, None], 1], [None, slice(1, None), 1]),
            ([[0, -1], [None, None, 2]], [slice(0, -1), slice(None, None, 2)]),
            ([[-2, None], None, 0, [1, 4]], [slice(-2, None), None, 0, slice(1, 4)]),
            ([0, 1, -1], [0, 1, -1]),
        ]
    )
    return [x, *ours], x[tuple(theirs)]


@op("Tensor.indexSelect", 6)
def index_select(d):
    x = d.normal(*d.shape(1, 4))
    dim = d.int(0, x.ndim - 1)
    index = d.whole(0, x.shape[dim] - 1, d.int(1, 6))  # positions may come twice: their gradients add up
    return [x, dim, index], x.index_select(dim, index)


@op("Tensor.gather", 8)
def gather(d):
    x = d.normal(*d.shape(1, 3))
    dim = d.int(0, x.ndim - 1)
    shape = [d.int(1, 6) if at == dim else d.int(1, size) for at, size in enumerate(x.shape)]
    index = d.whole(0, x.shape[dim] - 1, *shape)
    return [x, dim, index], x.gather(dim, index)


@op("Tensor.flip", 6)
def flip(d):
    x = d.normal(*d.shape(1, 4))
    dims = d.random.sample(range(x.ndim), d.int(1, x.ndim))
    return [x, *dims], x.flip(dims)


@op("Tensor.roll", 6)
def roll(d):
    x = d.normal(*d.shape(1, 4))
    dims = d.random.sample(range(x.ndim), d.int(1, x.ndim))
    shifts = [d.int(-7, 7) for _ in dims]
    return [x, shifts, dims], x.roll(shifts, dims)


@op("Tensor.rot90", 6)
def rot90(d):
    x = d.normal(*d.shape(2, 4))
    k, dims = d.int(-3, 5), d.random.sample(range(x.ndim), 2)
    return [x, k, dims], x.rot90(k, dims)


def draw_pad(d):
    mode = d.turn(["constant", "reflect", "replicate", "circular"])
    x = d.normal(*[d.int(2, 4) for _ in range(4)])
    padding = [d.int(0, 1) for _ in range(4)]
    options = {"mode": mode}
    if mode == "constant":
        padding = [d.int(-1, 3) for _ in range(4)]
        options["value"] = d.pick([0, 1.5])
    return [x, padding, options], F.pad(x, padding, **options)


op("Tensor.pad", 8)(draw_pad)
op("F.pad", 16)(draw_pad)


@op("F.pad cut", 8)
def pad_cut(d):
    mode = d.turn(["reflect", "replicate", "circular"])
    x = d.normal(1, 2, d.int(3, 5), d.int(4, 5))
    padding = [-1, d.int(0, 2), d.int(0, 1), d.pick([0, -1])]
    return [x, padding, {"mode": mode}], F.pad(x, padding, mode=mode)


@op("cat", 6)
def cat(d):
    shape = d.shape(1, 4)
    dim = d.int(-len(shape), len(shape) - 1)
    parts = []
    for _ in range(d.int(2, 3)):
        shape[dim] = d.int(1, 4)
        parts.append(d.normal(*shape))
    return [parts, dim], torch.cat(parts, dim)


@op("stack", 6)
def stack(d):
    shape = d.shape(1, 3)
    parts = [d.normal(*shape) for _ in range(d.int(2, 3))]
    dim = d.int(-len(shape) - 1, len(shape))
    return [parts, dim], torch.stack(parts, dim)


@op("F.oneHot", 4)
def one_hot(d):
    labels = d.whole(0, 4, *d.shape(1, 3))
    return ([labels, 6], F.one_hot(labels, 6)) if d.number < 2 else ([labels], F.one_hot(labels))


@op("Tensor.clone", 2)
def clone(d):
    x = d.normal(*d.shape())
    return [x], x.clone()


@op("Tensor.to", 4)
def to(d):
    x = d.normal(*d.shape())
    name, dtype = d.turn([("float64", torch.float64), ("float32", torch.float32)])
    return [x, name], x.to(dtype)


# ---- products


@op("Tensor.matmul", 24)
def matmul(d):
    n, k, m, b, c = [d.int(1, 6) for _ in range(5)]
    left, right = d.turn(
        [
            ([n, k], [k, m]),
            ([k], [k, m]),
            ([n, k], [k]),
            ([k], [k]),
            ([b, n, k], [b, k, m]),
            ([b, n, k], [k, m]),
            ([n, k], [b, k, m]),
            ([b, 1, n, k], [c, k, m]),
            ([1, n, k], [b, k, m]),
            ([b, n, k], [k]),
            ([k], [b, k, m]),
            ([c, b, n, k], [1, b, k, m]),
        ]
    )
    x, y = d.normal(*left), d.normal(*right)
    return [x, y], x @ y


@op("F.linear", 10)
def linear(d):
    inputs, outputs = d.int(1, 7), d.int(1, 7)
    x = d.normal(*d.turn([[3], [], [2, 3]]), inputs)
    weight = d.normal(outputs, inputs)
    bias = d.normal(outputs) if d.flag() else None
    return [x, weight] + ([bias] if bias is not None else []), F.linear(x, weight, bias)


# ---- convolution and pooling


@op("F.conv2d", 96)
def conv2d(d):
    mode = d.turn(["zeros", "reflect", "replicate", "circular"])
    kind = d.number // 8 % 12  # each of the 12 kinds of geometry meets each of the 4 modes in both dtypes
    groups, multiple = {6: (2, 1), 7: (3, 2), 8: (4, 1), 9: (3, 2)}.get(kind, (1, 1))
    channels = groups if kind in (8, 9) else groups * d.int(1, 2)  # 8 and 9 are depthwise
    out_channels = groups * multiple if kind in (8, 9) else groups * d.int(1, 3)
    kernel = [d.int(1, 4), d.int(1, 4)]
    stride, padding, dilation = 1, 0, 1
    if kind == 1:
        stride, padding = d.int(2, 3), 1
    elif kind == 2:
        stride, padding = [1, 2], [2, 1]
    elif kind == 3:
        dilation, padding = 2, [d.int(0, 2), d.int(0, 2)]
    elif kind == 4:
        kernel, padding, dilation = [d.pick([2, 4]), d.pick([2, 3, 4])], "same", d.pick([1, 2])
    elif kind == 5:
        padding, stride = "valid", [2, 1]
    elif kind == 10:
        kernel, padding = [1, 5], [0, 2]
    elif kind == 11:
        kernel, stride, dilation, padding = [3, 2], [3, 2], [1, 2], [1, 2]
    elif kind > 5:
        stride, padding = d.int(1, 2), d.int(0, 2)
    # Large enough for the spread kernel, and for a mirror, which needs more image than padding.
    spread_over = [(k - 1) * s + 1 for k, s in zip(kernel, dilation if isinstance(dilation, list) else [dilation] * 2)]
    size = [max(span, 4) + d.int(0, 4) for span in spread_over]
    x = d.normal(d.turn([1, 3]) if kind else d.pick([1, 3]), channels, *size)
    weight = d.normal(out_channels, channels // groups, *kernel)
    bias = d.normal(out_channels) if d.flag() else None
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    # The layer, not F.conv2d, is where PyTorch keeps its padding modes.
    layer = nn.Conv2d(channels, out_channels, kernel, **options, bias=bias is not None, padding_mode=mode, dtype=d.dtype)
    parameters = {"weight": weight, **({"bias": bias} if bias is not None else {})}
    ours = {name: value for name, value in options.items() if value != {"padding": 0}.get(name, 1) or d.flag()}
    if mode != "zeros":
        ours["paddingMode"] = mode
    return [x, weight, UNDEFINED if bias is None else bias, ours], functional_call(layer, parameters, (x,))


def draw_window(d):
    """Kernel, and options of which some are left to their defaults."""
    kernel = d.turn([2, 3, [2, 3], [3, 1]])
    options = {}
    if d.number % 8 >= 4:
        options["stride"] = d.pick([1, 3, [2, 1], [1, 2]])
    if d.number % 16 >= 8:
        options["padding"] = 1 if not isinstance(kernel, list) else [1, 1 if kernel[1] > 1 else 0]
    size = [d.int(4, 8), d.int(4, 8)]  # often no multiple of the stride, so that a border is dropped
    return kernel, options, [d.pick([1, 3]), d.int(1, 3), *size]


@op("F.maxPool2d", 40)
def max_pool2d(d):
    kernel, options, shape = draw_window(d)
    if d.number >= 32:
        options["dilation"] = d.pick([2, [1, 2], [2, 1]])
        shape[2:] = [9, 8]
    x = d.pick([d.steps, d.normal])(*shape)
    theirs = dict(options)
    if d.flag():
        options["ceilMode"] = theirs["ceil_mode"] = True
    return [x, kernel, options], F.max_pool2d(x, kernel, **theirs)


@op("F.avgPool2d", 32)
def avg_pool2d(d):
    kernel, options, shape = draw_window(d)
    x = d.normal(*shape)
    theirs = dict(options)
    if "padding" in options and d.flag():
        options["countIncludePad"] = theirs["count_include_pad"] = False
    if d.flag():
        options["ceilMode"] = theirs["ceil_mode"] = True
    return [x, kernel, options], F.avg_pool2d(x, kernel, **theirs)


@op("F.conv1d", 48)
def conv1d(d):
    mode = d.turn(["zeros", "reflect", "replicate", "circular"])
    kind = d.number // 8 % 6
    groups, multiple = {4: (2, 2), 5: (3, 2)}.get(kind, (1, 1))
    channels = groups if kind == 5 else groups * d.int(1, 2)  # 5 is depthwise
    out_channels = groups * multiple * (1 if kind == 5 else d.int(1, 2))
    kernel, stride, padding, dilation = d.int(1, 4), 1, 0, 1
    if kind == 1:
        stride, padding = d.int(2, 3), 1
    elif kind == 2:
        padding, dilation = d.int(0, 2), 2
    elif kind == 3:
        kernel, padding, dilation = d.pick([2, 3, 4]), d.pick(["same", "valid"]), d.pick([1, 2])
    elif kind > 3:
        stride, padding = d.int(1, 2), d.int(0, 2)
    x = d.normal(d.pick([1, 3]), channels, max((kernel - 1) * dilation + 1, 4) + d.int(0, 4))
    weight = d.normal(out_channels, channels // groups, kernel)
    bias = d.normal(out_channels) if d.flag() else None
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    layer = nn.Conv1d(channels, out_channels, kernel, **options, bias=bias is not None, padding_mode=mode, dtype=d.dtype)
    parameters = {"weight": weight, **({"bias": bias} if bias is not None else {})}
    ours = options if mode == "zeros" else {**options, "paddingMode": mode}
    return [x, weight, UNDEFINED if bias is None else bias, ours], functional_call(layer, parameters, (x,))


@op("F.convTranspose2d", 48)
def conv_transpose2d(d):
    kind = d.number // 2 % 8
    groups, multiple = {5: (2, 1), 6: (3, 2), 7: (4, 1)}.get(kind, (1, 1))
    channels = groups * (1 if kind > 5 else d.int(1, 3))  # 6 and 7 are depthwise
    per_group = multiple if kind > 5 else d.int(1, 2)
    kernel = [d.int(1, 4), d.int(1, 4)]
    stride, padding, extra, dilation = 1, 0, 0, 1
    if kind == 1:
        stride, extra = 2, d.int(0, 1)
    elif kind == 2:
        kernel, stride, padding, extra = [3, 4], [2, 3], [1, 2], [1, 2]
    elif kind == 3:
        kernel, dilation, padding, extra = [2, 3], 2, [0, 1], [1, 0]  # more than the stride, less than the dilation
    elif kind == 4:
        kernel, stride, dilation = [3, 1], [1, 3], [2, 1]
    elif kind > 4:
        stride, padding = d.int(1, 2), d.int(0, 1)
    x = d.normal(d.pick([1, 3]), channels, d.int(3, 5), d.int(3, 6))
    weight = d.normal(channels, per_group, *kernel)
    bias = d.normal(groups * per_group) if d.flag() else None
    out = F.conv_transpose2d(x, weight, bias, stride, padding, extra, groups, dilation)
    ours = {"stride": stride, "padding": padding, "outputPadding": extra, "groups": groups, "dilation": dilation}
    return [x, weight, UNDEFINED if bias is None else bias, ours], out


@op("F.maxPool1d", 16)
def max_pool1d(d):
    kernel, options = d.int(1, 3), {}
    if d.flag():
        options["stride"] = d.int(1, 3)
    if d.flag():
        options["padding"] = kernel // 2
    if d.number >= 12:
        options["dilation"] = 2
    theirs = dict(options)
    if d.flag():
        options["ceilMode"] = theirs["ceil_mode"] = True
    x = sometimes_ties(d, d.pick([1, 3]), d.int(1, 3), d.int(5, 9))
    return [x, kernel, options], F.max_pool1d(x, kernel, **theirs)


@op("F.avgPool1d", 16)
def avg_pool1d(d):
    kernel, options = d.int(1, 3), {}
    if d.flag():
        options["stride"] = d.int(1, 3)
    theirs = dict(options)
    if d.flag():
        options["padding"] = theirs["padding"] = kernel // 2
        if d.flag():
            options["countIncludePad"] = theirs["count_include_pad"] = False
    if d.flag():
        options["ceilMode"] = theirs["ceil_mode"] = True
    x = d.normal(d.pick([1, 3]), d.int(1, 3), d.int(5, 9))
    return [x, kernel, options], F.avg_pool1d(x, kernel, **theirs)


def adaptive(name, compute):
    @op(name, 16)
    def _(d):
        size = d.turn([1, 2, [3, 2], [1, 5], 4, [2, None], [5, 7], 3])
        x = sometimes_ties(d, d.pick([1, 3]), d.int(1, 3), d.int(2, 7), d.int(3, 7))
        return [x, size], compute(x, size)


adaptive("F.adaptiveAvgPool2d", F.adaptive_avg_pool2d)
adaptive("F.adaptiveMaxPool2d", F.adaptive_max_pool2d)


# ---- patches, other sizes, other places


def draw_patches(d):
    """The window and its options, and the size of the images."""
    kernel = d.turn([2, [2, 3], [3, 1], 1])
    options = {}
    if d.flag():
        options["stride"] = d.pick([2, [2, 1], [1, 3]])
    if d.flag():
        options["padding"] = d.pick([1, [0, 2], [2, 1]])
    if d.flag():
        options["dilation"] = d.pick([2, [1, 2]])
    return kernel, options, [d.int(5, 7), d.int(5, 7)]


@op("F.unfold", 24)
def unfold(d):
    kernel, options, size = draw_patches(d)
    x = d.normal(d.pick([1, 3]), d.int(1, 3), *size)
    return [x, kernel, options], F.unfold(x, kernel, **options)


@op("F.fold", 24)
def fold(d):
    kernel, options, size = draw_patches(d)
    batch, channels = d.pick([1, 3]), d.int(1, 2)
    patches = F.unfold(torch.zeros(batch, channels, *size), kernel, **options)
    x = d.normal(*patches.shape)
    return [x, size, kernel, options], F.fold(x, size, kernel, **options)


@op("F.interpolate", 40)
def interpolate(d):
    mode, align = d.turn([("nearest", None), ("bilinear", None), ("bilinear", False), ("bilinear", True)])
    x = d.normal(d.pick([1, 3]), d.int(1, 2), d.int(1, 6), d.int(2, 6))
    ours, theirs = {"mode": mode}, {"mode": mode}
    if align is not None:
        ours["alignCorners"] = theirs["align_corners"] = align
    if d.flag():
        ours["size"] = theirs["size"] = d.pick([[d.int(1, 9), d.int(1, 9)], d.int(1, 9)])
    else:
        factor = d.pick([2, 3, [2, 1], [1.5, 2.7], [1, 0.6]])
        ours["scaleFactor"] = theirs["scale_factor"] = factor
    return [x, ours], F.interpolate(x, **theirs)


@op("F.affineGrid", 12)
def affine_grid(d):
    size = [d.pick([1, 3]), d.int(1, 3), d.int(1, 5), d.int(1, 5)]
    theta = d.normal(size[0], 2, 3)
    align = d.turn([False, True])
    return [theta, size, {"alignCorners": align}], F.affine_grid(theta, size, align_corners=align)


@op("F.gridSample", 40)
def grid_sample(d):
    padding, align = d.turn([("zeros", False), ("zeros", True), ("border", False), ("border", True)])
    batch = d.pick([1, 3])
    x = d.normal(batch, d.int(1, 3), d.int(1, 5), d.int(2, 5))
    grid = d.normal(batch, d.int(1, 4), d.int(1, 4), 2, scale=d.pick([0.5, 1.2]))  # inside, and well beyond the border
    ours = {"paddingMode": padding, "alignCorners": align}
    return [x, grid, ours], F.grid_sample(x, grid, padding_mode=padding, align_corners=align)


@op("F.embedding", 12)
def embedding(d):
    count = d.int(2, 6)
    weight = d.normal(count, d.int(1, 4))
    index = d.whole(0, count - 1, *d.turn([[4], [2, 3], [1]]))
    padding = d.turn([None, 0, -1])
    options = {} if padding is None else {"paddingIdx": padding}
    return [index, weight, options], F.embedding(index, weight, padding)


# ---- normalisation


@op("F.batchNorm", 24)
def batch_norm(d):
    training = d.number % 4 < 2
    channels = d.int(1, 4)
    x = d.normal(d.int(2, 4), channels, *d.turn([[3, 2], [], [1, 5]]))
    mean, var = d.normal(channels, grad=False), d.positive(channels, grad=False)
    ours = {"training": training}
    theirs = {"training": training}
    if d.flag():
        weight, bias = d.normal(channels), d.normal(channels)
        ours |= {"weight": weight, "bias": bias}
        theirs |= {"weight": weight, "bias": bias}
    if d.flag():
        ours |= {"momentum": 0.3, "eps": 1e-3}
        theirs |= {"momentum": 0.3, "eps": 1e-3}
    out = F.batch_norm(x, mean, var, **theirs)
    return [x, mean, var, ours], out, [mean, var]


@op("F.layerNorm", 12)
def layer_norm(d):
    shape = [d.int(2, 4) for _ in range(d.int(2, 4))]
    normalized = shape[-d.int(1, len(shape) - 1) :]
    x = d.normal(*shape)
    ours, theirs = {}, {}
    if d.flag():
        ours = {"weight": d.normal(*normalized), "bias": d.normal(*normalized)}
        theirs = dict(ours)
    if d.flag():
        ours["eps"] = theirs["eps"] = 1e-3
    return [x, normalized, ours], F.layer_norm(x, normalized, **theirs)


# ---- layers: given weights, forward, every gradient, and what training leaves in the running statistics


def layer(name, count, make):
    """`make(d)` returns PyTorch's module, kernel-lib's arguments and the input. Weights get random values."""

    @op(f"nn.{name}", count)
    def _(d):
        module, arguments, x = make(d)
        module = module.to(d.dtype)
        training = d.flag()
        module.train(training)
        state, changed = {}, []
        for path, parameter in module.named_parameters():
            state[path] = d.normal(*parameter.shape)
        for path, buffer in module.named_buffers():
            if path.endswith("num_batches_tracked"):
                if module.momentum is not None:
                    continue  # counted, but used by no one
                buffer.fill_(d.int(0, 3))
            else:
                buffer.copy_(d.positive(*buffer.shape, grad=False))
            state[path] = d.keep(buffer)
            changed.append(buffer)
        parameters = {path: state[path] for path, _ in module.named_parameters()}
        out = functional_call(module, parameters, (x,))
        words = {"running_mean": "runningMean", "running_var": "runningVar", "num_batches_tracked": "numBatchesTracked"}
        camel = {words.get(path, path): tensor for path, tensor in state.items()}
        return [arguments, camel, x, training], out, changed


def make_conv1d(d):
    groups = d.pick([1, 2])
    channels, out_channels, kernel = groups * d.int(1, 2), groups * d.int(1, 2), d.int(1, 3)
    ours = {"stride": d.int(1, 2), "padding": d.int(0, 2), "groups": groups, "bias": d.flag()}
    return nn.Conv1d(channels, out_channels, kernel, **ours), [channels, out_channels, kernel, ours], d.normal(d.pick([1, 3]), channels, d.int(4, 7))


def make_conv2d(d):
    groups = d.pick([1, 2])
    channels, out_channels, kernel = groups * d.int(1, 2), groups * d.int(1, 2), [d.int(1, 3), d.int(1, 3)]
    ours = {"stride": d.int(1, 2), "padding": d.pick([0, 1, [2, 1]]), "groups": groups, "bias": d.flag()}
    x = d.normal(d.pick([1, 3]), channels, d.int(4, 7), d.int(4, 7))
    return nn.Conv2d(channels, out_channels, kernel, **ours), [channels, out_channels, kernel, ours], x


def make_conv_transpose2d(d):
    channels, out_channels, kernel = d.int(1, 3), d.int(1, 3), [d.int(1, 3), d.int(2, 3)]
    theirs = {"stride": 2, "padding": [0, 1], "output_padding": d.int(0, 1), "bias": d.flag()}
    ours = {name.replace("output_padding", "outputPadding"): value for name, value in theirs.items()}
    x = d.normal(d.pick([1, 3]), channels, d.int(2, 4), d.int(2, 4))
    return nn.ConvTranspose2d(channels, out_channels, kernel, **theirs), [channels, out_channels, kernel, ours], x


def make_linear(d):
    inputs, outputs, ours = d.int(1, 5), d.int(1, 5), {"bias": d.flag()}
    return nn.Linear(inputs, outputs, **ours), [inputs, outputs, ours], d.normal(*d.turn([[3], [2, 3]]), inputs)


def make_batch_norm(theirs, shapes):
    def make(d):
        channels = d.int(1, 4)
        ours = d.turn([{}, {"eps": 1e-3, "momentum": 0.3}, {"momentum": None}, {"affine": False}, {"trackRunningStats": False}, {}])
        options = {"track_running_stats" if key == "trackRunningStats" else key: value for key, value in ours.items()}
        return theirs(channels, **options), [channels, ours], d.normal(d.int(2, 4), channels, *d.turn(shapes))

    return make


def make_layer_norm(d):
    shape = [d.int(2, 4) for _ in range(d.int(2, 4))]
    normalized = d.pick([shape[-1], shape[1:]])
    ours = d.turn([{}, {"eps": 1e-3}, {"bias": False}, {"elementwiseAffine": False}])
    options = {"elementwise_affine" if key == "elementwiseAffine" else key: value for key, value in ours.items()}
    return nn.LayerNorm(normalized, **options), [normalized, ours], d.normal(*shape)


def make_embedding(d):
    count, length = d.int(2, 6), d.int(1, 4)
    return nn.Embedding(count, length), [count, length, {}], d.whole(0, count - 1, *d.turn([[4], [2, 3]]))


layer("Conv1d", 8, make_conv1d)
layer("Conv2d", 12, make_conv2d)
layer("ConvTranspose2d", 8, make_conv_transpose2d)
layer("Linear", 6, make_linear)
layer("BatchNorm1d", 12, make_batch_norm(nn.BatchNorm1d, [[], [5]]))
layer("BatchNorm2d", 12, make_batch_norm(nn.BatchNorm2d, [[2, 3], [1, 4]]))
layer("LayerNorm", 8, make_layer_norm)
layer("Embedding", 6, make_embedding)


# ---- losses


def draw_reduction(d):
    return {"reduction": d.pick(["sum", "none"])} if d.number % 4 == 3 else {}


@op("F.crossEntropy", 40)
def cross_entropy(d):
    classes, batch = d.int(2, 6), d.int(2, 5)
    rest = [3, 2] if d.number % 10 >= 8 else []  # a label for each pixel
    x = d.normal(batch, classes, *rest)
    ours, theirs = draw_reduction(d), {}
    theirs |= ours
    ignored = d.turn([None, -100, None, 1])
    if ignored == 1:
        ours["ignoreIndex"] = theirs["ignore_index"] = 1
    if d.turn([False, True, True]):
        ours["labelSmoothing"] = theirs["label_smoothing"] = d.pick([0.1, 0.3])
    if d.flag():
        ours["weight"] = theirs["weight"] = d.positive(classes, grad=False)
    labels = d.whole(0, classes - 1, batch, *rest, first=0, last=ignored)  # the first counts: no mean over nothing
    return [x, labels, ours], F.cross_entropy(x, labels, **theirs)


@op("F.crossEntropy probabilities", 16)
def cross_entropy_probabilities(d):
    shape = d.turn([[3, 4], [2, 3, 2, 2], [4]])
    x = d.normal(*shape)
    target = d.keep(torch.softmax(d.values(shape, lambda: d.random.gauss(0, 1)), 0 if len(shape) == 1 else 1).requires_grad_(d.flag()))
    ours = draw_reduction(d)
    theirs = dict(ours)
    if d.flag():
        ours["labelSmoothing"] = theirs["label_smoothing"] = 0.2
    if d.flag():
        ours["weight"] = theirs["weight"] = d.positive(shape[0] if len(shape) == 1 else shape[1], grad=False)
    return [x, target, ours], F.cross_entropy(x, target, **theirs)


@op("F.crossEntropy of none", 4)
def cross_entropy_of_none(d):
    x, labels = d.normal(2, 3), d.whole(-100, -100, 2)
    ours, theirs = d.turn([({}, {}), ({"labelSmoothing": 0.1}, {"label_smoothing": 0.1})])
    return [x, labels, ours], F.cross_entropy(x, labels, **theirs)


@op("F.nllLoss", 12)
def nll_loss(d):
    classes, batch = d.int(2, 6), d.int(2, 5)
    x = d.normal(batch, classes)
    ours = draw_reduction(d)
    theirs = dict(ours)
    if d.flag():
        ours["weight"] = theirs["weight"] = d.positive(classes, grad=False)
    labels = d.whole(0, classes - 1, batch, last=d.turn([None, -100]))
    return [x, labels, ours], F.nll_loss(x, labels, **theirs)


def distance(name, compute):
    @op(name, 8)
    def _(d):
        shape = d.shape()
        x, target = sometimes_ties(d, *shape), sometimes_ties(d, *shape)
        ours = draw_reduction(d)
        return [x, target, ours], compute(x, target, **ours)


distance("F.mseLoss", F.mse_loss)
distance("F.l1Loss", F.l1_loss)


@op("F.binaryCrossEntropyWithLogits", 20)
def binary_cross_entropy_with_logits(d):
    shape = d.shape()
    x = d.steps(*shape) if d.number % 5 == 4 else d.normal(*shape, scale=d.pick([1, 200]))  # e²⁰⁰ overflows float32
    target = d.keep(d.values(shape, lambda: d.random.random() if d.number % 2 else d.int(0, 1)))
    ours = draw_reduction(d)
    theirs = dict(ours)
    if d.turn([False, True]):
        ours["posWeight"] = theirs["pos_weight"] = d.positive(*d.pick([shape, shape[-1:], [1]]), grad=False)
    if d.flag():
        ours["weight"] = theirs["weight"] = d.positive(*d.pick([shape, shape[-1:], [1]]), grad=False)
    return [x, target, ours], F.binary_cross_entropy_with_logits(x, target, **theirs)


# ---- optimisers: what five steps with given gradients leave in the parameters, always in float64


def optimiser(name, make, variants):
    @op(f"optim.{name}", 2 * len(variants))
    def _(d):
        d.dtype = torch.float64
        options = d.turn(variants)
        parameters = [d.normal(*d.shape(1, 3)), d.normal(d.int(1, 4))]
        # A parameter that no gradient reached must stay as it is, in its first steps and later.
        gradients = [[None if d.random.random() < 0.1 else d.normal(*p.shape, grad=False) for p in parameters] for _ in range(5)]
        theirs = {"weightDecay": "weight_decay"}
        optimizer = make(parameters, **{theirs.get(key, key): value for key, value in options.items()})
        for step in gradients:
            for parameter, gradient in zip(parameters, step):
                parameter.grad = gradient
            optimizer.step()
        return [parameters, options, gradients], None, parameters


optimiser(
    "SGD",
    torch.optim.SGD,
    [
        {"lr": 0.1},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.05, "momentum": 0.9, "nesterov": True},
        {"lr": 0.1, "weightDecay": 0.01},
        {"lr": 0.1, "momentum": 0.8, "weightDecay": 0.1},
        {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weightDecay": 0.1},
        {"lr": 0.1, "momentum": 0.8, "dampening": 0.3},
        {"lr": 0.1, "momentum": 0.8, "weightDecay": 0.1, "maximize": True},
        {"lr": 0.1, "maximize": True},
    ],
)
optimiser(
    "Adam",
    torch.optim.Adam,
    [
        {"lr": 0.01},
        {"lr": 0.1, "betas": [0.8, 0.9], "eps": 1e-4},
        {"lr": 0.1, "weightDecay": 0.1},
        {},
        {"lr": 0.1, "betas": [0.8, 0.5], "amsgrad": True, "weightDecay": 0.1},
        {"lr": 0.1, "maximize": True, "weightDecay": 0.1},
    ],
)
optimiser(
    "AdamW",
    torch.optim.AdamW,
    [
        {"lr": 0.01},
        {"lr": 0.1, "betas": [0.8, 0.9], "eps": 1e-4},
        {"lr": 0.1, "weightDecay": 0.3},
        {},
        {"lr": 0.1, "betas": [0.8, 0.5], "amsgrad": True},
    ],
)


# ---- schedules: learning rate and momentum at the start and after each of the steps


def schedule(name, make, variants):
    """`make(optimizer, *values, **options)` is PyTorch's; a variant is kernel-lib's arguments and PyTorch's options."""

    @op(f"optim.{name}", 2 * len(variants))
    def _(d):
        d.dtype = torch.float64
        steps, ours, theirs = d.turn(variants)
        lr = round(d.random.uniform(0.01, 1), 3)
        momentum = d.pick([0, 0.9])
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=momentum)
        scheduler = make(optimizer, **theirs)
        rows = []
        for row in range(steps + 1):
            if row > 0:
                optimizer.step()
                scheduler.step()
            rows.append([optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]])
        return [lr, ours, steps, momentum], torch.tensor(rows, dtype=torch.float64)


rates = torch.optim.lr_scheduler
schedule("StepLR", rates.StepLR, [(7, [2], {"step_size": 2}), (5, [1, {"gamma": 0.5}], {"step_size": 1, "gamma": 0.5})])
schedule(
    "CosineAnnealingLR",
    rates.CosineAnnealingLR,
    [(8, [7], {"T_max": 7}), (4, [5, {"etaMin": 0.003}], {"T_max": 5, "eta_min": 0.003}), (9, [4], {"T_max": 4})],
)
schedule(
    "LinearWarmup",
    rates.LinearLR,
    [(8, [5], {"total_iters": 5}), (6, [4, {"startFactor": 0.1}], {"start_factor": 0.1, "total_iters": 4})],
)
schedule(
    "OneCycleLR",
    rates.OneCycleLR,
    [
        (10, [0.5, {"totalSteps": 10}], {"max_lr": 0.5, "total_steps": 10}),
        (
            12,
            [0.1, {"totalSteps": 12, "pctStart": 0.5, "divFactor": 10, "finalDivFactor": 100}],
            {"max_lr": 0.1, "total_steps": 12, "pct_start": 0.5, "div_factor": 10, "final_div_factor": 100},
        ),
        (200, [0.5, {"totalSteps": 200}], {"max_lr": 0.5, "total_steps": 200}),
        (20, [1, {"epochs": 4, "stepsPerEpoch": 5, "threePhase": True}], {"max_lr": 1, "epochs": 4, "steps_per_epoch": 5, "three_phase": True}),
        (20, [1, {"totalSteps": 20, "cycleMomentum": False}], {"max_lr": 1, "total_steps": 20, "cycle_momentum": False}),
        (
            20,
            [1, {"totalSteps": 20, "annealStrategy": "linear", "baseMomentum": 0.8, "maxMomentum": 0.9}],
            {"max_lr": 1, "total_steps": 20, "anneal_strategy": "linear", "base_momentum": 0.8, "max_momentum": 0.9},
        ),
    ],
)


# ---- writing


def encode_tensor(tensor):
    kind = KINDS[tensor.dtype]
    data = np.ascontiguousarray(tensor.detach().numpy().astype(FORMS[kind]))
    return {"dtype": kind, "shape": list(tensor.shape), "base64": base64.b64encode(data.tobytes()).decode()}


def encode_argument(value, made):
    """Tensors become {"$": their number}, undefined becomes {"$": null}."""
    if value is UNDEFINED:
        return {"$": None}
    if torch.is_tensor(value):
        return {"$": next(i for i, (tensor, _) in enumerate(made) if tensor is value)}
    if isinstance(value, dict):
        return {key: encode_argument(inner, made) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode_argument(inner, made) for inner in value]
    return value


def run(name, seed, number, dtype, narrow):
    """Draw and run one case. Returns it as it is written, and the float tensors that PyTorch answered."""
    d = Draw(seed, number, dtype, narrow)
    arguments, out, *after = OPS[name][1](d)
    case = {"op": name.split(" ")[0], "number": f"{name} {number}", "dtype": KINDS[d.dtype]}
    case["args"] = encode_argument(arguments, d.made)
    answers = []
    differentiable = out is not None and out.requires_grad
    if out is not None:
        case["out"] = encode_tensor(out)
        answers.append(out)
    if differentiable:
        grad_out = d.values(out.shape, lambda: d.random.gauss(0, 1)).to(out.dtype)
        case["gradOut"] = encode_tensor(grad_out)
        out.backward(grad_out)
    case["inputs"] = []
    for at, (tensor, before) in enumerate(d.made):
        entry = encode_tensor(before)
        if differentiable and tensor.requires_grad:
            entry["grad"] = encode_tensor(tensor.grad)
            answers.append(tensor.grad)
        if after and any(tensor is changed for changed in after[0]):
            entry["after"] = encode_tensor(tensor)
            answers.append(tensor)
        case["inputs"].append(entry)
    return case, [answer.detach().double() for answer in answers]


def make_case(name, seed, number):
    """Even numbers are in float64, odd ones in float32.

    Where float32 is so short of digits that PyTorch disagrees with itself in float64, it cannot judge anyone else:
    such a case is drawn again.
    """
    if number % 2 == 0:
        return run(name, f"{seed}/{name}/{number}", number, torch.float64, False)[0]
    for attempt in range(20):
        own_seed = f"{seed}/{name}/{number}/{attempt}"
        case, answers = run(name, own_seed, number, torch.float32, True)
        _, exact = run(name, own_seed, number, torch.float64, True)
        if all(torch.allclose(a, e, rtol=0, atol=2e-6 * max(1, float(e.abs().max())), equal_nan=True) for a, e in zip(answers, exact)):
            return case
    raise ValueError(f"{name} {number}: no draw that float32 can hold")


def all_cases(seed):
    return [make_case(name, seed, number) for name, (count, _) in OPS.items() for number in range(count)]


def stored_cases(cases):
    """Of each op a quarter of its float64 cases, three at least: spread evenly over the half that takes less room."""
    stored = []
    for name in OPS:
        own = [case for case in cases if case["number"].rsplit(" ", 1)[0] == name and case["dtype"] == "float64"]
        own.sort(key=lambda case: len(json.dumps(case)))
        kept = max(3, len(own) // 4)
        stored += [own[at] for at in sorted({len(own) // 2 * step // (kept - 1) for step in range(kept)} & set(range(len(own))))]
    return stored


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out")
    parser.add_argument("--stored")
    options = parser.parse_args()
    cases = all_cases(options.seed)
    for path, chosen in ((options.out, cases), (options.stored, stored_cases(cases))):
        if path:
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                for line in ({"torch": torch.__version__.split("+")[0], "seed": options.seed}, *chosen):
                    file.write(json.dumps(line) + "\n")
            print(f"{len(chosen)} cases of {len(OPS)} ops in {path}")


if __name__ == "__main__":
    main()
