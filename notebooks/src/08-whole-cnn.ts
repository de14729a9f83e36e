// Lesson 08: everything put together. Rows S2-01, S2-02, S2-22, S2-23, S3-37, S4-04, S4-14, W-10, W-16 of the course.

// %% [markdown] id="title" lang="en"
// # 08 · The whole CNN
//
// Convolution, ReLU, pooling, and at the end a fully connected layer: the parts are known. In this lesson they become a
// network that reads **real handwriting**, and we look at it the way one should look at anything that was trained: at its
// curve, its mistakes, its insides, and at the question whether its score means what it seems to mean.
//
// **You will** follow a batch through the network shape by shape, see why deep stacks of layers need batch normalisation and
// shortcuts, train on 1,287 digits, and catch a test that flatters.
//
// Reading and doing: about 70 minutes. Computing: less than a minute.

// %% [markdown] id="title" lang="zh"
// # 08 · 完整的 CNN
//
// 卷积、ReLU、池化，最后接一个全连接层：零件都认识了。这一课把它们装成一个能读**真实手写字**的网络，
// 然后用对待任何训练结果都该有的方式去看它：看它的曲线、它的错误、它的内部，还要问一句：它的分数真的能说明问题吗？
//
// **这一课里你会**：跟着一批图像逐层走过网络，看形状怎样变；明白层数深了为什么需要批归一化和捷径；
// 用 1,287 个数字训练；并抓出一种会说好话的测试。
//
// 阅读和练习约 70 分钟，计算不到一分钟。

// %% id="imports"
import {
  check,
  data,
  F,
  Generator,
  gradError,
  hint,
  manualSeed,
  nn,
  noGrad,
  optim,
} from "kernel-lib";
import { plot, progress, quiz, rand, randn, tensor, Tensor } from "kernel-lib";
import { todo, train, zeros } from "kernel-lib";

// %% [markdown] id="architecture" lang="en"
// ## 1 · From image to answer
//
// The lecture's picture of a whole CNN: *convolution, pooling, convolution, pooling, flatten, fully connected, softmax*. On the
// way the maps get smaller and more: less and less "where", more and more "what". Here it is for our digits of 8 × 8 pixels.

// %% [markdown] id="architecture" lang="zh"
// ## 1 · 从图像到答案
//
// 课上那张完整 CNN 的图：*卷积、池化、卷积、池化、展平、全连接、softmax*。一路上，特征图越来越小，也越来越多：
// “在哪里”越来越少，“是什么”越来越多。下面就是为 8 × 8 像素的数字准备的网络。

// %% id="network"
function makeNet(): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { padding: 1 }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(128, 10),
  );
}
manualSeed(8);
makeNet();

// %% [markdown] id="walk-predict" lang="en"
// **Predict** the shape after each of the ten layers, for a batch of 32 images: (N, C, H, W).

// %% [markdown] id="walk-predict" lang="zh"
// **猜一猜**：输入一批 32 幅图像，十层里每一层之后的形状 (N, C, H, W) 各是什么？

// %% id="shape-walk"
function shapeWalk(layers: Iterable<nn.Module>, x: Tensor): string {
  const lines = [`input: ${x.shape.join(" × ")}`];
  for (const layer of layers) {
    x = layer.forward(x);
    lines.push(`${layer.constructor.name}: ${x.shape.join(" × ")}`);
  }
  return lines.join("\n");
}
console.log(noGrad(() => shapeWalk(makeNet(), zeros(32, 1, 8, 8))));

// %% [markdown] id="softmax-where" lang="en"
// The 32 stays to the end: every layer does the same to each image. The convolutions keep the 8 × 8 and 4 × 4 (padding 1),
// each pooling halves them, and `BatchNorm2d`, which leaves shapes alone, has a section of its own below.
//
// There is no softmax at the end, because `F.crossEntropy` takes the raw scores and does softmax and logarithm in one go, which
// is exact also where softmax alone would round to 0.
//
// How large is this network? **Predict** which layer has the most parameters.

// %% [markdown] id="softmax-where" lang="zh"
// 32 从头到尾不变：每一层对每幅图像做的事都一样。卷积保持 8 × 8 和 4 × 4 的大小（填充为 1），每次池化减半；
// `BatchNorm2d` 不改变形状，下文有专门一节。
//
// 末尾没有 softmax，因为 `F.crossEntropy` 直接接受原始分数，把 softmax 和取对数合在一步里做；
// 就算单独的 softmax 会舍入成 0，这样算仍然精确。
//
// 这个网络有多大？**猜一猜**哪一层的参数最多。

// %% id="network-size"
const parametersOf = (module: nn.Module) =>
  module.parameters().reduce((sum, parameter) => sum + parameter.numel, 0);
console.log(makeNet().layers.map(parametersOf).join(" "), "=", parametersOf(makeNet()));

// %% [markdown] id="network-multiplications" lang="en"
// The second convolution: it has 16 input channels for each of its 32 filters, 16 · 32 · 3 · 3 weights and 32 biases. What the
// network *costs* is another question: a convolution uses each weight at every position, the last layer uses each once. The
// multiplications for one image, for the two convolutions and the linear layer:

// %% [markdown] id="network-multiplications" lang="zh"
// 是第二个卷积：32 个滤波器各有 16 个输入通道，权重 16 · 32 · 3 · 3 个，外加 32 个偏置。*计算量*则是另一回事：
// 卷积的每个权重在每个位置都要用一次，最后一层的每个权重只用一次。一幅图像要做的乘法，依次是两个卷积和线性层：

// %% id="multiplications"
const products = [8 * 8 * 16 * 9, 4 * 4 * 32 * 16 * 9, 128 * 10];
console.log(products.join(" + "), "=", products[0] + products[1] + products[2]);

// %% [markdown] id="flatten" lang="en"
// ## 2 · Flatten: from maps to a vector
//
// `Flatten` writes the maps one after the other, each row by row. Take the two pooled maps of the lecture's 6 × 6 example.
// **Predict** the order of the eight numbers.

// %% [markdown] id="flatten" lang="zh"
// ## 2 · 展平：从特征图到向量
//
// `Flatten` 把特征图一张接一张、每张一行接一行地排成一个向量。用课上 6 × 6 的例子池化之后的两张图来看。
// **猜一猜**这八个数的顺序。

// %% id="flatten-order"
const pooled = tensor([
  [
    [3, 0],
    [3, 1],
  ],
  [
    [-1, 1],
    [0, 3],
  ],
]);
const vector = pooled.unsqueeze(0).flatten(1);
if (vector.toArray().join() !== "3,0,3,1,-1,1,0,3")
  throw new Error("not map by map, row by row");
