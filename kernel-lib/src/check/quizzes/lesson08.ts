import { right, wrong, type Quiz } from "../question.js";

export const lesson08: Quiz = {
  lesson: "8",
  title: { en: "The whole CNN", zh: "完整的 CNN" },
  questions: [
    {
      ask: {
        en: "The network of section 1 is given digits of 16 × 16 pixels in place of 8 × 8. How long is the vector after `Flatten`?",
        zh: "给第 1 节的网络输入 16 × 16 像素的数字，而不是 8 × 8。`Flatten` 之后的向量有多长？",
      },
      options: [
        wrong("128", {
          en: "So long it is for 8 × 8 pixels. Follow the width through the two poolings.",
          zh: "8 × 8 像素时是这么长。跟着宽度走过两次池化看看。",
        }),
        wrong("256", {
          en: "The width is doubled. And the height?",
          zh: "宽度加倍了。高度呢？",
        }),
        right("512", {
          en: "Two poolings make 4 × 4 of 16 × 16, and there are 32 maps: 32 · 4 · 4.",
          zh: "两次池化把 16 × 16 变成 4 × 4，共 32 张图：32 · 4 · 4。",
        }),
        wrong("2,048", {
          en: "That is 32 maps of 8 × 8. How often has the width been halved by then?",
          zh: "这是 32 张 8 × 8 的图。到这里，宽度减半过几次？",
        }),
      ],
    },
    {
      ask: {
        en: "For digits of 8 × 8 pixels its two convolutions have 160 + 4,640 = 4,800 parameters. How many have they for 16 × 16?",
        zh: "数字是 8 × 8 像素时，它的两个卷积层共有 160 + 4,640 = 4,800 个参数。16 × 16 像素时有多少个？",
      },
      options: [
        right("4,800", {
          en: "The filters are what they were; they only stop at more places, and that costs multiplications.",
          zh: "滤波器还是原来的滤波器，只是停的地方多了，多出来的是乘法次数。",
        }),
        wrong("9,600", {
          en: "The picture is twice as wide. Is a filter?",
          zh: "图像宽了一倍。滤波器呢？",
        }),
        wrong("19,200", {
          en: "There are four times as many stops. Has each stop weights of its own?",
          zh: "停的地方多到四倍。每一处都有自己的权重吗？",
        }),
        wrong(
          { en: "That depends on the padding.", zh: "要看怎样填充。" },
          {
            en: "Padding adds zeros to a picture. Is anything about them learned?",
            zh: "填充是给图像补零。这些零需要学习吗？",
          },
        ),
      ],
    },
    {
      ask: {
        en: "How many numbers does `new nn.BatchNorm2d(16)` learn by gradient descent?",
        zh: "`new nn.BatchNorm2d(16)` 用梯度下降学习多少个数？",
      },
      options: [
        wrong("2", {
          en: "So it would be if all channels were scaled and shifted alike. Are they?",
          zh: "所有通道的缩放和平移都一样，才会是这样。真的一样吗？",
        }),
        wrong("16", {
          en: "Each channel is scaled. Look at the formula again: is that all?",
          zh: "每个通道都要缩放。再看看公式：只有缩放吗？",
        }),
        right("32", {
          en: "A γ and a β for each of the 16 channels.",
          zh: "16 个通道各有一个 γ 和一个 β。",
        }),
        wrong("64", {
          en: "That counts the running means and variances as well. Does a gradient ever reach those?",
          zh: "这把滑动均值和滑动方差也算进去了。梯度会传到它们那里吗？",
        }),
      ],
    },
    {
      ask: {
        en: "The running mean of a fresh `nn.BatchNorm2d` is 0. Two batches come in training, both with mean 10. Where is it then?",
        zh: "全新的 `nn.BatchNorm2d` 的滑动均值是 0。训练时来了两批数据，均值都是 10。这时滑动均值是多少？",
      },
      options: [
        wrong("1", {
          en: "It is there after the first batch. The second moves it on.",
          zh: "第一批之后是这样。第二批还会让它再动一动。",
        }),
        right("1.9", {
          en: "Each batch takes it a tenth of the way that is left: from 0 to 1, then a tenth of 9 further.",
          zh: "每一批让它走完剩余路程的十分之一：先从 0 到 1，再走 9 的十分之一。",
        }),
        wrong("2", {
          en: "A tenth each time, but a tenth of what: of the whole way, or of the way that is left?",
          zh: "每次十分之一没错，可那是什么的十分之一：全程的，还是剩余路程的？",
        }),
        wrong("10", {
          en: "If it jumped like that, it would be no average but a copy of the last batch.",
          zh: "真要一下子跳过去，它就不是平均，而是照抄最后一批了。",
        }),
      ],
    },
    {
      ask: {
        en: "Each of 20 layers multiplies the size of its signal by 0.8. About how much is left in the end?",
        zh: "20 层网络，每层把信号的大小乘以 0.8。最后大约还剩多少？",
      },
      options: [
        wrong("0.0001 %", {
          en: "So little is left when each layer halves the signal.",
          zh: "每层都减半，才会只剩这么一点。",
        }),
        right("1 %", {
          en: "0.8 to the power of 20 is 0.012. A factor that looks harmless is not, twenty times over.",
          zh: "0.8 的 20 次方是 0.012。看似无害的倍数，连乘二十次就不一样了。",
        }),
        wrong("4 %", {
          en: "That is 0.8 divided by 20. What does the second layer do with what the first has left?",
          zh: "这是 0.8 除以 20。第一层剩下的，第二层会怎样处理？",
        }),
        wrong("80 %", {
          en: "So much is left after one layer.",
          zh: "这是一层之后剩下的。",
        }),
      ],
    },
    {
      ask: {
        en: "Ten residual steps, h + block(h), follow each other, and on the way back each block multiplies the gradient by 0.01. By what do all ten steps multiply it?",
        zh: "十个残差步骤 h + 块(h) 依次相接，往回走时，每个块把梯度乘以 0.01。走完十步，梯度一共乘以多少？",
      },
      options: [
        wrong("10⁻²⁰", {
          en: "That is the way through all ten blocks. Is there no other way?",
          zh: "这是一路穿过十个块的结果。没有别的路了吗？",
        }),
        wrong("0.1", {
          en: "The blocks together add about that much. To what do they add it?",
          zh: "十个块合起来大约添了这么多。它们添在什么上面？",
        }),
        right("1.1", {
          en: "Each step multiplies by 1 + 0.01, and 1.01 to the power of 10 is about 1.1: the bypass lets the gradient through.",
          zh: "每一步乘以 1 + 0.01，而 1.01 的 10 次方约为 1.1：旁路让梯度通过了。",
        }),
        wrong("10.1", {
          en: "That adds up the ten steps. What happens to a gradient that goes through one after the other?",
          zh: "这是把十步加了起来。梯度一步接一步地穿过去，会怎样？",
        }),
      ],
    },
    {
      ask: {
        en: "You forget `model.eval()` and test a network with batch norm on one image at a time. What happens?",
        zh: "你忘了 `model.eval()`，就拿一个带批归一化的网络来测试，每次一幅图像。会发生什么？",
      },
      options: [
        wrong(
          { en: "Nothing: the weights are the same.", zh: "什么也不会发生：权重没有变。" },
          {
            en: "The weights are. But a mean and a variance are needed, too: where does the layer take them from now?",
            zh: "权重是没变。可还要用到均值和方差：这一层现在从哪里取？",
          },
        ),
        wrong(
          { en: "An error: one image is no batch.", zh: "报错：一幅图像不成一批。" },
          {
            en: "Even one image has many values in each of its maps. It runs; that is why the mistake is hard to find.",
            zh: "哪怕只有一幅图像，每张特征图里也有许多数。它能运行，所以这个错误才难发现。",
          },
        ),
        wrong(
          { en: "Its weights learn from the test images.", zh: "它的权重会向测试图像学习。" },
          {
            en: "Weights change when an optimiser makes a step. Does one?",
            zh: "优化器走一步，权重才会变。这里有优化器在走吗？",
          },
        ),
        right(
          {
            en: "Each image is normalised by itself, so the answers change.",
            zh: "每幅图像按它自己归一化，所以答案变了。",
          },
          {
            en: "In training mode mean and variance come from the batch, here a single image; the running averages move as well.",
            zh: "训练状态下，均值和方差来自这一批，也就是这一幅图像；滑动平均也会跟着变。",
          },
        ),
      ],
    },
    {
      ask: {
        en: "A network reads 99 % of the test digits when the test is dealt out at random, and 97 % when whole writers are kept back. What do you expect on the digits of somebody new, and why?",
        zh: "一个网络，随机划分测试集时认对 99 %，整个人整个人地留出时认对 97 %。换一个新人来写，你预计认对多少？为什么？",
      },
      options: [
        right(
          { en: "97 %: there, too, it reads strangers.", zh: "97 %：那时它读的也是陌生人的字。" },
          {
            en: "At random nearly every test digit has sisters by the same hand in training; somebody new has none.",
            zh: "随机划分时，几乎每个测试数字在训练集里都有同一个人写的“姐妹”；新人没有。",
          },
        ),
        wrong(
          { en: "98 %: the truth lies in the middle.", zh: "98 %：真相在中间。" },
          {
            en: "The two tests ask different questions. Which of them is about somebody new?",
            zh: "两种测试问的是不同的问题。哪一个问的是新人？",
          },
        ),
        wrong(
          { en: "99 %: dealing at random is fair.", zh: "99 %：随机划分才公平。" },
          {
            en: "Fair to each digit, yes. But whose other digits has the network learned from?",
            zh: "对每个数字是公平的。可网络学过的，是谁写的其他数字？",
          },
        ),
        wrong(
          {
            en: "More than 99 %: for use one trains on all digits.",
            zh: "99 % 以上：真正使用时会用全部数字来训练。",
          },
          {
            en: "More digits by the same people help to read those people. Who writes here?",
            zh: "同样这些人的数字再多，帮助的也是认这些人的字。这里是谁在写？",
          },
        ),
      ],
    },
  ],
};
