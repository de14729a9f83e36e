// Lesson 04: the second story of the lecture, told by filters. Rows S3-24 … S3-30 and S2-03 … S2-18 of the course.

// %% [markdown] id="title" lang="en"
// # 04 · Filters
//
// The last two lessons came to the convolutional layer from its neurons: each sees a small field, and all share their
// weights. This lesson tells the same thing from the other end. A **filter** (also called a *kernel*) is a small grid of
// numbers. It slides over the image and asks one question everywhere: *how much does what I see here look like me?*
//
// **You will** work out a convolution by hand, watch the window move, let gradient descent find a filter that nobody
// wrote down, and find out why what libraries call "convolution" has another name in mathematics.
//
// Reading and doing: about 60 minutes. Computing: a few seconds. Run each cell with Shift+Enter, and whenever a text
// asks for a prediction, make one before you run the next cell.

// %% [markdown] id="title" lang="zh"
// # 04 · 滤波器
//
// 前两课从神经元出发走到卷积层：每个神经元只看一小块区域，并且大家共用同一组权重。这一课从另一头讲同一件事。
// **滤波器**（也叫*卷积核*）是一小块数字。它在图像上滑动，每到一处都只问一个问题：*这里的样子有多像我？*
//
// **这一课里你会**：亲手算一次卷积，看着窗口一格一格移动，让梯度下降找出一个没人写下来的滤波器，
// 并且弄清楚各种库里的“卷积”为什么在数学里另有名称。
//
// 阅读和练习约 60 分钟，计算只要几秒。用 Shift+Enter 逐格运行；凡是文字请你先猜的地方，都先猜再运行下一格。

// %% id="imports"
import { check, F, gradError, hint, manualSeed, nn, optim } from "kernel-lib";
import { plot, progress, quiz, randn, stack, tensor, Tensor, todo } from "kernel-lib";

// %% [markdown] id="one-filter" lang="en"
// ## 1 · One filter
//
// Here is the lecture's image: 6 × 6 pixels, black or white. It shows four short strokes: two that fall to
// the right, one that rises, one upright. `tensor` takes plain nested arrays.

// %% [markdown] id="one-filter" lang="zh"
// ## 1 · 一个滤波器
//
// 这是课上的图像：6 × 6 个像素，非黑即白。图上有四小笔：两笔从左上往右下，一笔从左下往右上，一笔竖直。
// `tensor` 直接接受嵌套数组。

// %% id="image"
const image = tensor([
  [1, 0, 0, 0, 0, 1],
  [0, 1, 0, 0, 1, 0],
  [0, 0, 1, 1, 0, 0],
  [1, 0, 0, 0, 1, 0],
  [0, 1, 0, 0, 1, 0],
  [0, 0, 1, 0, 1, 0],
]);
plot.image(image, {
  alt: {
    en: "Six by six pixels: falling strokes from (0, 0) and (3, 0), a rising one from (2, 3), an upright one in column 4.",
    zh: "六乘六的像素：斜着往右下的两笔从 (0, 0) 和 (3, 0) 开始，往右上的一笔从 (2, 3) 开始，第 4 列有竖直的一笔。",
  },
  caption: {
    en: "Ink is 1, paper 0. Where do three ones fall to the right?",
    zh: "有墨是 1，白纸是 0。哪里有三个 1 斜着往右下走？",
  },
});

// %% [markdown] id="about-filter-1" lang="en"
// **Filter 1** looks like such a falling stroke itself: 1 on the diagonal, −1 everywhere else. Ink
// under a 1 adds a point, ink under a −1 takes one away.

// %% [markdown] id="about-filter-1" lang="zh"
// **滤波器 1** 自己就长得像那一笔：对角线上是 1，其余都是 −1。图上的墨落在 1 下面就得分，落在 −1 下面就扣分。

// %% id="filter-1"
const filter1 = tensor([
  [1, -1, -1],
  [-1, 1, -1],
  [-1, -1, 1],
]);
filter1;

// %% [markdown] id="about-first-stop" lang="en"
// ## 2 · Step by step
//
// Put the filter on the top left corner. Multiply the nine pairs, add them up: one number for one position. **Predict
// it**: which of the nine products are not zero?

// %% [markdown] id="about-first-stop" lang="zh"
// ## 2 · 一步一步来
//
// 把滤波器放在左上角，九对数相乘，再加起来：一个位置得到一个数。**先猜一猜**：九个乘积里有哪些不是零？

// %% id="first-stop"
plot.convStep(image, filter1, { row: 0, column: 0 });

// %% [markdown] id="about-every-stop" lang="en"
// Three ones of the image lie under the three ones of the filter, and nothing lies under a −1: no picture of black and white
// could do better. Now move the window one pixel at a time (a *stride* of 1). The slider goes through all sixteen stops; the
// sum below the picture is the number that has just been written. **Find** the stop with the worst answer: what lies there?

// %% [markdown] id="about-every-stop" lang="zh"
// 图上的三个 1 正好压在滤波器的三个 1 下面，没有一个落在 −1 下面：对黑白图像来说，这是最高分。接着让窗口每次移动一个像素
// （*步长*为 1）。拖动滑块可以走完十六个停留位置；图下的算式就是刚刚写进去的那个数。**找一找**得分最低的位置：那里是什么样子？

// %% id="every-stop"
plot.convStep(image, filter1);

// %% [markdown] id="about-conv2d" lang="en"
// The worst are five stops with −3: three pixels of ink, all under a −1. The library does all sixteen stops in one call.
// `F.conv2d` wants a batch of images (N, C, H, W) and a stack of filters (outChannels, inChannels, height, width), because
// real images come in batches and have channels. So a single image and a single filter get two more dimensions of size 1, and
// `at(0, 0)` takes them off the result again.