vector;

// %% [markdown] id="flatten-size" lang="en"
// First all of the first map, then all of the second. **Predict** how long the vector of a 32 × 32
// colour image is.

// %% [markdown] id="flatten-size" lang="zh"
// 先是第一张图的全部，再是第二张图的全部。**猜一猜**：一幅 32 × 32 的彩色图像会变成多长的向量？

// %% id="flatten-3072"
const long = zeros(1, 3, 32, 32).flatten(1).size(1);
if (long !== 3072) throw new Error("3 · 32 · 32 is 3072");
long;

// %% [markdown] id="flatten-what-if" lang="en"
// **What would change if** `Flatten` wrote the maps in another order?
//
// <details><summary>Answer</summary>
//
// Nothing for a network that is trained that way: the linear layer learns its weights in whatever order the numbers come. But
// weights trained with one order are useless with another.
// </details>

// %% [markdown] id="flatten-what-if" lang="zh"
// **如果** `Flatten` 换一种顺序，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 对从头就这样训练的网络来说，没有影响：数字按什么顺序来，线性层就按什么顺序学权重。但按一种顺序训练出来的权重，
// 换一种顺序就没用了。
// </details>

// %% [markdown] id="task-1" lang="en"
// ### Exercise 8.1 · Shape walk
//
// *About 10 minutes.* Write the walk without running any layer: from the shape of one sample (no batch dimension) to its shape
// after every step. The check compares you with the library on random networks. Convolutions here have stride 1, and pooling
// moves by its own size.

// %% [markdown] id="task-1" lang="zh"
// ### 练习 8.1 · 形状走查
//
// *约 10 分钟。* 不运行任何一层，只靠计算写出这趟走查：从一个样本的形状（没有批的那一维）开始，给出每一步之后的形状。
// 检查时会用随机网络把你的结果和库的结果作比较。这里卷积的步长为 1，池化的步长等于窗口的大小。

// %% id="exercise-1" tags=["exercise"]
type Step = {
  layer: "conv" | "pool" | "flatten" | "linear";
  kernelSize?: number;
  channels?: number;
  padding?: number;
  features?: number;
};
function shapesAfter(shape: number[], steps: Step[]): number[][] {
  // BEGIN SOLUTION
  const shapes: number[][] = [];
  for (const {
    layer,
    kernelSize = 1,
    channels = 1,
    padding = 0,
    features = 1,
  } of steps) {
    const [depth, height, width] = shape;
    if (layer === "conv") {
      const side = (size: number) => size - kernelSize + 2 * padding + 1;
      shape = [channels, side(height), side(width)];
    } else if (layer === "pool") {
      shape = [depth, Math.floor(height / kernelSize), Math.floor(width / kernelSize)];
    } else if (layer === "flatten") {
      shape = [shape.reduce((product, size) => product * size)];
    } else {
      shape = [features];
    }
    shapes.push(shape);
  }
  return shapes;
  // END SOLUTION
}

// %% id="check-1" tags=["check", "raises-exception"]
check("8.1", shapesAfter);

// %% [markdown] id="usual-1" lang="en"
// > **If it fails.** *Right for square images only*: height and width are reckoned apart. *Fractions*: a pooling window that does
// > not fit any more is left out, so round down.

// %% [markdown] id="usual-1" lang="zh"
// > **常见的失败。** *只有正方形图像正确*：高和宽要分开算。*出现小数*：放不下的池化窗口会被舍去，所以要向下取整。

// %% [markdown] id="backward" lang="en"
// ## 3 · And back again
//
// Training needs the gradient of the loss with respect to every weight: the same network, walked backwards. We trust it only
// because it can be checked. Change one weight a little to the left and to the right, and see how much the loss changes. In
// double precision the two must agree to many digits, *except* at a kink: at 0 ReLU has no slope, and where two pixels of a
// pooling window are equal, max has none. `gradError` leaves such places out and returns the largest disagreement.

// %% [markdown] id="backward" lang="zh"
// ## 3 · 再走回来
//
// 训练需要损失对每个权重的梯度：同一个网络，反过来走一遍。我们信它，只因为它可以检验。把一个权重向左、向右各动一点，
// 看损失变了多少。用双精度计算时，两者应有许多位一致，*除非*在折点上：ReLU 在 0 处没有斜率；
// 池化窗口里两个像素相等时，max 也没有。`gradError` 会跳过这些地方，并返回两者的最大差异。

// %% id="gradient-check"
const f64 = { dtype: "float64" } as const;
const small = new nn.Sequential(
  new nn.Conv2d(1, 3, 3, { ...f64, padding: 1 }),
  new nn.BatchNorm2d(3, f64),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Flatten(),
  new nn.Linear(12, 4, f64),
);
const batch = randn(5, 1, 4, 4, f64);
const labels = tensor(new Int32Array([0, 1, 2, 3, 0]));
const worst = gradError(
  () => F.crossEntropy(small.forward(batch), labels),
  small.parameters(),
);
if (worst > 1e-7) throw new Error(`wrong gradient: ${worst}`);
worst;

// %% [markdown] id="gradient-check-after" lang="en"
// Nine digits or more agree, through six kinds of layers.

// %% [markdown] id="gradient-check-after" lang="zh"
// 至少有九位数字一致，而且一路经过了六种层。

// %% [markdown] id="depth" lang="en"
// ## 4 · Why deep is difficult
//
// The notes blame fully connected networks for vanishing and exploding gradients. But it is **depth** that does it, and the
// starting weights, with any kind of layer. Each layer multiplies the size of its signal by some factor, and twenty layers by
// its twentieth power. Send noise through twenty convolutions and measure the size (standard deviation) after each, for
// weights that start just right (He's rule: standard deviation √(2 / inputs)), half as large, and twice as large.
//
// **Predict**: with half the factor in every layer, what is left after twenty, compared with He's rule?

// %% [markdown] id="depth" lang="zh"
// ## 4 · 为什么深了就难
//
// 讲义把梯度消失和梯度爆炸归咎于全连接网络。其实原因在于**深度**和初始权重，换成哪种层都一样。
// 每一层都把信号的大小乘上某个倍数，二十层就是它的二十次方。让噪声穿过二十个卷积层，在每层之后量一量大小（标准差）：
// 初始权重刚好（何恺明的规则：标准差为 √(2 / 输入个数)）、只有它的一半、是它的两倍，各做一次。
//
// **猜一猜**：如果每层的倍数都减半，与何恺明的规则相比，二十层之后还剩多少？

