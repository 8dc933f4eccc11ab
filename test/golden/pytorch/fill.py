"""Numbers that Python and TypeScript make alike: a linear congruential generator over 32 bits, exact in both."""
import numpy as np


def fill(shape, seed, scale=1.0, shift=0.0):
    count = int(np.prod(shape)) if len(shape) else 1
    x = (seed * 2654435761 + 12345) & 0xFFFFFFFF
    values = np.empty(count, dtype=np.float64)
    for i in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = ((x >> 8) / 16777216.0 - 0.5) * 2 * scale + shift
    return values.astype(np.float32).reshape(shape)


def whole(shape, seed, below):
    count = int(np.prod(shape))
    x = (seed * 2654435761 + 12345) & 0xFFFFFFFF
    values = np.empty(count, dtype=np.int64)
    for i in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = (x >> 8) % below
    return values.reshape(shape)
