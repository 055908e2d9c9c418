/** MNIST's digits, which the models of this library are for. */

/** Shape of a digit: height, width, one channel. */
export const IMAGE_SHAPE = [28, 28, 1] as const;