// %% [markdown] id="about-conv2d" lang="zh"
// 最低的是五处 −3：三个有墨的像素全落在 −1 下面。这十六处，库里一次调用就能算完。
// 真实的图像成批出现，还有通道，所以 `F.conv2d` 要的是一批图像 (N, C, H, W) 和一叠滤波器（输出通道、输入通道、高、宽）。
// 单张图像和单个滤波器就各添两个大小为 1 的维；结果再用 `at(0, 0)` 把它们去掉。

// %% id="conv2d"
const images = image.reshape(1, 1, 6, 6);
const map1 = F.conv2d(images, filter1.reshape(1, 1, 3, 3)).at(0, 0);
map1;

// %% [markdown] id="same-as-slide" lang="en"
// Six pixels, a window of three: it fits at four places along each side, so the result is 4 × 4. The two threes stand
// where a falling stroke begins. Is it what the slide shows? A small helper compares, here and below; it would stop the
// notebook if a single number differed.

// %% [markdown] id="same-as-slide" lang="zh"
// 六个像素，窗口宽三格：每条边能放四个位置，所以结果是 4 × 4。两个 3 就在两笔斜线各自开始的地方。
// 和讲义上的一样吗？用一个小函数来比较，后面也用它：只要有一个数不同，笔记本就会停下来。

// %% id="agrees"
/** Stops the notebook if a result is not the expected one. */
function agrees(result: Tensor, numbers: number[][] | number[][][]): string {
  const expected = tensor(numbers, { dtype: result.dtype });
  if (!result.sub(expected).abs().lt(1e-6).all().item()) {
    throw new Error(`not as expected: ${result}`);
  }
  return `✓ ${result.shape.join(" × ")}`;
}

// %% id="w01"
const slide1 = [
  [3, -1, -3, -1],
  [-3, 1, 0, -3],
  [-3, -3, 0, 1],
  [3, -2, -2, -1],
];
agrees(map1, slide1);

// %% [markdown] id="filter-scale" lang="en"
// **What would change if** Filter 1 were multiplied by 2?
//
// <details><summary>Answer</summary>
//
// Every number of the map would double, and the threes would become sixes. The order of the places stays the same: where it
// looks most like the filter does not depend on how loud the filter is.
// </details>

// %% [markdown] id="filter-scale" lang="zh"
// **如果**把滤波器 1 乘以 2，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 图上每个数都翻倍，3 变成 6。各处的名次不变：哪里最像滤波器，与滤波器的“音量”无关。
// </details>

// %% [markdown] id="other-deck" lang="en"
// Another deck on the same subject uses a 5 × 5 image and a filter in the shape of an ×. To save space, `grid` writes a matrix
// as text: a character a pixel, `-` for −1, a space between rows. **Predict** the first number.

// %% [markdown] id="other-deck" lang="zh"
// 同一主题的另一份讲义用的是 5 × 5 的图像和一个 × 形的滤波器。为了节省篇幅，用 `grid` 把矩阵写成文字：
// 一个字符一格，`-` 表示 −1，行与行之间用空格隔开。**猜一猜**第一个数是多少。

// %% id="grid"
/** A matrix from text: grid("01 2-") is [[0, 1], [2, −1]]. */
function grid(rows: string): number[][] {
  return rows
    .split(" ")
    .map((row) => [...row].map((cell) => (cell === "-" ? -1 : Number(cell))));
}

// %% id="w08"
const image5 = tensor(grid("11100 01110 00111 00110 01100"));
const cross = tensor(grid("101 010 101"));
plot.convStep(image5, cross);

// %% [markdown] id="w08-about" lang="en"
// The deck prints only this first number, 4. The library agrees, and fills in the other eight:

// %% [markdown] id="w08-about" lang="zh"
// 那份讲义只印出了这第一个数 4。库的结果与它一致，并补全了其余八个：

// %% id="w08-map"
const images5 = image5.reshape(1, 1, 5, 5);
const cross5 = cross.reshape(1, 1, 3, 3);
agrees(F.conv2d(images5, cross5).at(0, 0), [
  [4, 3, 4],
  [2, 4, 3],
  [2, 3, 4],
]);

// %% [markdown] id="w08-variants" lang="en"
// Two settings change where the window stops. **Stride** 2 moves it two pixels at a time; **padding** 1 first lays a border of
// zeros, one pixel wide, around the image. **Predict** the size of the output for each: how many stops fit along a side?

// %% [markdown] id="w08-variants" lang="zh"
// 有两个设置会改变窗口停在哪里。**步长**为 2 时，每次移动两个像素；**填充**为 1 时，先在图像四周补一圈零，宽一个像素。
// **猜一猜**两种情形下输出各有多大：每条边停得下几次？

// %% id="w08-stride"
agrees(F.conv2d(images5, cross5, undefined, { stride: 2 }).at(0, 0), [
  [4, 4],
  [2, 4],
]);

// %% id="w08-padding"
agrees(F.conv2d(images5, cross5, undefined, { padding: 1 }).at(0, 0), [
  [2, 2, 3, 1, 1],
  [1, 4, 3, 4, 1],
  [1, 2, 4, 3, 3],
  [1, 2, 3, 4, 1],
  [0, 2, 2, 1, 1],
]);

// %% [markdown] id="w08-after" lang="en"
// Stride 2 keeps every second number in both directions: the four corners of the 3 × 3 map. With padding the output is as
// large as the image, and the old 3 × 3 map stands in its middle; the new numbers around it come from windows that partly lie
// on zeros. Lesson 05 has the formula.

