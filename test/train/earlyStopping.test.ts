import { nn, optim, tensor, train, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";

/** One weight that starts at 0 and is pulled to 10, one step of 1 an epoch; validation wants it to be 3. */
function pulled(
  options: Partial<train.FitOptions> & { epochs: number },
): Promise<{ history: train.History; weight: number }> {
  const net = new nn.Linear(1, 1, { bias: false });
  net.weight.storage[0] = 0;
  const one = tensor([[1]]);
  const loss = (prediction: Tensor, target: Tensor): Tensor => prediction.sub(target).abs().sum();
  const history = train.fit(net, [[one, tensor([[10]])]], {
    optimizer: new optim.SGD(net.parameters(), { lr: 1 }),
    loss,
    validation: [[one, tensor([[3]])]],
    ...options,
  });
  return history.then((rows) => ({ history: rows, weight: net.weight.item() }));
}

describe("early stopping", () => {
  test("ends when patience has run out, and gives the best weights back", async () => {
    const { history, weight } = await pulled({ epochs: 9, earlyStopping: { patience: 2 } });
    expect(history.rows.map((row) => row.validationLoss)).toEqual([2, 1, 0, 1, 2]);
    expect({ best: history.bestEpoch, weight, interrupted: history.interrupted }).toEqual({
      best: 3,
      weight: 3,
      interrupted: false,
    });
  });

  test("leaves the last weights if told so", async () => {
    const { weight } = await pulled({ epochs: 9, earlyStopping: { patience: 2, restoreBest: false } });
    expect(weight).toBe(5);
  });

  test("takes a smaller gain than minDelta for none", async () => {
    const { history } = await pulled({ epochs: 9, earlyStopping: { patience: 1, minDelta: 1.5 } });
    expect(history.rows.length).toBe(2);
    expect(history.bestEpoch).toBe(1);
  });

  test("does nothing where the loss keeps falling", async () => {
    const { history } = await pulled({ epochs: 3, earlyStopping: { patience: 1 } });
    expect(history.rows.length).toBe(3);
  });

  test("is not there unless asked for", async () => {
    const { history } = await pulled({ epochs: 9 });
    expect(history.rows.length).toBe(9);
    expect(history.bestEpoch).toBeNull();
  });
});