// %% id="signal-sizes"
function signalSizes(scale: number, normalise = false, depth = 20): number[] {
  manualSeed(3); // the same weights each time, up to their scale
  let x = randn(8, 16, 8, 8, { generator: new Generator(1) });
  return Array.from({ length: depth }, () => {
    const conv = new nn.Conv2d(16, 16, 3, { padding: 1, bias: false });
    nn.init.kaimingNormal_(conv.weight);
    x = F.conv2d(x, conv.weight.detach().mul(scale), undefined, { padding: 1 });
    if (normalise) x = F.batchNorm(x, undefined, undefined, { training: true });
    x = x.relu();
    return x.std().item();
  });
}

// %% [markdown] id="signal-sizes-about" lang="en"
// The same random weights serve all four runs; only their scale differs. In the fourth, each layer is followed by batch
// normalisation, the subject of the next section.

// %% [markdown] id="signal-sizes-about" lang="zh"
// 四次用的是同一组随机权重，只有大小不同。第四次在每层之后加了批归一化，也就是下一节的主题。

// %% id="signal-figure"
const log10 = (sizes: number[]) => sizes.map(Math.log10);
plot.curve(
  {
    half: {
      name: { en: "half of He's rule", zh: "何恺明规则的一半" },
      y: log10(signalSizes(0.5)),
    },
    he: { name: { en: "He's rule", zh: "何恺明的规则" }, y: log10(signalSizes(1)) },
    twice: {
      name: { en: "twice He's rule", zh: "何恺明规则的两倍" },
      y: log10(signalSizes(2)),
    },
    norm: {
      name: { en: "half, with batch norm", zh: "一半，加批归一化" },
      y: log10(signalSizes(0.5, true)),
    },
  },
  {
    xLabel: { en: "layer", zh: "层" },
    yLabel: { en: "log₁₀ of the signal's size", zh: "信号大小的 log₁₀" },
    alt: {
      en: "Four curves over twenty layers: half falls to −6.7, He's rule stays near 0, twice rises to 5.3, batch norm stays at −0.2.",
      zh: "二十层上的四条曲线：一半的降到 −6.7，何恺明的规则在 0 附近，两倍的升到 5.3，加批归一化的停在 −0.2。",
    },
    caption: {
      en: "Nearly straight lines: on this scale, a nearly constant factor a layer.",
      zh: "在这个尺度上近似直线，说明每层的倍数几乎不变。",
    },
  },
);

// %% [markdown] id="depth-after" lang="en"
// Half the weights end six powers of ten below He's rule, twice the weights six above: 2²⁰ is about a million. Powers, not sums.
// Gradients travel the same road backwards and suffer the same powers. He's rule (`nn.init.kaimingNormal_`) keeps the factor
// near 1; the fourth curve shows another remedy, which does not depend on the start at all.
//
// **What would change if** you left out `kaimingNormal_` and took the layers as they come?
//
// <details><summary>Answer</summary>
//
// The signal would fade even faster than the lowest curve. `nn.Conv2d` starts as PyTorch's does, uniform within ±1 / √inputs: that is
// a standard deviation of √(1/3 / inputs), 0.41 of He's. A network of three layers does not mind; one of twenty does.
// </details>

// %% [markdown] id="depth-after" lang="zh"
// 权重减半，终点比何恺明的规则低六个数量级；权重加倍，高六个数量级：2²⁰ 约等于一百万。这是乘方，不是相加。
// 梯度沿同一条路往回走，也要经过同样的连乘。何恺明的规则（`nn.init.kaimingNormal_`）能让倍数接近 1；
// 第四条曲线展示了另一种办法，它完全不依赖起点。
//
// **如果**去掉 `kaimingNormal_`，直接用层自带的初始值，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 信号会衰减得比最低的那条曲线还快。`nn.Conv2d` 的初始值和 PyTorch 的一样，在 ±1 / √输入个数 之间均匀分布：
// 标准差是 √(1/3 / 输入个数)，只有何恺明规则的 0.41 倍。三层的网络还不要紧，二十层的就不行了。
// </details>

// %% [markdown] id="batch-norm" lang="en"
// ## 5 · Batch normalisation
//
// After a convolution, take every channel over the whole batch, subtract its mean, divide by its standard deviation, and
// let two learned numbers a channel scale and shift the result:
//
// $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y = \gamma \hat x + \beta$$
//
// In **training** μ and σ² come from the batch. In **use** there may be a batch of one, so the layer keeps running averages while
// it trains and uses those. `model.train()` and `model.eval()` switch; forgetting the second is a classic mistake.
//
// **Predict**: numbers with mean 10 and standard deviation 3 go through a fresh layer, once in training, then in use. What is
// the mean of each answer?

// %% [markdown] id="batch-norm" lang="zh"
// ## 5 · 批归一化
//
// 卷积之后，对每个通道在整批数据上求均值和标准差，减去均值，除以标准差，再用每个通道的两个可学习的数去缩放和平移：
//
// $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y = \gamma \hat x + \beta$$
//
// **训练**时 μ 和 σ² 来自这一批；**使用**时一批可能只有一幅图像，所以这一层在训练中会记下滑动平均，使用时就用它们。
// `model.train()` 和 `model.eval()` 负责切换；忘了后者是经典错误。
//
// **猜一猜**：均值为 10、标准差为 3 的数穿过一个全新的层，先在训练状态下，再在使用状态下。两个答案的均值各是多少？

// %% id="train-and-eval"
manualSeed(5);
const norm = new nn.BatchNorm2d(1);
const shifted = randn(64, 1, 4, 4).mul(3).add(10);
const inTraining = norm.forward(shifted); // moves the running averages, too
const inUse = norm.eval().forward(shifted);
[inTraining.mean().item(), inUse.mean().item()].map((mean) => mean.toFixed(3));

// %% [markdown] id="train-and-eval-after" lang="en"
// The same input, two answers: in training exactly centred, in use still far off, since one batch moves the running mean only
// a tenth of the way from 0 to 10. After a few dozen batches the two agree.
//
// **What would change if** you trained with batches of one image?
//
// <details><summary>Answer</summary>
//
// Each channel would be normalised by that single image: whether a map is strong or weak *as a whole* could not be told any
// more, and the running averages would jump about. Batch normalisation wants batches of a dozen or more.
// </details>