// %% [markdown] id="w08-after" lang="zh"
// 步长为 2，就是横竖都隔一个取一个：正好是 3 × 3 那张图的四角。有了填充，输出和图像一样大，原来的 3 × 3 就在正中；
// 外面新添的一圈，来自有一部分压在零上的窗口。公式在第 05 课。

// %% [markdown] id="task-1" lang="en"
// ### Exercise 4.1 · Convolution by hand
//
// *About 15 minutes.* Write the loops yourself, on plain arrays: for each stop of the window one dot product. `stride` says
// by how many pixels the window moves. Nothing of the library is needed.
//
// Replace the line `return todo();`. The check cell shows the smallest case that goes wrong; `hint("4.1")` helps.

// %% [markdown] id="task-1" lang="zh"
// ### 练习 4.1 · 手写卷积
//
// *约 15 分钟。* 用普通数组自己写循环：窗口每停一处，做一次点积。`stride` 是窗口每次移动的像素数。不需要用到库。
//
// 把 `return todo();` 这一行换成你的代码。检查单元会给出最小的出错例子；需要提示就运行 `hint("4.1")`。

// %% id="exercise-1" tags=["exercise"]
function convolve(pixels: number[][], kernel: number[][], stride: number): number[][] {
  // BEGIN SOLUTION
  const stops = (size: number, window: number) =>
    Math.floor((size - window) / stride) + 1;
  const output: number[][] = [];
  for (let row = 0; row < stops(pixels.length, kernel.length); row++) {
    output.push([]);
    for (let column = 0; column < stops(pixels[0].length, kernel[0].length); column++) {
      let sum = 0;
      for (let u = 0; u < kernel.length; u++) {
        for (let v = 0; v < kernel[0].length; v++) {
          sum += pixels[row * stride + u][column * stride + v] * kernel[u][v];
        }
      }
      output[row].push(sum);
    }
  }
  return output;
  // END SOLUTION
}

// %% id="check-1" tags=["check", "raises-exception"]
check("4.1", convolve);

// %% [markdown] id="usual-1" lang="en"
// > **If it fails like this.** *Cannot read properties of undefined*: the window ran over the edge, so count the stops
// > again. *Right with stride 1 only*: the stride matters twice, for the number of stops and for the pixel under each weight.
// > *Right for square images only*: rows are `pixels.length`, columns `pixels[0].length`.

// %% [markdown] id="usual-1" lang="zh"
// > **常见的失败。** *Cannot read properties of undefined*：窗口越过了边缘，请重新数能停几次。*只有步长为 1 时正确*：
// > 步长要用在两处，一处是停留次数，一处是每个权重下面的那个像素。*只有正方形图像正确*：
// > 行数是 `pixels.length`，列数是 `pixels[0].length`。

// %% [markdown] id="second-filter" lang="en"
// ## 3 · A second filter, a second map
//
// **Filter 2** likes an upright stroke. Each filter gives a **feature map** of its own: the same image, another question.
// **Predict** before you run the cell: column 4 of the image (the first is column 0) holds an upright stroke of three at the
// bottom. Where in the 4 × 4 map should the largest number stand?

// %% [markdown] id="second-filter" lang="zh"
// ## 3 · 第二个滤波器，第二张图
//
// **滤波器 2** 喜欢竖直的一笔。每个滤波器都给出自己的一张**特征图**：同一幅图像，换了一个问题。运行之前**先猜一猜**：
// 图像第 4 列（从 0 数起）的下方有连续三个竖着的 1。在 4 × 4 的特征图里，最大的数应该在哪儿？

// %% id="w02"
const filter2 = tensor([
  [-1, 1, -1],
  [-1, 1, -1],
  [-1, 1, -1],
]);
const map2 = F.conv2d(images, filter2.reshape(1, 1, 3, 3)).at(0, 0);
const slide2 = [
  [-1, -1, -1, -1],
  [-1, -1, -2, 1],
  [-1, -1, -2, 1],
  [-1, 0, -4, 3],
];
agrees(map2, slide2);

// %% [markdown] id="both-at-once" lang="en"
// In the bottom right corner: there the middle column of the window is column 4, and its rows are the last three. A layer computes both
// maps in one go. Stack the filters along the first dimension, and the output has two **channels**: with 64 filters it
// would be an "image" with 64 channels.

// %% [markdown] id="both-at-once" lang="zh"
// 在右下角：那里的窗口，中间一列正好是第 4 列，盖住最后三行。一个卷积层会一次算出两张图：把滤波器沿第一维叠起来，
// 输出就有两个**通道**；有 64 个滤波器，就是一幅 64 个通道的“图像”。

// %% id="feature-maps"
const filters = stack([filter1, filter2]).unsqueeze(1); // (2, 1, 3, 3)
const maps = F.conv2d(images, filters);
plot.featureMaps(maps, {
  titles: [
    { en: "Filter 1: falling", zh: "滤波器 1：斜线" },
    { en: "Filter 2: upright", zh: "滤波器 2：竖线" },
  ],
  scale: "diverging",
  range: [-4, 4],
  alt: {
    en: "Two maps of 4 × 4. The first is reddest in its two left corners, the second in its bottom right corner.",
    zh: "两张 4 × 4 的特征图：第一张最红处在左边两角，第二张在右下角。",
  },
  caption: {
    en: "Red: looks like the filter. Blue: the opposite.",
    zh: "红色：像这个滤波器。蓝色：正相反。",
  },
});

// %% [markdown] id="about-relu" lang="en"
// "The opposite of an upright stroke" is seldom worth knowing. **ReLU** keeps what is positive and puts 0 for the rest;
// together they are the usual layer: slide, add a bias, cut off what is negative. **Predict** how many numbers of the second
// map survive.

