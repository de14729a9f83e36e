/** Figures from numbers. */
export { Figure, type FigureOptions, type Box, type Scale } from "./figure.js";
export { image, type ImageOptions } from "./image.js";
export { images, featureMaps, filters, type ImagesOptions } from "./images.js";
export { curve, scatter, type CurveOptions, type Series } from "./curve.js";
export { bar, histogram, type BarOptions, type HistogramOptions } from "./bar.js";
export { heatmap, confusionMatrix, type HeatmapOptions, type ConfusionOptions } from "./heatmap.js";
export { convStep, type ConvStepOptions } from "./convStep.js";