// %% [markdown] id="train-and-eval-after" lang="zh"
// 同样的输入，两个答案：训练时正好居中；使用时还差得远，因为一批数据只让滑动均值从 0 向 10 走了十分之一。
// 几十批之后，两者就一致了。
//
// **如果**训练时每批只有一幅图像，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 每个通道就只按这一幅图像归一化：一张特征图*整体*是强是弱，再也看不出来；滑动平均也会忽高忽低。
// 批归一化需要一批至少有十来幅图像。
// </details>

// %% [markdown] id="task-2" lang="en"
// ### Exercise 8.2 · Batch normalisation
//
// *About 10 minutes.* Write the first of the two formulas for images (N, C, H, W): each channel has its own mean and variance,
// taken over samples, rows and columns. The variance divides by the number of values (not by one less).

// %% [markdown] id="task-2" lang="zh"
// ### 练习 8.2 · 批归一化
//
// *约 10 分钟。* 为图像 (N, C, H, W) 写出上面第一个公式：每个通道有自己的均值和方差，在样本、行、列上求。
// 方差除以数值的个数（不是个数减一）。

// %% id="exercise-2" tags=["exercise"]
function normalize(x: Tensor, eps: number): Tensor {
  // BEGIN SOLUTION
  const perChannel = { keepdim: true };
  const centred = x.sub(x.mean([0, 2, 3], perChannel));
  const variance = centred.pow(2).mean([0, 2, 3], perChannel);
  return centred.div(variance.add(eps).sqrt());
  // END SOLUTION
}

// %% id="check-2" tags=["check", "raises-exception"]
check("8.2", normalize);

// %% [markdown] id="usual-2" lang="en"
// > **If it fails.** *Right for one channel only*: average over dimensions 0, 2 and 3, not over everything. *Nearly right*: check
// > whether the variance divides by n or by n − 1, and that eps stands under the root.

// %% [markdown] id="usual-2" lang="zh"
// > **常见的失败。** *只有单通道时正确*：要在第 0、2、3 维上求平均，不是对全部求平均。*差一点点*：
// > 看看方差除以的是 n 还是 n − 1，eps 是不是在根号里面。

// %% [markdown] id="residual" lang="en"
// ## 6 · A way round: the residual connection
//
// The other remedy leaves the layers alone and builds a bypass: output = input + block(input). The gradient of a sum goes to both
// sides undiminished, so however small the block's own factor is, the gradient gets back past it. Measure the gradient that
// comes out below the **first** of twenty layers, with and without bypass, for weights that start too small. At the top we put
// in a gradient of 1 for each number. **Predict** the two bars.

// %% [markdown] id="residual" lang="zh"
// ## 6 · 绕行的路：残差连接
//
// 另一种办法不动那些层，而是修一条旁路：输出 = 输入 + 块（输入）。和的梯度会原封不动地传给两边，
// 所以无论块自己的倍数有多小，梯度都能绕过去。权重从太小的值开始，量一量穿过二十层、从**第一层**底下出来的梯度：
// 有旁路和没有旁路。在顶端，我们给每个数放进大小为 1 的梯度。**猜一猜**两根柱子各有多高。

// %% id="gradient-at-the-bottom"
function gradientAtTheBottom(bypass: boolean): number {
  manualSeed(6);
  const x = randn(4, 8, 6, 6, { requiresGrad: true });
  let h: Tensor = x;
  for (let layer = 0; layer < 20; layer++) {
    const conv = new nn.Conv2d(8, 8, 3, { padding: 1 });
    const block = conv.forward(h).mul(0.5).relu();
    h = bypass ? h.add(block) : block;
  }
  h.sum().backward(); // a gradient of 1 for each number
  return Math.log10((x.grad as Tensor).abs().mean().item());
}

// %% id="gradient-figure"
plot.bar(
  [
    { en: "without", zh: "无" },
    { en: "with", zh: "有" },
  ],
  [gradientAtTheBottom(false), gradientAtTheBottom(true)],
  {
    xLabel: { en: "bypass", zh: "旁路" },
    yLabel: {
      en: "log₁₀ of the mean size of the gradient",
      zh: "梯度平均大小的 log₁₀",
    },
    caption: {
      en: "0 is the gradient put in at the top; −15 is a quadrillionth of it.",
      zh: "0 就是顶端放进去的梯度；−15 是它的一千万亿分之一。",
    },
  },
);

// %% [markdown] id="residual-after" lang="en"
// Without the bypass next to nothing arrives, and the first layer cannot learn. With it the gradient is even a little larger than
// at the top, since each block adds its own small part to what passes by.
//
// **What would change if** every block gave 0, whatever it is given?
//
// <details><summary>Answer</summary>
//
// With the bypass exactly 1 would arrive (log₁₀ 0): the network would be the identity. Without it, nothing at all.
// </details>

// %% [markdown] id="residual-after" lang="zh"
// 没有旁路，几乎什么也传不到，第一层就学不动。有了旁路，梯度甚至比顶端还大一点，因为每个块都在经过的梯度上添了自己的一小份。
//
// **如果**每个块无论输入什么都输出 0，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 有旁路时，到达的正好是 1（log₁₀ 为 0）：网络就是恒等映射。没有旁路时，什么也到不了。
// </details>

// %% [markdown] id="task-3" lang="en"
// ### Exercise 8.3 · Residual connection
//
// *About 5 minutes.* Write a residual step: the block's output plus its input, then ReLU. `nn.Residual` of the library is the same
// without the final ReLU.

// %% [markdown] id="task-3" lang="zh"
// ### 练习 8.3 · 残差连接
//
// *约 5 分钟。* 写出一个残差步骤：块的输出加上它的输入，再做 ReLU。库里的 `nn.Residual` 相同，只是没有最后的 ReLU。

// %% id="exercise-3" tags=["exercise"]
function residual(x: Tensor, block: (x: Tensor) => Tensor): Tensor {
  // BEGIN SOLUTION
  return block(x).add(x).relu();
  // END SOLUTION
}

// %% id="check-3" tags=["check", "raises-exception"]
check("8.3", residual);

// %% [markdown] id="about-digits" lang="en"
// ## 7 · Real handwriting
//
// 1,797 digits, written by 13 people on paper forms in the 1990s, scanned, and reduced to 8 × 8 counts of ink: the test part
// of *Optical Recognition of Handwritten Digits* by E. Alpaydin and C. Kaynak (UCI, CC BY 4.0). Nobody drew them for this course.
// Cover the numbers above them: how many can you read yourself?

