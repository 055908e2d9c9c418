"""The random numbers of ganvas (Philox4x32-10, src/core/philox.ts): the same order of images and the same noise, up to
the rounding of the normal quantile."""

import numpy
import torch

MASK = numpy.uint64(0xFFFFFFFF)
SHIFT = numpy.uint64(32)


class Random:
    def __init__(self, seed, stream, block):
        self.seed, self.stream, self.block = seed, stream, block

    def words(self, blocks):
        """The 32-bit words of the next blocks, four each."""
        counters = numpy.arange(self.block, self.block + blocks, dtype=numpy.uint64)
        self.block += blocks
        c0, c1 = counters & MASK, counters >> SHIFT
        c2 = numpy.full(blocks, self.stream, numpy.uint64)
        c3 = numpy.zeros(blocks, numpy.uint64)
        k0, k1 = self.seed & 0xFFFFFFFF, self.seed >> 32
        for _ in range(10):
            product0, product1 = c0 * numpy.uint64(0xD2511F53), c2 * numpy.uint64(0xCD9E8D57)
            c0, c1, c2, c3 = (
                (product1 >> SHIFT) ^ c1 ^ numpy.uint64(k0),
                product1 & MASK,
                (product0 >> SHIFT) ^ c3 ^ numpy.uint64(k1),
                product0 & MASK,
            )
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        return numpy.stack([c0, c1, c2, c3], 1).reshape(-1)

    def normal(self, *shape):
        count = int(numpy.prod(shape))
        words = self.words(-(-count // 4))[:count]
        p = ((words >> numpy.uint64(9)).astype(numpy.float64) + 0.5) * 2.0**-23
        return torch.special.ndtri(torch.from_numpy(p)).float().reshape(shape)

    def permutation(self, count):
        order = list(range(count))
        start, used, words = self.block, 0, []
        for i in range(count - 1, 0, -1):
            limit = 2**32 - 2**32 % (i + 1)
            while True:
                if used == len(words):
                    words += self.words(4096).tolist()
                word = words[used]
                used += 1
                if word < limit:
                    break
            j = word % (i + 1)
            order[i], order[j] = order[j], order[i]
        # The next draw begins at the block behind the last one used.
        self.block = start - (-used // 4)
        return order

    def metadata(self, name):
        return {f"{name}.seed": str(self.seed), f"{name}.stream": str(self.stream), f"{name}.block": str(self.block)}