// %% [markdown] id="about-relu" lang="zh"
// “和竖线正相反”通常没什么用。**ReLU** 保留正的部分，其余置 0；合起来就是通常的卷积层：滑动、加偏置、截掉负数。
// **猜一猜**第二张图里有几个数能留下来。

// %% id="relu"
maps.relu().at(0, 1);

// %% [markdown] id="relu-after" lang="en"
// Three, all in the last column: the full stroke, and two windows that catch a part of it.
//
// **What would change if** the bias were −2 instead of 0?
//
// <details><summary>Answer</summary>
//
// Every number falls by 2 before ReLU, and only the threes survive, as ones: one place in this map, two in the first. A negative
// bias makes a filter strict. (Try it: `maps.sub(2).relu()`.)
// </details>

// %% [markdown] id="relu-after" lang="zh"
// 三个，都在最后一列：一处是完整的一笔，另两处的窗口只抓到它的一部分。
//
// **如果**偏置不是 0 而是 −2，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// ReLU 之前每个数都减 2，只有那些 3 留下来，变成 1：这张图里一处，第一张图里两处。负的偏置让滤波器变得严格。
// （试一试：`maps.sub(2).relu()`。）
// </details>

// %% [markdown] id="about-learn" lang="en"
// ## 4 · Nobody writes the filters
//
// We knew what to look for. A network does not: its filters are **parameters**, random at first, and learned. Can gradient
// descent find Filter 1 if it sees only inputs and outputs?
//
// Make 200 random images and let Filter 1 answer; then hide Filter 1. The images and the answers are all the learner gets.

// %% [markdown] id="about-learn" lang="zh"
// ## 4 · 滤波器不是人写的
//
// 刚才是我们知道要找什么。网络并不知道：它的滤波器是**参数**，开始时是随机数，靠学习得到。
// 如果只看到输入和输出，梯度下降能不能找出滤波器 1？
//
// 造 200 幅随机图像，让滤波器 1 给出答案，然后把滤波器 1 藏起来。学习的一方只能看到图像和答案。

// %% id="training-pairs"
manualSeed(4);
const inputs = randn(200, 1, 6, 6);
const answers = F.conv2d(inputs, filter1.reshape(1, 1, 3, 3));
const learner = new nn.Conv2d(1, 1, 3, { bias: false });
learner.weight.detach().at(0, 0);

// %% [markdown] id="learn-predict" lang="en"
// That is where it starts: nine small random numbers. One step of training is always the same five lines: forget old
// gradients, predict and measure the error, `backward`, move, and note how it went.

// %% [markdown] id="learn-predict" lang="zh"
// 起点就是这九个小随机数。训练的一步总是同样的五行：清掉旧梯度，预测并量出误差，`backward`，移动，记下结果。

// %% id="learn"
function learn(steps: number): { losses: number[]; stages: Tensor[] } {
  const optimizer = new optim.SGD(learner.parameters(), { lr: 0.1 });
  const losses: number[] = [];
  const stages = [learner.weight.detach().clone()];
  for (let step = 1; step <= steps; step++) {
    optimizer.zeroGrad();
    const loss = F.mseLoss(learner.forward(inputs), answers);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
    if (step % 10 === 0) stages.push(learner.weight.detach().clone());
  }
  return { losses, stages };
}

// %% [markdown] id="learn-run" lang="en"
// **Predict**: will it find the ones and minus ones exactly, or something else that gives the same answers?

// %% [markdown] id="learn-run" lang="zh"
// **猜一猜**：它会恰好找到那些 1 和 −1，还是找到另一组答案相同的数？

// %% id="learn-curve" tags=["training"]
const { losses, stages } = learn(60);
plot.curve(
  { loss: { name: { en: "error", zh: "误差" }, y: losses } },
  {
    xLabel: { en: "step", zh: "步" },
    yLabel: { en: "mean squared error", zh: "均方误差" },
    alt: {
      en: "A curve that falls from about 9 at the first step to almost 0 at step 20 and stays there.",
      zh: "一条曲线，从第一步的约 9 降到第 20 步时接近 0，此后不变。",
    },
    caption: {
      en: "Steep, then flat: after twenty steps hardly any error is left.",
      zh: "先陡后平：二十步之后，误差几乎不剩。",
    },
  },
);

// %% id="learned-stages"
plot.filters(stack(stages.map((stage) => stage.at(0))), {
  titles: stages.map((_, i) => ({ en: `step ${10 * i}`, zh: `第 ${10 * i} 步` })),
  columns: stages.length,
  range: [-1, 1],
  caption: {
    en: "From noise to Filter 1: the diagonal turns red (+1), the rest blue (−1).",
    zh: "从噪声到滤波器 1：对角线变红（+1），其余变蓝（−1）。",
  },
});

// %% id="learned"
const learned = learner.weight.detach().at(0, 0);
if (learned.sub(filter1).abs().max().item() > 1e-4)
  throw new Error("Filter 1 was not found");
learned;

// %% [markdown] id="learn-why" lang="en"
// It found Filter 1, to four decimals. Nothing else could have given these answers: 200 images ask 200 · 16 questions, and
// only nine numbers answer. In a real network there is no hidden filter to find; whatever makes the loss small is a good
// filter. That is why the filters of trained networks often look like nothing in particular.
//
// **What would change if** the learning rate were 1 instead of 0.1?
//
// <details><summary>Answer</summary>
//
// Each step would overshoot the mark by more than it was away before, in some directions at least. The error falls for a few
// steps, then grows without end. (Try it: set `lr: 1` and run the section again from `manualSeed`.)
// </details>