// %% [markdown] id="about-digits" lang="zh"
// ## 7 · 真实的手写字
//
// 1,797 个数字，由 13 个人在二十世纪九十年代写在纸质表格上，扫描后缩成 8 × 8 的墨点计数：
// 这是 E. Alpaydin 和 C. Kaynak 的 *Optical Recognition of Handwritten Digits* 的测试部分（UCI，CC BY 4.0）。
// 它们不是为这门课写的。遮住上方的标注，你自己能认出多少？

// %% id="digits"
const digits = data.digits();
const labelOf = (i: number) => String(digits.labels.at(i).item());
plot.images(digits.images.narrow(0, 200, 40), {
  titles: Array.from({ length: 40 }, (_, i) => labelOf(200 + i)),
  columns: 10,
  caption: {
    en: "Above each digit: what its writer meant.",
    zh: "每个数字上方是书写者的本意。",
  },
});

// %% [markdown] id="about-split" lang="en"
// **Which digits do we test on?** They come form by form, each form filled in by one hand. If we dealt them out at random,
// nearly every test digit would have sisters from the same hand in the training set, and we would measure how well the net
// knows *these* people. A reader of handwriting meets strangers. So whole forms are kept back: ten to learn from, four to test.
//
// (A form stands for a writer as well as it can: there are 14 forms from 13 people, and the file does not say who wrote twice.)

// %% [markdown] id="about-split" lang="zh"
// **用哪些数字来测试？** 数据是一张表格接一张表格排列的，每张由一个人填写。如果随机分，几乎每个测试数字在训练集里都有同一个人写的
// “姐妹”，量到的就是网络对*这些人*有多熟。可识别手写字的程序，遇到的是陌生人。所以要整张整张地留出：十张用来学习，四张用来测试。
//
// （表格只能近似地代表书写者：14 张表格出自 13 个人，文件里没有说是谁写了两张。）

// %% id="split"
[digits.train.length, digits.test.length];

// %% [markdown] id="training" lang="en"
// ## 8 · Train
//
// Everything is in place: a loader that deals out shuffled batches of 32, Adam, a learning rate that rises and falls
// (`OneCycleLR`), and `train.fit`, which is the loop of lesson 04 with a progress bar. The loss does not ask for certainty: with
// `labelSmoothing` the target is 91 % for the right digit and 1 % for each of the others. After every epoch the net is tested
// (the table calls this *validation*), but it never learns from the test digits, and we choose nothing by them.
//
// What will it cost? Forward and backward together are about 6 operations a multiplication, and section 1 counted the
// multiplications for one image. **Predict** the operations, and the accuracy on strangers' digits.

// %% [markdown] id="training" lang="zh"
// ## 8 · 训练
//
// 一切就绪：一个每次取 32 幅、打乱顺序的加载器，Adam 优化器，先升后降的学习率（`OneCycleLR`），
// 还有 `train.fit`，也就是第 04 课的那个循环加上进度条。损失并不要求十足的把握：用了 `labelSmoothing`，
// 目标是正确的数字占 91 %，其余每个占 1 %。每轮之后都会测试一次（表里叫*验证*），但网络从不向测试数字学习，
// 我们也不根据它们做任何选择。
//
// 要花多少计算？前向和反向合起来，每次乘法大约对应 6 次运算；一幅图像要做多少次乘法，第 1 节已经数过。
// **猜一猜**总的运算次数，以及它在陌生人的数字上的准确率。

// %% id="cost"
const multiplications = products.reduce((sum, count) => sum + count, 0);
(6 * multiplications * digits.train.length * 15).toExponential(1); // 15 epochs

// %% [markdown] id="cost-after" lang="en"
// Ten thousand million operations: a few seconds.

// %% [markdown] id="cost-after" lang="zh"
// 一百亿次运算：几秒钟。

// %% id="recipe"
const gentle = new nn.CrossEntropyLoss({ labelSmoothing: 0.1 });
const inBatches = (set: data.Dataset) => new data.DataLoader(set, { batchSize: 128 });
async function trainNet(seed: number, learnFrom: data.Dataset, testOn: data.Dataset) {
  const epochs = 15;
  manualSeed(seed);
  const model = makeNet();
  const loader = new data.DataLoader(learnFrom, { batchSize: 32, shuffle: true });
  const optimizer = new optim.Adam(model.parameters());
  const totalSteps = epochs * loader.length;
  const scheduler = new optim.OneCycleLR(optimizer, 0.02, { totalSteps });
  const validation = inBatches(testOn);
  const options = { loss: gentle, optimizer, scheduler, epochs, validation };
  const history = await train.fit(model, loader, options);
  return { model: model.eval(), history };
}

// %% id="train" tags=["training"]
const { model, history } = await trainNet(1, digits.train, digits.test);
history;

// %% id="loss-curve"
history.plot({
  alt: {
    en: "The training loss falls from 1.6 to 0.52. The validation loss falls too, with a bump at epochs 3 and 4, and ends at 0.62.",
    zh: "训练损失从 1.6 降到 0.52；验证损失也在下降，第 3、4 轮有一个凸起，最后为 0.62。",
  },
  caption: {
    en: "The training loss goes on falling a little; on strangers' digits (dashed) it levels off higher.",
    zh: "训练损失还在略微下降；在陌生人的数字上（虚线），它停在更高的地方。",
  },
});

// %% [markdown] id="loss-floor-about" lang="en"
// The bump comes while the learning rate climbs to its peak: such long steps do not let the net settle. Later they get short,
// and it does. Why does neither curve go to 0, when all training digits are read correctly? Because of the smoothed target:
// whoever answers exactly 91 % and nine times 1 % still pays this much:

// %% [markdown] id="loss-floor-about" lang="zh"
// 凸起出现在学习率升向最高点的时候：步子太大，网络安定不下来；后来步子变小，就安定了。训练数字全都读对了，
// 为什么两条曲线都没有降到 0？因为目标是平滑过的：就算答案恰好是一个 91 % 和九个 1 %，损失也还有这么多：

// %% id="loss-floor"
const target = [0.91, ...new Array<number>(9).fill(0.01)];
target.reduce((sum, p) => sum - p * Math.log(p), 0).toFixed(4);

// %% [markdown] id="results" lang="en"
// What counts is the last epoch; picking the best one by its test score would be a small fraud. Is it a good number? A
// support-vector machine with an RBF kernel, carefully tuned on the same ten forms, reaches 96.9 % on the same four
// (`data/digits/baseline.py`), and it needs no convolution at all on such tiny images. That is the mark to pass.

