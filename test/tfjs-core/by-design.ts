/** Where ganvas means to differ from TensorFlow.js: titles of tests, and why. */
export const BY_DESIGN: readonly { readonly tests: RegExp; readonly why: string }[] = [
  { tests: /^(max|min) (max|min) gradient: .*ties/, why: 'the gradient is shared between equal values, as in Keras' },
  { tests: /^mirrorPad grad/, why: 'TensorFlow.js drops the gradient of the mirrored part; Keras and PyTorch add it' },
  {
    tests: /^(argmax|argmin|maxPool) .*ignores NaNs/,
    why: 'NaN counts as the largest and the smallest value, as in NumPy',
  },
  { tests: /^sign /, why: 'sign(NaN) is NaN, as in NumPy and PyTorch' },
  { tests: /^tan numbers exceed float32 precision/, why: 'beyond 100,000, where float32 has no angle left, it is NaN' },
  {
    tests: /not (int32|boolean) throws error|dtype is not boolean/,
    why: 'numbers are all float32; whole ones are indices',
  },
  { tests: /^(softmax|logSoftmax) 2D, (dim|axis)=0 throws error/, why: 'ganvas computes it for every axis' },
  { tests: /^mean gradients throws for defined axis/, why: 'ganvas has this gradient' },
  { tests: /^logLoss 1D - Check for negative values/, why: 'probabilities are clipped, as in Keras' },
  { tests: /^slice2d grad/, why: 'the test takes the gradient of a constant, which ganvas refuses' },
  { tests: /^split should support -1 split/, why: 'sizes are stated, none is computed' },
];