// %% [markdown] id="learn-why" lang="zh"
// 它找到了滤波器 1，四位小数都对。别的数给不出这些答案：200 幅图像提出了 200 · 16 个问题，而回答它们的只有九个数。
// 真实的网络里并没有藏着的滤波器可找；凡是让损失变小的，就是好滤波器。所以训练出来的滤波器常常看不出像什么。
//
// **如果**学习率不是 0.1 而是 1，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 至少在某些方向上，每一步都会冲过头，离目标比原来还远。误差先降几步，随后越来越大，没有尽头。
// （试一试：改成 `lr: 1`，从 `manualSeed` 起重新运行这一节。）
// </details>

// %% [markdown] id="gradient-sum" lang="en"
// How does `backward` know which way each weight should go? Every weight met sixteen pixels of each image, so its gradient
// is the sum, over all stops, of *pixel × the gradient of the output there*. Check the library against plain differences,
// (loss a bit to the right − loss a bit to the left) / distance. `gradError` returns the largest disagreement:

// %% [markdown] id="gradient-sum" lang="zh"
// `backward` 怎么知道每个权重该往哪边走？每个权重在每幅图上遇到过十六个像素，所以它的梯度就是对所有停留位置求和：
// *像素 × 该处输出的梯度*。拿最朴素的差分来核对库的结果：（往右一点的损失 − 往左一点的损失）/ 两点的距离。
// `gradError` 返回两者的最大差异：

// %% id="grad-error"
const exact = { dtype: "float64", requiresGrad: true } as const;
const probe = randn(1, 1, 5, 5, exact);
const weights = randn(1, 1, 3, 3, exact);
const worst = gradError(() => F.conv2d(probe, weights).pow(2).sum(), [probe, weights]);
if (worst > 1e-7) throw new Error(`wrong gradient: ${worst}`);
worst;

// %% [markdown] id="grad-error-after" lang="en"
// An error in the tenth decimal or further back: the two agree.

// %% [markdown] id="grad-error-after" lang="zh"
// 误差在小数点后十位以外：两者一致。

// %% [markdown] id="cross-correlation" lang="en"
// ## 5 · Convolution, or cross-correlation?
//
// In mathematics a convolution first turns the kernel by 180°, then slides it. What we do, without the turn, is called
// *cross-correlation*. The notes are right to say so, but **none of the three kernels they print can show the difference**.
// Turn them around and see which stay the same:

// %% [markdown] id="cross-correlation" lang="zh"
// ## 5 · 卷积，还是互相关？
//
// 数学里的卷积要先把核旋转 180°，再滑动。我们做的没有旋转，叫作*互相关*。讲义说得没错，
// 可是**讲义印出来的三个核没有一个能显出差别**。把它们转半圈，看看哪些不变：

// %% id="half-turn"
const sameTurned = (kernel: Tensor) => kernel.flip(0, 1).eq(kernel).all().item() === 1;
[filter1, filter2, cross].map(sameTurned);

// %% [markdown] id="asymmetric" lang="en"
// All three stay as they are. So an implementation that turns the kernel by mistake would pass every example so far. A
// kernel without that symmetry tells them apart. **Predict** the second number of the first row (the window covers columns 1
// to 3), once with the kernel as it is and once with the kernel turned.

// %% [markdown] id="asymmetric" lang="zh"
// 三个核转完都和原来一样。于是，把核转反了的程序也能通过前面所有的例子。换一个没有这种对称性的核，才能分辨。
// **猜一猜**第一行的第二个数（窗口盖住第 1 到第 3 列）：核原样放上去是多少，转半圈以后又是多少？

// %% id="w07"
const lopsided = tensor(grid("120 010 00-"));
const correlation = F.conv2d(images, lopsided.reshape(1, 1, 3, 3)).at(0, 0);
agrees(correlation, [
  [1, -1, 0, 1],
  [2, 2, 0, 2],
  [0, 2, 2, 2],
  [1, 0, -1, 3],
]);

// %% id="w07-convolution"
const turned = lopsided.flip(0, 1);
const convolution = F.conv2d(images, turned.reshape(1, 1, 3, 3)).at(0, 0);
agrees(convolution, [
  [1, 3, 2, 1],
  [0, 0, 2, 2],
  [2, 0, 0, 2],
  [1, 2, 1, 3],
]);

// %% [markdown] id="does-it-matter" lang="en"
// −1 as it is, 3 turned. `F.conv2d`, like PyTorch's, is cross-correlation; a true convolution needs the `flip`. For learning it
// makes no difference: a network that convolves "properly" would simply learn its filters turned round. For *loading somebody
// else's weights* it makes all the difference.
//
// **What would change if** the learner of section 4 used a true convolution?
//
// <details><summary>Answer</summary>
//
// It would find Filter 1 turned by 180°, which is Filter 1.
// </details>

// %% [markdown] id="does-it-matter" lang="zh"
// 原样是 −1，转半圈是 3。`F.conv2d` 和 PyTorch 的一样，是互相关；真正的卷积要加上 `flip`。对学习来说没有区别：
// 做“正宗”卷积的网络，只不过学到的是转了半圈的滤波器。可是*加载别人的权重*时，区别就大了。
//
// **如果**第 4 节里学习的一方用的是真正的卷积，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 它会找到旋转 180° 的滤波器 1，而那还是滤波器 1。
// </details>

// %% [markdown] id="channels" lang="en"
// ## 6 · Channels, several filters, bias, stride
//
// A colour image has three channels, so a filter has three slices, one for each: it is a small *box* of numbers. It slides in
// two directions only, not along the channels, and adds up all 3 · 3 · 3 = 27 products. Two filters give two maps, and each
// filter has a **bias** that is added everywhere.
//
// The following example is a classic: 5 × 5 pixels, three channels, a border of zeros (padding 1), stride 2, two filters with
// biases 1 and 0. One of the decks shows it, but the scan lost the inputs. What stands here is a reconstruction: the numbers
// of a well-known public demo, which give exactly what is still legible.

