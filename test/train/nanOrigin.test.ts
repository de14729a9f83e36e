import { nn, tensor, train, optim, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";

const labels = tensor([0, 1], { dtype: "int32" });

function twoLayers(): nn.Sequential {
  return new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 2));
}

async function refusal(net: nn.Module, x: Tensor): Promise<string> {
  const optimizer = new optim.SGD(net.parameters());
  return train.fit(net, [[x, labels]], { optimizer, epochs: 1 }).then(String, String);
}

describe("a loss that is no number", () => {
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
});
