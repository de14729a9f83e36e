import { backend, manualSeed, nn, optim, randn, tensor, train, type Tensor } from "kernel-lib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const labels = tensor([0, 1], { dtype: "int32" });

function twoLayers(): nn.Sequential {
  return new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 2));
}

async function refusal(net: nn.Module, x: Tensor): Promise<string> {
  const optimizer = new optim.SGD(net.parameters());
  return train.fit(net, [[x, labels]], { optimizer, epochs: 1 }).then(String, String);
}

afterEach(() => backend.use("reference"));

describe.each(backend.list())("a loss that is no number on %s", (name) => {
  beforeEach(() => backend.use(name));

  const ones = tensor([[1, 1], [1, 1]]); // prettier-ignore

  test("names the layer in which it began, not the ones behind it", async () => {
    const net = twoLayers();
    const last = net.layers[2] as nn.Linear;
    (net.layers[0] as nn.Linear).weight.storage.fill(3e38); // 3e38 + 3e38 is beyond float32
    expect(await refusal(net, ones)).toContain(
      'at batch 1 of epoch 1, which began in linear with "0.weight";',
    );
    (net.layers[0] as nn.Linear).weight.storage.fill(1e30);
    last.weight.storage.fill(1e30);
    expect(await refusal(net, ones)).toContain('which began in linear with "2.weight";');
  });

  test("says that the data hold it", async () => {
    const x = tensor([[NaN, 1], [1, 1]]); // prettier-ignore
    expect(await refusal(twoLayers(), x)).toContain(
      'which began in linear with "0.weight", whose input already holds nan or infinity;',
    );
  });

  test("says that a weight was spoilt by an earlier step", async () => {
    const net = twoLayers();
    (net.layers[2] as nn.Linear).weight.storage[0] = NaN;
    expect(await refusal(net, ones)).toContain(
      'began in parameter "2.weight", which an earlier step has spoilt;',
    );
  });

  test("leaves the weights as they were", async () => {
    const net = twoLayers();
    const before = JSON.stringify(net.stateDict()["0.weight"].toArray());
    await refusal(net, tensor([[NaN, 1], [1, 1]])); // prettier-ignore
    expect(JSON.stringify(net.stateDict()["0.weight"].toArray())).toBe(before);
  });

  /** A convolution with weights that lead beyond float32, behind layers that a step changes. */
  function deep(): { net: nn.Sequential; broken: nn.Conv2d } {
    const broken = new nn.Conv2d(2, 2, 1);
    broken.weight.storage.fill(3e38);
    const block = new nn.Sequential(new nn.Sequential(broken, new nn.ReLU()));
    const net = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.Dropout(0.2), new nn.Residual(block), new nn.Flatten(), new nn.Linear(18, 2)); // prettier-ignore
    return { net, broken };
  }

  test("names a layer in a block of a network that is computed as one", async () => {
    manualSeed(5);
    const { net } = deep();
    expect(await refusal(net, randn(2, 1, 5, 5).mul(1e3))).toContain('began in conv2d with "3.block.0.0.weight";'); // prettier-ignore
  });

  test("changes neither statistics nor chance by looking", async () => {
    manualSeed(6);
    const { net, broken } = deep();
    const x = randn(2, 1, 5, 5).mul(1e3);
    manualSeed(7);
    const state = net.stateDict();
    net.train();
    net.forward(x);
    const [mean, next] = [(net.layers[1] as nn.BatchNorm2d).runningMean!.toArray(), randn(3).toArray()];
    net.loadStateDict(state);
    manualSeed(7);
    expect(await refusal(net, x)).toContain("began in conv2d");
    expect((net.layers[1] as nn.BatchNorm2d).runningMean!.toArray()).toEqual(mean);
    expect(randn(3).toArray()).toEqual(next);
    expect(broken.weight.storage[0]).toBe(new Float32Array([3e38])[0]);
  });
});