// %% [markdown] id="channels" lang="zh"
// ## 6 · 通道、多个滤波器、偏置、步长
//
// 彩色图像有三个通道，所以滤波器也有三片，每个通道一片：它是一小*块*数字。它只朝两个方向滑动，不沿通道滑动，
// 把 3 · 3 · 3 = 27 个乘积全部加起来。两个滤波器得到两张图，每个滤波器还有一个加到每一处的**偏置**。
//
// 下面是一个经典例子：5 × 5 像素、三个通道，四周补一圈零（填充为 1），步长为 2，两个滤波器，偏置分别为 1 和 0。
// 有一份讲义里有它，但扫描件丢了输入。这里是复原的：用的是一个广为人知的公开演示里的数，算出来与讲义上还看得清的部分完全一致。

// %% id="w12-arrays"
const x12 = tensor([
  grid("00102 10201 10220 20020 21220"),
  grid("21211 21201 02101 12222 01201"),
  grid("21120 10010 01000 10210 22111"),
]);
const w12 = tensor([
  [grid("-01 001 1-1"), grid("-01 1-1 010"), grid("-11 110 0-0")],
  [grid("01- 0-0 0-1"), grid("-00 1-0 1-0"), grid("-1- 0-- 100")],
]);
[x12.shape, w12.shape];

// %% [markdown] id="w12-predict" lang="en"
// The shapes are (channels, rows, columns) and (filters, channels, rows, columns). **Predict the output's shape** before you run
// the next cell: how many channels, how many rows? (The padded image is 7 wide, the window 3, and it moves by 2.)

// %% [markdown] id="w12-predict" lang="zh"
// 两个形状分别是（通道、行、列）和（滤波器、通道、行、列）。运行下一格之前**先猜输出的形状**：几个通道？几行？
// （补零后宽 7，窗口宽 3，每次移动 2。）

// %% id="w12"
const y12 = F.conv2d(x12.unsqueeze(0), w12, tensor([1, 0]), {
  stride: 2,
  padding: 1,
}).at(0);
agrees(y12, [
  [
    [2, 3, 3],
    [3, 7, 3],
    [8, 10, -3],
  ],
  [
    [-8, -8, -3],
    [-3, 1, 0],
    [-3, -8, -5],
  ],
]);

// %% [markdown] id="w12-sum" lang="en"
// Two channels of 3 × 3: the number of output channels is the number of filters, whatever the input has. Take one output apart:
// the corner of the first map is the sum of three single-channel convolutions and the bias.

// %% [markdown] id="w12-sum" lang="zh"
// 两个通道，每个 3 × 3：输出的通道数就是滤波器的个数，与输入有几个通道无关。把一个输出拆开来看：第一张图左上角的数，
// 就是三个单通道卷积之和，再加上偏置。

// %% id="w12-parts"
function cornerOf(channel: number): number {
  const plane = x12.at(channel).reshape(1, 1, 5, 5);
  const slice = w12.at(0, channel).reshape(1, 1, 3, 3);
  return F.conv2d(plane, slice, undefined, { stride: 2, padding: 1 })
    .flatten()
    .at(0)
    .item();
}
const parts = [0, 1, 2].map(cornerOf);
`${parts.join(" + ")} + 1 = ${parts.reduce((sum, part) => sum + part, 1)}`;

// %% [markdown] id="w12-after" lang="en"
// **What would change if** the image had ten channels instead of three?
//
// <details><summary>Answer</summary>
//
// Each filter would need ten slices, 3 · 3 · 10 = 90 weights, and each output would be a sum of ten. The output would still have
// two channels of 3 × 3.
// </details>

// %% [markdown] id="w12-after" lang="zh"
// **如果**图像不是三个通道而是十个，**结果会怎样**？
//
// <details><summary>答案</summary>
//
// 每个滤波器要有十片，3 · 3 · 10 = 90 个权重，每个输出是十项之和。输出仍然是两个通道，每个 3 × 3。
// </details>

// %% [markdown] id="task-2" lang="en"
// ### Exercise 4.2 · Channels, kernels, bias
//
// *About 10 minutes.* Build the general case on top of your `convolve` from exercise 4.1: `x[channel][row][column]`,
// `weight[kernel][channel][row][column]`, one bias a kernel, stride 1. (If 4.1 is still open, this one says "not attempted"
// too.)

// %% [markdown] id="task-2" lang="zh"
// ### 练习 4.2 · 多通道、多核与偏置
//
// *约 10 分钟。* 在练习 4.1 的 `convolve` 之上写出一般情形：`x[通道][行][列]`、`weight[核][通道][行][列]`，
// 每个核一个偏置，步长为 1。（如果 4.1 还没做，这一题也会显示“尚未作答”。）

// %% id="exercise-2" tags=["exercise"]
function convolveChannels(
  x: number[][][],
  weight: number[][][][],
  bias: number[],
): number[][][] {
  // BEGIN SOLUTION
  const add = (a: number[][], b: number[][]) =>
    a.map((row, i) => row.map((value, j) => value + b[i][j]));
  return weight.map((kernel, o) => {
    const channels = kernel.map((slice, c) => convolve(x[c], slice, 1));
    const sum = channels.reduce(add);
    return sum.map((row) => row.map((value) => value + bias[o]));
  });
  // END SOLUTION
}

// %% id="check-2" tags=["check", "raises-exception"]
check("4.2", convolveChannels);

// %% [markdown] id="usual-2" lang="en"
// > **If it fails like this.** *Too large by a multiple of the bias*: it is added once a position, not once a channel. *One map too
// > few or too many*: the first index of `weight` counts kernels, the second channels.

