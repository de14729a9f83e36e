/** A convolution of one channel on plain arrays. */
export type Convolve = (image: number[][], kernel: number[][], stride: number) => number[][];

/** A wrong convolution, and what is wrong with it. */
export interface Mutant {
  name: { en: string; zh: string };
  convolve: Convolve;
}

/** One loop nest with every part that a mistake can sit in. */
interface Parts {
  size?: (image: number, kernel: number, stride: number) => number;
  pixel?: (image: number[][], row: number, column: number, u: number, v: number, stride: number) => number;
  weight?: (kernel: number[][], u: number, v: number) => number;
  finish?: (sum: number, kernel: number[][]) => number;
}

function build(parts: Parts): Convolve {
  const size = parts.size ?? ((image, kernel, stride) => Math.floor((image - kernel) / stride) + 1);
  const pixel =
    parts.pixel ?? ((image, row, column, u, v, stride) => image[row * stride + u][column * stride + v]);
  const weight = parts.weight ?? ((kernel, u, v) => kernel[u][v]);
  const finish = parts.finish ?? ((sum) => sum);
  return (image, kernel, stride) => {
    const [height, width] = [kernel.length, kernel[0].length];
    const rows = size(image.length, height, stride);
    const columns = size(image[0].length, width, stride);
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => {
        let sum = 0;
        for (let u = 0; u < height; u++) {
          for (let v = 0; v < width; v++)
            sum += pixel(image, row, column, u, v, stride) * weight(kernel, u, v);
        }
        return finish(sum, kernel);
      }),
    );
  };
}

const at = (image: number[][], row: number, column: number): number => image[row]?.[column] ?? 0;

/** Ten convolutions that are wrong in ten ways; each has been written by somebody. */
export const mutants: readonly Mutant[] = [
  {
    name: { en: "turns the kernel by 180°", zh: "把卷积核转了 180°" },
    convolve: build({ weight: (kernel, u, v) => kernel[kernel.length - 1 - u][kernel[0].length - 1 - v] }),
  },
  {
    name: { en: "takes the kernel's rows for columns", zh: "把卷积核的行当成列" },
    convolve: build({ weight: (kernel, u, v) => kernel[v]?.[u] ?? 0 }),
  },
  {
    name: { en: "ignores the stride", zh: "忽略了步长" },
    convolve: build({
      size: (image, kernel) => image - kernel + 1,
      pixel: (image, row, column, u, v) => image[row + u][column + v],
    }),
  },
  {
    name: { en: "misses the last stop", zh: "少停了最后一处" },
    convolve: build({ size: (image, kernel, stride) => Math.max(1, Math.floor((image - kernel) / stride)) }),
  },
  {
    name: { en: "rounds the number of stops up", zh: "停留次数向上取整" },
    convolve: build({
      size: (image, kernel, stride) => Math.ceil((image - kernel) / stride) + 1,
      pixel: (image, row, column, u, v, stride) => at(image, row * stride + u, column * stride + v),
    }),
  },
  {
    name: { en: "averages instead of adding up", zh: "求平均而不是求和" },
    convolve: build({ finish: (sum, kernel) => sum / (kernel.length * kernel[0].length) }),
  },
  {
    name: { en: "applies relu, which nobody asked for", zh: "擅自加了 relu" },
    convolve: build({ finish: (sum) => Math.max(0, sum) }),
  },
  {
    name: { en: "begins one pixel too far to the right", zh: "向右偏了一个像素" },
    convolve: build({
      pixel: (image, row, column, u, v, stride) => at(image, row * stride + u, column * stride + v + 1),
    }),
  },
  {
    name: { en: "uses the image's height for its width", zh: "把图像的高当成宽" },
    convolve: (image, kernel, stride) => {
      const square = build({
        pixel: (picture, row, column, u, v, step) => at(picture, row * step + u, column * step + v),
      });
      return square(
        image.map((row) => Array.from({ length: image.length }, (_, column) => row[column] ?? 0)),
        kernel,
        stride,
      );
    },
  },
  {
    name: { en: "changes the image it was given", zh: "改动了传入的图像" },
    convolve: (image, kernel, stride) => {
      const answer = build({})(image, kernel, stride);
      image[0][0] += 1;
      return answer;
    },
  },
];