// %% [markdown] id="results" lang="zh"
// 算数的是最后一轮；按测试分数挑最好的一轮，就是小小的作弊。这个数好不好？用同样的十张表格仔细调过的 RBF
// 核支持向量机，在同样的四张上达到 96.9 %（`data/digits/baseline.py`）；图像这么小，它根本不需要卷积。要超过的就是这个数。

// %% id="evaluation"
const result = train.evaluate(model, inBatches(digits.test));
if (!(result.accuracy && result.accuracy > 0.95))
  throw new Error("the net did not learn");
`${(100 * result.accuracy).toFixed(2)} %, n = ${result.count}`;

// %% [markdown] id="evaluation-after" lang="en"
// Hardly more: one digit of 510 is 0.2 points. A single run cannot settle such a contest; section 9 runs five.

// %% [markdown] id="evaluation-after" lang="zh"
// 几乎没有超过：510 个里的一个就是 0.2 个百分点。单独一次运行分不出这样的胜负，第 9 节会运行五次。

// %% [markdown] id="about-confusion" lang="en"
// ### Who is taken for whom
//
// An accuracy is one number for ten digits. The confusion matrix has them all: a row for what was written, a column for what was
// read. **Which pair do you expect** off the diagonal?

// %% [markdown] id="about-confusion" lang="zh"
// ### 谁被认成了谁
//
// 准确率用一个数概括了十个数字。混淆矩阵则全部列出：行是写的，列是读的。对角线以外，**你猜是哪一对**？

// %% id="confusion"
plot.confusionMatrix(train.confusionMatrix(model, inBatches(digits.test)), {
  caption: {
    en: "Off the diagonal: mistakes. The shade follows the square root of the count, so that single ones show.",
    zh: "对角线以外都是错误。颜色深浅按个数的平方根，好让单个的错误也看得见。",
  },
});

// %% [markdown] id="about-wrong-ones" lang="en"
// 4 read as 9 and 8 read as 1 lead the list: a 4 whose open top closes, an 8 whose loops fill up. But these are some fifteen
// mistakes in all; do not read more into so few. (Yours may be one or two more or fewer: machines with more cores, or other
// ones, add the same numbers in another order, and rounding differs.)
//
// Now **look at the mistakes themselves**. It takes a minute, and it is the most instructive minute of any project: are they
// scrawls nobody could read, wrong labels, or clear digits of a hand the net has never met?

// %% [markdown] id="about-wrong-ones" lang="zh"
// 最多的是 4 读成 9、8 读成 1：4 顶上的开口合拢了，8 的两个圈填实了。不过总共只有十五个左右的错误，这么少，不要过度解读。
// （你那里可能多一两个或少一两个：核数或型号不同的机器，相加的次序不同，舍入也就不同。）
//
// 现在**看看这些错误本身**。只要一分钟，却是任何项目里最有收获的一分钟：它们是谁也认不出的涂鸦，是标错的标签，
// 还是写得清清楚楚、只是网络没见过这种笔迹？

// %% id="wrong-ones"
const [testImages, testLabels] = digits.test.tensors;
const predicted = noGrad(() => model.forward(testImages)).argmax(1);
const wrong = Array.from(predicted.data).flatMap((answer, i) =>
  answer === testLabels.data[i] ? [] : [i],
);
plot.images(testImages.indexSelect(0, wrong.slice(0, 20)), {
  titles: wrong.slice(0, 20).map((i) => `${testLabels.data[i]} → ${predicted.data[i]}`),
  columns: Math.min(10, wrong.length),
  caption: {
    en: "Written → read. Cover the titles: how many would you have read right?",
    zh: "写的 → 读的。遮住标题，你自己能读对几个？",
  },
});

// %% [markdown] id="wrong-ones-after" lang="en"
// Some of each, perhaps, though at 8 × 8 it is hard to be sure: what a pixel has thrown away, no filter brings back.

// %% [markdown] id="wrong-ones-after" lang="zh"
// 也许都有一些，只是在 8 × 8 的图上很难断定：缩小时丢掉的细节，没有哪个滤波器能找回来。

// %% [markdown] id="inside" lang="en"
// ### What it looks for
//
// The first layer's filters, 3 × 3 each. In lesson 04 we could name our filters; these were found by nobody but the
// gradient. **Look for** edges (one side red, the other blue), strokes (a red line between blue), and some that resemble nothing.

// %% [markdown] id="inside" lang="zh"
// ### 它在找什么
//
// 第一层的滤波器，每个 3 × 3。第 04 课的滤波器我们叫得出名字；这些则完全是梯度找到的。
// **找找看**：哪些是边缘（一边红、一边蓝），哪些是笔画（两侧蓝、中间一道红），哪些什么也不像？

// %% id="first-filters"
const firstConv = model.layers[0] as nn.Conv2d;
plot.filters(firstConv.weight, {
  columns: 8,
  caption: {
    en: "Sixteen filters; red is positive, blue negative.",
    zh: "十六个滤波器；红为正，蓝为负。",
  },
});

// %% [markdown] id="maps-before" lang="en"
// And one digit as the first layer sees it, after ReLU: the fourth test digit, a 3. There is a map for each filter, in the same
// order, dark where its pattern is. **Which maps** still show a 3?

// %% [markdown] id="maps-before" lang="zh"
// 再看第一层眼里的一个数字（ReLU 之后）：第四个测试数字，是个 3。每个滤波器一张图，顺序与上图相同，颜色深处就是它的模式所在。
// **哪几张**还看得出是 3？

// %% id="first-maps"
const firstThree = model.layers.slice(0, 3);
const sample = testImages.narrow(0, 3, 1);
const firstMaps = noGrad(() =>
  firstThree.reduce((x, layer) => layer.forward(x), sample),
);
plot.featureMaps(firstMaps, {
  columns: 8,
  caption: {
    en: "The digit 3 in sixteen maps. White: ReLU gives 0 there.",
    zh: "数字 3 的十六张特征图。白色：经 ReLU 后为 0。",
  },
});

// %% [markdown] id="first-maps-after" lang="en"
// A few maps still follow the stroke; others keep only the ends of its arcs, one side of it, or the paper around it. What the
// second layer receives is not a picture any more but sixteen answers at each place.

// %% [markdown] id="first-maps-after" lang="zh"
// 有几张仍沿着笔画；另一些只留下弧线的两端、笔画的一侧，或者周围的白纸。第二层收到的已经不是图画，而是每个位置上的十六个回答。

// %% [markdown] id="leak" lang="en"
// ## 9 · The test that flatters
//
// What if we had dealt the digits out at random after all? Same net, same recipe, the same numbers of digits on both sides; only
// the dealing differs. Five seeds each, so that luck shows; each of the two training cells takes about ten seconds. **Predict**
// which test looks better, and by how much.