// %% [markdown] id="usual-2" lang="zh"
// > **常见的失败。** *多出偏置的若干倍*：偏置在每个位置只加一次，不是每个通道加一次。*特征图的张数不对*：
// > `weight` 的第一个下标数的是核，第二个才是通道。

// %% [markdown] id="second-layer" lang="en"
// ## 7 · A second layer
//
// Our two maps are an image with two channels, so the next layer's filters are 3 × 3 × 2. Take one whose slices are Filter 1
// and Filter 2: it looks for a falling pattern in the first map and an upright one in the second, *patterns of patterns*.
// **Predict** the shape of its output.

// %% [markdown] id="second-layer" lang="zh"
// ## 7 · 第二层
//
// 两张特征图就是一幅两个通道的图像，所以下一层的滤波器是 3 × 3 × 2。取一个滤波器，它的两片分别是滤波器 1 和滤波器 2：
// 它在第一张图里找斜线，在第二张图里找竖线，也就是*模式的模式*。**猜一猜**它的输出是什么形状。

// %% id="w09"
const second = F.conv2d(maps, filters.reshape(1, 2, 3, 3)).at(0, 0);
agrees(second, [
  [22, 6],
  [2, -2],
]);

// %% [markdown] id="w09-about" lang="en"
// 2 × 2: each stop covers 3 × 3 numbers of the maps, and with them 5 × 5 pixels of the image. As in section 6, it is the sum of
// what the two channels give, 22 = 17 + 5 at the first stop:

// %% [markdown] id="w09-about" lang="zh"
// 2 × 2：每停一处，盖住特征图上的 3 × 3 个数，也就牵涉到图像上的 5 × 5 个像素。和第 6 节一样，它是两个通道各自结果之和，
// 第一处就是 22 = 17 + 5：

// %% id="w09-parts"
const fromMap1 = F.conv2d(maps.narrow(1, 0, 1), filter1.reshape(1, 1, 3, 3)).at(0, 0);
const fromMap2 = F.conv2d(maps.narrow(1, 1, 1), filter2.reshape(1, 1, 3, 3)).at(0, 0);
[
  agrees(fromMap1, [
    [17, 9],
    [-7, 9],
  ]),
  agrees(fromMap2, [
    [5, -3],
    [9, -11],
  ]),
];

// %% [markdown] id="w09-relu-about" lang="en"
// The slide leaves ReLU out between the two layers, and so did we. **What would change if** we put it in? Guess first: will the 22
// become larger or smaller?

// %% [markdown] id="w09-relu-about" lang="zh"
// 讲义在两层之间没有放 ReLU，我们也没有放。**如果**放上，**结果会怎样**？先猜：那个 22 会变大还是变小？

// %% id="w09-relu"
F.conv2d(maps.relu(), filters.reshape(1, 2, 3, 3)).at(0, 0);

// %% [markdown] id="w09-relu-after" lang="en"
// Much smaller. Most of the 22 was minus times minus: places that look *unlike* Filter 1 (−3), under weights that want *nothing*
// there (−1), and so counted as evidence. ReLU removes such double negatives; what stays is built on patterns that were found.

// %% [markdown] id="w09-relu-after" lang="zh"
// 小得多。那个 22 大半来自负负得正：有些地方很*不像*滤波器 1（−3），又正好压在*不要*东西的权重（−1）下面，于是算成了证据。
// ReLU 去掉了这种双重否定，剩下的都建立在真正找到的模式上。

// %% [markdown] id="second-layer-size" lang="en"
// After a layer of 64 filters the next filter is 3 × 3 × 64. **Predict** how many weights that is, without the
// bias.

// %% [markdown] id="second-layer-size" lang="zh"
// 如果前一层有 64 个滤波器，下一层的一个滤波器就是 3 × 3 × 64。不算偏置，**猜一猜**有多少个权重？

// %% id="w21"
const oneFilter = new nn.Conv2d(64, 1, 3, { bias: false });
if (oneFilter.weight.numel !== 576) throw new Error("3 · 3 · 64 is 576");
oneFilter.weight.numel;

// %% [markdown] id="design" lang="en"
// ## 8 · Design kernels, design a test
//
// Two exercises to end with. In the first you are the one who writes the filters, as people did for decades before they were
// learned. In the second you write the test.

// %% [markdown] id="design" lang="zh"
// ## 8 · 设计卷积核，设计测试
//
// 最后两个练习。第一个由你来写滤波器：在学会让机器自己学之前，人们就这样写了几十年。第二个由你来写测试。

// %% [markdown] id="task-3" lang="en"
// ### Exercise 4.3 · Kernels of your own
//
// *About 10 minutes.* Design three 3 × 3 kernels. `edge` finds vertical edges: it answers where a dark area meets a bright one
// side by side, says 0 on a flat area, and 0 on a horizontal edge. `blur` replaces a pixel by an average. `diagonal` answers
// most strongly to a stroke that falls to the right.

// %% [markdown] id="task-3" lang="zh"
// ### 练习 4.3 · 自己设计卷积核
//
// *约 10 分钟。* 设计三个 3 × 3 的卷积核。`edge` 找竖直边缘：左右明暗交界处有响应，平坦处为 0，对水平边缘也为 0。
// `blur` 把像素换成平均值。`diagonal` 对从左上往右下的一笔响应最强。

// %% id="exercise-3" tags=["exercise"]
function kernels(): { edge: number[][]; blur: number[][]; diagonal: number[][] } {
  // BEGIN SOLUTION
  const ninth = 1 / 9;
  return {
    edge: [
      [-1, 0, 1],
      [-1, 0, 1],
      [-1, 0, 1],
    ],
    blur: [
      [ninth, ninth, ninth],
      [ninth, ninth, ninth],
      [ninth, ninth, ninth],
    ],
    diagonal: [
      [2, -1, -1],
      [-1, 2, -1],
      [-1, -1, 2],
    ],
  };
  // END SOLUTION
}

