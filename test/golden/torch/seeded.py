"""Seeded numbers equal to the last bit to those of src/base/random.ts, and tensors written as compact JSON."""
import base64
import zlib

import numpy as np
import torch

MASK = 0xFFFFFFFF
SAMPLED_FROM = 2000  # larger results are stored as every n-th value
SAMPLES = 500


def random(seed):
    """sfc32, as `seededRandom(seed)` in src/base/random.ts."""
    a, b, c, counter = 0x9E3779B9, 0x243F6A88, seed & MASK, 1
    drawn = 0
    while True:
        t = (a + b + counter) & MASK
        counter = (counter + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & MASK
        c = ((c << 21) | (c >> 11)) & MASK
        c = (c + t) & MASK
        drawn += 1
        if drawn > 12:
            yield t / 4294967296


def seed_of(text):
    """A seed from a name, so that adding a case moves no other case's numbers."""
    return zlib.crc32(text.encode()) & 0x7FFFFFFF


def spread(name, shape, low=-1.0, high=1.0):
    """The description of a tensor of seeded numbers in [low, high)."""
    return {'shape': list(shape), 'seed': seed_of(name), 'low': low, 'high': high}


def whole(name, shape, below):
    """The description of an integer tensor of seeded numbers in [0, below)."""
    return {'shape': list(shape), 'seed': seed_of(name), 'below': below}


def given(shape, values):
    """The description of a tensor by its values; not-a-number and infinities as words."""
    return {'shape': list(shape), 'values': values}


def tensor(spec, dtype=torch.float64):
    """The tensor a description stands for: rounded to float32 first, as the GPU gets it."""
    shape = spec['shape']
    count = int(np.prod(shape))
    if 'values' in spec:
        if spec.get('whole'):
            return torch.tensor(spec['values'], dtype=torch.int64).reshape(shape)
        numbers = np.array([float(v) for v in spec['values']], np.float32)
        return torch.from_numpy(numbers.reshape(shape)).to(dtype)
    draw = random(spec['seed'])
    if 'below' in spec:
        numbers = [int(next(draw) * spec['below']) for _ in range(count)]
        return torch.tensor(numbers, dtype=torch.int64).reshape(shape)
    low, high = spec['low'], spec['high']
    numbers = np.array([low + (high - low) * next(draw) for _ in range(count)], np.float64).astype(np.float32)
    return torch.from_numpy(numbers.reshape(shape)).to(dtype)


def truths(shape, values):
    """The description of a tensor of truth values."""
    return {'shape': list(shape), 'values': values, 'truth': True}


def option(value):
    """An option of a call: a description of a tensor becomes that tensor."""
    if not isinstance(value, dict) or 'shape' not in value:
        return value
    return tensor(value).bool() if value.get('truth') else tensor(value)


def stored(value):
    """A result as float32 in base64; of a large one every n-th value and the last."""
    flat = value.detach().to(torch.float32).contiguous().numpy().reshape(-1)
    out = {'shape': list(value.shape)}
    if flat.size > SAMPLED_FROM:
        out['every'] = max(1, flat.size // SAMPLES) | 1
        flat = np.append(flat[:: out['every']], flat[-1])
    out['f32'] = base64.b64encode(flat.astype('<f4').tobytes()).decode()
    return out


def snake(name):
    return ''.join('_' + ch.lower() if ch.isupper() else ch for ch in name)