// %% [markdown] id="leak" lang="zh"
// ## 9 · 会说好话的测试
//
// 假如当初还是随机分了呢？同样的网络、同样的做法、两边的数量也相同，只有分法不同。每种用五个种子，好看出运气的成分；
// 下面两个训练单元格各要十秒左右。**猜一猜**哪个测试看起来更好，好多少？

// %% id="both-splits"
const all = new data.TensorDataset(digits.images, digits.labels);
const sizes = [digits.train.length, digits.test.length];
const dealt = (seed: number) =>
  data.split(all, sizes, { generator: new Generator(seed) });
async function accuraciesOf(
  parts: (seed: number) => data.Dataset[],
): Promise<number[]> {
  const accuracies: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    const [learnFrom, testOn] = parts(seed);
    const { history } = await trainNet(seed, learnFrom, testOn);
    accuracies.push(history.rows[history.rows.length - 1].validationAccuracy ?? 0);
  }
  return accuracies;
}

// %% id="by-form" tags=["training"]
const byForm = await accuraciesOf(() => [digits.train, digits.test]);
byForm.map((accuracy) => `${(100 * accuracy).toFixed(1)} %`);

// %% id="at-random" tags=["training"]
const atRandom = await accuraciesOf(dealt);
atRandom.map((accuracy) => `${(100 * accuracy).toFixed(1)} %`);

