import { right, wrong, type Quiz } from "../question.js";

export const lesson04: Quiz = {
  lesson: "4",
  title: { en: "Filters", zh: "滤波器" },
  questions: [
    {
      ask: {
        en: "A 3 × 3 filter slides over a 7 × 7 image with stride 2 and no padding. How large is its map?",
        zh: "3 × 3 的滤波器在 7 × 7 的图像上滑动，步长为 2，不填充。得到的特征图有多大？",
      },
      options: [
        right("3 × 3", {
          en: "The window starts in columns 0, 2 and 4, and the last one ends on the last column; the rows go the same way.",
          zh: "窗口从第 0、2、4 列开始，最后一个正好停在最后一列；行也一样。",
        }),
        wrong("4 × 4", {
          en: "The fourth window would begin in column 6, counted from 0: does all of it still lie on the image?",
          zh: "第四个窗口要从第 6 列（从 0 数起）开始：它还整个落在图像里吗？",
        }),
        wrong("5 × 5", {
          en: "So many stops fit when the window moves by one pixel at a time.",
          zh: "窗口每次只移动一个像素时，才停得下这么多次。",
        }),
        wrong("7 × 7", {
          en: "A map as large as its image needs a border of zeros, and a window that moves by one pixel.",
          zh: "特征图要和图像一样大，得补一圈零，而且窗口每次只移动一个像素。",
        }),
      ],
    },
    {
      ask: {
        en: "Filter 1 (1 on the falling diagonal, −1 everywhere else) lies on an upright stroke, 0 1 0 / 0 1 0 / 0 1 0. What does it answer here?",
        zh: "滤波器 1（从左上到右下的对角线是 1，其余是 −1）下面压着竖直的一笔 0 1 0 / 0 1 0 / 0 1 0。这一处得多少分？",
      },
      options: [
        wrong("−3", {
          en: "Not all of the ink lies under a negative weight: where do the stroke and the diagonal cross?",
          zh: "墨并没有全落在负的权重下面：竖线和对角线在哪里相交？",
        }),
        right("−1", {
          en: "One pixel of ink lies under a 1 and two under a −1: 1 − 1 − 1.",
          zh: "一个有墨的像素在 1 下面，两个在 −1 下面：1 − 1 − 1。",
        }),
        wrong("1", {
          en: "That counts the hit alone. What does ink under a negative weight do?",
          zh: "这只算了命中的那一个。落在负的权重下面的墨怎么算？",
        }),
        wrong("3", {
          en: "That counts the ink. What is each of the three pixels multiplied by?",
          zh: "这是在数墨点。三个像素各要乘以几？",
        }),
      ],
    },
    {
      ask: {
        en: "How many parameters has `new nn.Conv2d(3, 8, 5)`?",
        zh: "`new nn.Conv2d(3, 8, 5)` 有多少个参数？",
      },
      options: [
        wrong("208", {
          en: "With that each filter would be a single slice. How many channels does it look at?",
          zh: "这样算，每个滤波器就只有一片。它要看几个通道？",
        }),
        wrong("600", {
          en: "Those are the weights. Does a filter learn anything besides?",
          zh: "这只是权重。除此之外，滤波器还学别的吗？",
        }),
        right("608", {
          en: "A filter has 3 · 5 · 5 = 75 weights and one bias, that is 76, and there are eight of them.",
          zh: "一个滤波器有 3 · 5 · 5 = 75 个权重和一个偏置，共 76 个，一共八个滤波器。",
        }),
        wrong("624", {
          en: "That is a bias for each slice. But the products of all slices are added up first: to how many numbers a stop?",
          zh: "这是每一片一个偏置。可是各片的乘积先要加到一起：每停一处，加成几个数？",
        }),
      ],
    },
    {
      ask: {
        en: "Images of shape (16, 3, 32, 32) go through `new nn.Conv2d(3, 8, 5, { padding: 2 })`. What comes out?",
        zh: "形状为 (16, 3, 32, 32) 的图像穿过 `new nn.Conv2d(3, 8, 5, { padding: 2 })`，出来的是什么形状？",
      },
      options: [
        wrong("(16, 3, 32, 32)", {
          en: "The three channels of the input are used up in the sum. What makes the channels of the output?",
          zh: "输入的三个通道已经加到一起了。输出的通道是由什么产生的？",
        }),
        wrong("(16, 8, 28, 28)", {
          en: "So it would be without a border. How wide is the padded image?",
          zh: "不填充才是这样。填充之后的图像有多宽？",
        }),
        wrong("(16, 24, 32, 32)", {
          en: "That is a map for each pair of a filter and a channel. What does a filter do with the answers of its three slices?",
          zh: "这是滤波器和通道两两配对，每对一张图。一个滤波器会拿它三片的结果做什么？",
        }),
        right("(16, 8, 32, 32)", {
          en: "Eight filters give eight maps, and the padded width of 36 has room for 36 − 5 + 1 = 32 stops.",
          zh: "八个滤波器得到八张图；填充后宽 36，停得下 36 − 5 + 1 = 32 次。",
        }),
      ],
    },
    {
      ask: {
        en: "At four stops the products of a filter add up to 3, 1, 0 and −2. Its bias is −1, and ReLU follows. What comes out?",
        zh: "一个滤波器在四处的乘积之和分别是 3、1、0、−2。它的偏置是 −1，后面接 ReLU。结果是什么？",
      },
      options: [
        right("2, 0, 0, 0", {
          en: "The bias makes 2, 0, −1, −3 of them, and ReLU puts 0 for what is negative.",
          zh: "加上偏置是 2、0、−1、−3，ReLU 再把负数变成 0。",
        }),
        wrong("2, 0, −1, −1", {
          en: "That is ReLU first and the bias after it. Which comes first in a layer?",
          zh: "这是先做 ReLU，后加偏置。层里哪个在前？",
        }),
        wrong("2, 0, −1, −3", {
          en: "That is right up to the bias. What does ReLU do with the last two?",
          zh: "加偏置这一步对了。ReLU 会怎样处理后两个？",
        }),
        wrong("4, 2, 1, 0", {
          en: "The bias is added. Does a number get larger when −1 is added to it?",
          zh: "偏置是加上去的。一个数加上 −1，会变大吗？",
        }),
      ],
    },
    {
      ask: {
        en: "A program turns every kernel by 180° by mistake. Which kernel brings it to light?",
        zh: "有个程序误把每个卷积核都转了 180°。用哪个核能发现这个错误？",
      },
      options: [
        wrong("1 1 1 / 1 1 1 / 1 1 1", {
          en: "Where would a change show, if every number is like every other?",
          zh: "所有的数都一样，转了又能从哪里看出来？",
        }),
        wrong("−1 1 −1 / −1 1 −1 / −1 1 −1", {
          en: "Turn it: the rows change places, and each is read backwards. Is anything different?",
          zh: "转转看：各行上下对调，每行再倒着读。有哪里变了吗？",
        }),
        right("−1 0 1 / −1 0 1 / −1 0 1", {
          en: "The half turn carries the ones to the left side: every answer changes its sign.",
          zh: "转半圈后 1 到了左边：每个结果都变号。",
        }),
        wrong("1 0 −1 / 0 0 0 / −1 0 1", {
          en: "A mirror would change it. But a half turn is two mirrors, left to right and top to bottom: where does each corner end up?",
          zh: "照一次镜子它会变。可转半圈等于照两次：左右一次，上下一次。每个角最后到了哪里？",
        }),
      ],
    },
    {
      ask: {
        en: "A 3 × 3 filter slides over a 6 × 6 image of ones (stride 1, no padding). The loss is the sum of its map. What is the gradient of each weight?",
        zh: "3 × 3 的滤波器在全是 1 的 6 × 6 图像上滑动（步长为 1，不填充），损失是特征图上所有数之和。每个权重的梯度是多少？",
      },
      options: [
        wrong("1", {
          en: "That is what one stop adds. Do the other stops use another weight?",
          zh: "这是停一处的贡献。其他各处用的是别的权重吗？",
        }),
        wrong("9", {
          en: "That is how many weights there are. Each has a gradient of its own: over what does it sum?",
          zh: "这是权重的个数。每个权重有自己的梯度：它是对什么求和？",
        }),
        right("16", {
          en: "There are 4 · 4 stops, at each the weight meets a 1, and its gradient sums over all of them.",
          zh: "一共停 4 · 4 处，每处这个权重都遇到一个 1，而梯度对所有位置求和。",
        }),
        wrong("36", {
          en: "Does each weight meet every pixel? Follow the top left one from the first stop to the last.",
          zh: "每个权重都会遇到每个像素吗？跟着左上角的那个，从第一处走到最后一处看看。",
        }),
      ],
    },
    {
      ask: {
        en: "Three layers of 3 × 3 filters follow each other (stride 1, no pooling). How much of the image does one number of the last map see?",
        zh: "三层 3 × 3 的滤波器依次相接（步长为 1，没有池化）。最后一张图上的一个数，看得到图像上多大一块？",
      },
      options: [
        wrong("3 × 3", {
          en: "So much of the map before it. And how much of the image has each of those nine numbers seen?",
          zh: "这是它在前一张图上看到的。那九个数又各自看到了图像上多大一块？",
        }),
        right("7 × 7", {
          en: "The first layer sees 3 × 3, and each further one adds a pixel on every side: 5 × 5, then 7 × 7.",
          zh: "第一层看到 3 × 3，之后每多一层，四边各多看一个像素：5 × 5，再到 7 × 7。",
        }),
        wrong("9 × 9", {
          en: "3 + 3 + 3 would be windows laid side by side. How far apart are the fields of two neighbouring numbers?",
          zh: "3 + 3 + 3 是把窗口一个挨一个地排开。相邻两个数的感受野错开多远？",
        }),
        wrong("27 × 27", {
          en: "The field grows threefold with each layer only if fields do not overlap. Here they do.",
          zh: "只有当各自的感受野互不重叠时，每层才会扩大到三倍。这里是重叠的。",
        }),
      ],
    },
  ],
};
