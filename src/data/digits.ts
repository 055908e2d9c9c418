/** MNIST's digits, the images that the ready-made models work on. */

/** Shape of a digit: height, width, one channel. */
export const IMAGE_SHAPE = [28, 28, 1] as const;