// %% id="leak-figure"
const mean = (values: number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
console.log(`${percent(mean(byForm))} | ${percent(mean(atRandom))}`);

// %% [markdown] id="leak-about" lang="en"
// That is the mean by form, then the mean at random. Seen from the other side, as mistakes:

// %% [markdown] id="leak-about" lang="zh"
// 前一个是按表格分的平均值，后一个是随机分的。换个角度，看错误率：

// %% id="leak-bars"
const errors = [byForm, atRandom].map((accuracies) => 100 * (1 - mean(accuracies)));
if (errors[0] <= errors[1]) throw new Error("expected more mistakes on strangers");
const ways = [
  { en: "by form", zh: "按表格" },
  { en: "at random", zh: "随机" },
];
plot.bar(ways, errors, {
  xLabel: { en: "how the test digits were chosen", zh: "测试数字的选法" },
  yLabel: { en: "mistakes, %", zh: "错误率，%" },
  caption: {
    en: "Far fewer mistakes on people it has met: leakage, not skill.",
    zh: "换成见过的人，错误少了一大半：这是泄漏，不是本事。",
  },
});

// %% [markdown] id="leak-after" lang="en"
// By form the mean passes the support-vector machine's 96.86 % by a few digits of 510; at random it stands beside the
// machine's 98.97 %, too close to tell them apart. On images as small as these a CNN has not much to gain. The larger difference
// is between the two ways of testing: more than half of the mistakes vanish. (Are the four test forms simply harder? Hardly: when
// each of the ten training forms was held out in turn, the support-vector machine reached 96.6 %, about the same.)
//
// Nobody cheated: every test digit was unseen. It was its *writer* who was not. Whenever samples come in groups (the frames of a
// film, the scans of a patient, the games of a player), split by group, and ask of every published score which way it was
// done. And since one person filled in two of the forms, perhaps one on each side, the true gap may be larger still.
//
// By the way: four forms are four hands at most. With another four the number could easily be a point or two different, so do
// not trust the decimal.

// %% [markdown] id="leak-after" lang="zh"
// 按表格划分，平均值超过支持向量机的 96.86 %，多对了 510 个里的几个；随机划分，它与支持向量机的 98.97 % 不相上下，
// 分不出高低：图像这么小，CNN 的优势有限。更大的差别在两种测试方法之间：错误少了一大半。
// （会不会只是那四张测试表格更难？不太像：轮流留出十张训练表格中的一张时，支持向量机得到 96.6 %，差不多。）
//
// 没有人作弊：每个测试数字都没见过，但写它的*人*见过。凡是样本成组出现的（一部影片的各帧、一位病人的各次扫描、
// 一位棋手的各局棋），就要按组来分；看到别人公布的分数，也要问一问是怎么分的。而且有一个人填了两张表格，可能正好一边一张，
// 所以真实的差距也许还要大。
//
// 顺带一提：四张表格最多是四个人的笔迹，换四张，数字差一两个百分点很正常，所以小数点后面那位不必当真。

// %% [markdown] id="misfit" lang="en"
// ## 10 · When it does not fit
//
// Everybody who builds networks spends time on shapes that do not match. Much of it can be saved: the types of the layers know
// their sizes. Say with `nn.input` what one sample looks like, and a layer that does not fit is refused *before* the cell runs.
//
// **Predict** how many numbers reach the last layer here. To see the refusal, delete the line `// @ts-expect-error` (it tells
// TypeScript that a mistake is meant) and run the cell; then put the line back.

// %% [markdown] id="misfit" lang="zh"
// ## 10 · 形状对不上的时候
//
// 搭网络的人，谁都会在对不上的形状上花时间。其中很多可以省下来：层的类型知道自己的大小。用 `nn.input` 说明一个样本是什么样子，
// 对不上的层在单元格运行*之前*就会被拒绝。
//
// **猜一猜**：下面有多少个数传到最后一层？想看看它怎样被拒绝，就删掉 `// @ts-expect-error` 那一行
// （它告诉 TypeScript，这个错误是故意的），运行一次，再把那一行放回去。

// %% id="misfit-caught"
const misfit = new nn.Sequential(
  nn.input(1, 8, 8),
  new nn.Conv2d(1, 8, 3, { padding: 1 }),
  new nn.MaxPool2d(2),
  new nn.Flatten(),
  // @ts-expect-error Linear expects 256 features, got 128 (layer 4 of 4)
  new nn.Linear(256, 10),
);
function errorOf(attempt: () => unknown): string {
  try {
    attempt();
    return "no error";
  } catch (error) {
    return String(error);
  }
}
console.log(errorOf(() => misfit.forward(rand(1, 1, 8, 8))));

// %% [markdown] id="task-4" lang="en"
// What the types cannot know, such as the size of an image from a file, is refused when the network runs: in the same sentence,
// with the op's own words below it. Either way a habit helps: read the error before touching the code.
//
// ### Exercise 8.4 · A network that does not fit
//
// *About 10 minutes.* This network was assembled in a hurry. Run it and read the error: it names the layer, what it expected and
// what it got. Repair one layer at a time until it takes (N, 1, 8, 8) and gives (N, 10). Keep both convolutions.

// %% [markdown] id="task-4" lang="zh"
// 类型无法知道的事（例如文件里图像的大小），要到网络运行时才会被拒绝：还是同一句话，下面附上运算自己的说明。
// 不论哪一种，养成一个习惯都有用：先读错误信息，再动代码。
//
// ### 练习 8.4 · 拼不上的网络
//
// *约 10 分钟。* 这个网络装得太匆忙。运行它，读一读错误信息：它会说是哪一层、应该得到什么、实际得到什么。
// 一次修一层，直到它接受 (N, 1, 8, 8)，给出 (N, 10)。两个卷积都要保留。

// %% id="broken"
const broken = new nn.Sequential(
  new nn.Conv2d(1, 8, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  // @ts-expect-error the types have seen it already
  new nn.Conv2d(16, 16, 3, { padding: 1 }),
  new nn.MaxPool2d(2),
  new nn.Flatten(),
  new nn.Linear(256, 10),
);
console.log(errorOf(() => broken.forward(rand(1, 1, 8, 8))));

// %% id="exercise-4" tags=["exercise"]
function repairedNet(): nn.Module {
  // BEGIN SOLUTION
  return new nn.Sequential(
    new nn.Conv2d(1, 8, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 3, { padding: 1 }),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(64, 10),
  );
  // END SOLUTION
}

// %% id="check-4" tags=["check", "raises-exception"]
check("8.4", repairedNet);

// %% [markdown] id="usual-4" lang="en"
// > **If it fails.** The error names the *first* layer that does not fit; after a repair the next one may speak up. Beware of the way
// > out that an error proposes: it makes this layer fit the one before, which may be the one that is wrong.

// %% [markdown] id="usual-4" lang="zh"
// > **常见的失败。** 错误信息说的是*第一个*对不上的层；修好之后，下一个可能又冒出来。错误信息建议的改法也要想一想：
// > 它让这一层去迁就前一层，而错的可能正是前一层。

// %% [markdown] id="summary" lang="en"
// ## What to take along
//
// - A CNN is convolution, ReLU and pooling, repeated: maps get smaller and more. Flatten and a linear layer make the answer.
// - Depth multiplies factors. A good start, batch normalisation and residual connections keep signals and gradients alive.
// - `train()` and `eval()` matter as soon as there is batch norm or dropout.
// - After training, look: curve, confusion matrix, the mistakes themselves, filters and maps.
// - Split by group. A random split measures how well you know people you have met.
//
// In the library: `nn.Sequential`, `nn.BatchNorm2d`, `nn.Residual`, `train.fit`, `train.evaluate`; what you wrote in 8.2 is
// `F.batchNorm`, and in 8.3 `nn.Residual`.
//
// **To think about.** (a) The network has 6,186 parameters (section 1); how many has a dense one, 64 → 100 → 10, and which of the
// two would you expect to overfit first? (b) Copies moved by one pixel would help a net for photographs to train. Why not, up or
// down, here? (Look at where the digits touch the border.) (c) How would you find out whether 97 % by form is luck?

// %% [markdown] id="summary" lang="zh"
// ## 带走什么
//
// - CNN 就是卷积、ReLU、池化的重复：特征图越来越小，也越来越多。展平加一个线性层给出答案。
// - 深度会把倍数连乘。好的起点、批归一化和残差连接让信号和梯度活下来。
// - 只要有批归一化或 dropout，`train()` 和 `eval()` 就不能忘。
// - 训练之后要看：曲线、混淆矩阵、错误本身、滤波器和特征图。
// - 按组划分数据。随机划分量到的，是你对见过的人有多熟。
//
// 在库里：`nn.Sequential`、`nn.BatchNorm2d`、`nn.Residual`、`train.fit`、`train.evaluate`；你在 8.2 里写的就是
// `F.batchNorm`，在 8.3 里写的就是 `nn.Residual`。
//
// **想一想。** （一）这个网络有 6,186 个参数（第 1 节）；64 → 100 → 10 的全连接网络有多少？你觉得哪个会先过拟合？
// （二）训练识别照片的网络时，加上平移一个像素的副本会有帮助。这里上下平移为什么没有？（看看数字在哪里碰到边框。）
// （三）怎样才能知道按表格划分的 97 % 是不是运气？

// %% [markdown] id="answers" lang="en"
// <details><summary>Answers</summary>
//
// (a) 64 · 100 + 100 + 100 · 10 + 10 = 7,510, about as many. The dense one must learn every stroke at every place anew, so it
// overfits first. (b) Each digit was scaled to fill the height, so a test digit never appears one pixel further down: the moved
// copies teach something that does not occur. (c) Train with several seeds, which shows the luck of the start, and keep back
// other forms in turn, which shows the luck of the split; the second is the larger one.
// </details>

// %% [markdown] id="answers" lang="zh"
// <details><summary>答案</summary>
//
// （一）64 · 100 + 100 + 100 · 10 + 10 = 7,510，差不多。全连接网络要在每个位置重新学每种笔画，所以先过拟合的是它。
// （二）每个数字都已缩放到撑满高度，测试数字从不会整体低一个像素：平移出来的副本教的是不会出现的情形。
// （三）换几个种子训练，可以看出初始值的运气；轮流留出别的表格，可以看出划分的运气；后者更大。
// </details>

// %% [markdown] id="about-quiz" lang="en"
// ## Quiz
//
// Eight questions, most with other numbers than above. **Predict** each answer with paper and pencil, not with code.

// %% [markdown] id="about-quiz" lang="zh"
// ## 小测
//
// 八个问题，大多换了数字。每题都用纸笔**先猜一猜**，不要用代码。

// %% id="quiz-questions"
quiz("8");

// %% [markdown] id="quiz-how" lang="en"
// Write the letter of each answer into the list, in the order of the questions; `""` leaves one open. A wrong letter gets
// something to think about, and you may try as often as you like. In a cell of your own, `progress()` shows what you have passed.

// %% [markdown] id="quiz-how" lang="zh"
// 按题目的顺序把每题的字母写进列表，`""` 表示先空着。选错了会得到一句提示，想试几次就试几次。
// 新开一个单元运行 `progress()`，可以看到你已经通过了哪些。

// %% id="quiz" tags=["exercise", "check", "raises-exception"]
// STUB: const letters = ["", "", "", "", "", "", "", ""];
// BEGIN SOLUTION
const letters = ["c", "a", "c", "b", "b", "c", "d", "a"];
// END SOLUTION
quiz("8", letters);