// %% id="check-3" tags=["check", "raises-exception"]
check("4.3", kernels);

// %% [markdown] id="task-4" lang="en"
// ### Exercise 4.4 · The mistake museum
//
// *About 15 minutes.* Ten people have written a convolution, and each made a different mistake. Write a test that lets a correct
// one pass and finds at least eight of the ten. You may call `candidate(image, kernel, stride)` as often as you like and
// compare with answers you know. What did section 5 teach about the choice of kernels?

// %% [markdown] id="task-4" lang="zh"
// ### 练习 4.4 · 错误博物馆
//
// *约 15 分钟。* 有十个人各写了一个卷积，每人犯了一个不同的错误。请写一个测试：正确的版本能通过，十个错误中至少找出八个。
// `candidate(image, kernel, stride)` 想调用几次都行，可以和你知道的答案比较。关于怎样选核，第 5 节教了什么？

// %% id="exercise-4" tags=["exercise"]
type Convolve = (image: number[][], kernel: number[][], stride: number) => number[][];
function looksRight(candidate: Convolve): boolean {
  // BEGIN SOLUTION
  const picture = grid("1230 01-2 201-");
  const kernel = grid("12 0-");
  const tall = grid("1 2");
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const first = candidate(picture, kernel, 1);
  const again = candidate(picture, kernel, 1);
  return (
    same(first, [
      [4, 9, 1],
      [2, -2, 4],
    ]) &&
    same(again, first) &&
    same(candidate(picture, kernel, 2), [[4, 1]]) &&
    same(candidate(picture, tall, 1), [
      [1, 4, 1, 4],
      [4, 1, 1, 0],
    ])
  );
  // END SOLUTION
}

// %% id="check-4" tags=["check", "raises-exception"]
check("4.4", looksRight);

// %% [markdown] id="summary" lang="en"
// ## What to take along
//
// - A filter is a small box of numbers, as deep as its input has channels. At each stop it takes **one dot product**.
// - One filter, one feature map; n filters, n output channels. A bias shifts a whole map up or down, ReLU cuts off the negative.
// - The filters are learned. A weight's gradient sums over all stops, because all stops share it.
// - What libraries call convolution is cross-correlation. Test with kernels that a half turn changes.
//
// In the library this is `F.conv2d` and `nn.Conv2d`; what you wrote in 4.1 and 4.2 is what
// `kernel-lib/src/backend/reference/convolution.ts` does, arranged as one matrix product.
//
// **To think about.** (a) What does a 1 × 1 filter do to an image with one channel, and what with 64? (b) Two filters that
// differ only by a factor: what do their maps have in common, before and after ReLU? (c) Which filter leaves an image as it
// is?

// %% [markdown] id="summary" lang="zh"
// ## 带走什么
//
// - 滤波器是一小块数字，深度等于输入的通道数。每停一处，做**一次点积**。
// - 一个滤波器一张特征图；n 个滤波器就有 n 个输出通道。偏置让整张图的数值一起升降，ReLU 截掉负数。
// - 滤波器是学出来的。所有停留位置共用同一个权重，所以它的梯度要对所有位置求和。
// - 各种库里叫卷积的，其实是互相关。测试时要用转半圈会变的核。
//
// 在库里，这就是 `F.conv2d` 和 `nn.Conv2d`；你在 4.1 和 4.2 里写的，正是
// `kernel-lib/src/backend/reference/convolution.ts` 所做的，只是那里排成了一次矩阵乘法。
//
// **想一想。** （一）1 × 1 的滤波器对单通道图像做了什么？对 64 个通道呢？（二）两个滤波器只差一个倍数：
// ReLU 之前和之后，它们的特征图有什么共同之处？（三）什么样的滤波器会让图像原样不变？

// %% [markdown] id="answers" lang="en"
// <details><summary>Answers</summary>
//
// (a) With one channel it multiplies the image by a number. With 64 it mixes the channels at each pixel: a fully connected
// layer that is applied at every position. (b) Before ReLU one map is a multiple of the other. After ReLU that still holds for
// a positive factor; with a negative one, no place is positive in both maps. (c) A 1 in the middle and zeros around it, with
// padding so that the size stays.
// </details>

// %% [markdown] id="answers" lang="zh"
// <details><summary>答案</summary>
//
// （一）单通道时，就是把图像乘以一个数。64 个通道时，它在每个像素处把各通道混合起来：相当于在每个位置都用一次全连接层。
// （二）ReLU 之前，一张图是另一张的倍数。ReLU 之后，倍数为正时仍然如此；倍数为负时，没有一处在两张图里都是正的。
// （三）中间是 1、四周是 0，再加上填充使尺寸不变。
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
quiz("4");

// %% [markdown] id="quiz-how" lang="en"
// Write the letter of each answer into the list, in the order of the questions; `""` leaves one open. A wrong letter gets
// something to think about, and you may try as often as you like. In a cell of your own, `progress()` shows what you have passed.

// %% [markdown] id="quiz-how" lang="zh"
// 按题目的顺序把每题的字母写进列表，`""` 表示先空着。选错了会得到一句提示，想试几次就试几次。
// 新开一个单元运行 `progress()`，可以看到你已经通过了哪些。

// %% id="quiz" tags=["exercise", "check", "raises-exception"]
// STUB: const letters = ["", "", "", "", "", "", "", ""];
// BEGIN SOLUTION
const letters = ["a", "b", "c", "d", "a", "c", "c", "b"];
// END SOLUTION
quiz("4", letters);
