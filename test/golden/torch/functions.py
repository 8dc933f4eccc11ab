"""Tensor operations and losses: outputs, and gradients of sum(output * cotangent)."""
import math

import torch
import torch.nn.functional as F

from seeded import given, option, snake, spread, stored, tensor, truths, whole


def case(title, name, compute, inputs, arguments=(), **extra):
    """One case: `compute` takes the input tensors; the test knows the operation by `name` and its arguments."""
    tensors = [tensor(spec) for spec in inputs]
    for value in tensors:
        if value.is_floating_point():
            value.requires_grad_()
    result = compute(*tensors)
    outputs = list(result) if isinstance(result, (list, tuple)) else [result]
    out = {'title': title, 'function': name, 'arguments': list(arguments), 'inputs': inputs, **extra}
    out['outputs'] = [stored(value) for value in outputs]
    if all(value.requires_grad for value in outputs):
        cotangents = [spread(f'{title}/cotangent{i}', value.shape) for i, value in enumerate(outputs)]
        sum((value * tensor(spec)).sum() for value, spec in zip(outputs, cotangents)).backward()
        out['cotangents'] = cotangents
        out['inputGradients'] = [None if value.grad is None else stored(value.grad) for value in tensors]
    return out


def seeded(title, *shapes, low=-2.0, high=2.0):
    return [spread(f'{title}/input{i}', shape, low, high) for i, shape in enumerate(shapes)]


UNARY = {
    'relu': (F.relu, -2, 2),
    'gelu': (F.gelu, -4, 4),
    'geluTanh': (lambda x: F.gelu(x, approximate='tanh'), -4, 4),
    'silu': (F.silu, -5, 5),
    'elu': (F.elu, -5, 5),
    'leakyRelu': (F.leaky_relu, -5, 5),
    'softplus': (F.softplus, -5, 5),
    'tanh': (torch.tanh, -4, 4),
    'sigmoid': (torch.sigmoid, -8, 8),
    'exp': (torch.exp, -4, 4),
    'log': (torch.log, 0.05, 9),
    'sqrt': (torch.sqrt, 0.05, 9),
    'rsqrt': (torch.rsqrt, 0.05, 9),
    'square': (torch.square, -3, 3),
    'reciprocal': (torch.reciprocal, 0.2, 3),
    'abs': (torch.abs, -2, 2),
    'neg': (torch.neg, -2, 2),
    'sin': (torch.sin, -6, 6),
    'cos': (torch.cos, -6, 6),
    'exp2': (torch.exp2, -4, 4),
    'expm1': (torch.expm1, -3, 3),
    'log2': (torch.log2, 0.05, 9),
    'log10': (torch.log10, 0.05, 9),
    'log1p': (torch.log1p, -0.9, 4),
    'tan': (torch.tan, -1.3, 1.3),
    'asin': (torch.asin, -0.95, 0.95),
    'acos': (torch.acos, -0.95, 0.95),
    'atan': (torch.atan, -6, 6),
    'sinh': (torch.sinh, -3, 3),
    'cosh': (torch.cosh, -3, 3),
    'erf': (torch.erf, -3, 3),
}


def elementwise():
    for name, (compute, low, high) in UNARY.items():
        yield case(name, name, compute, seeded(name, (5, 7), low=low, high=high))
    for name, shapes in {
        'of equal shapes': ((3, 5), (3, 5)),
        'of a row': ((4, 7), (7,)),
        'of a column': ((4, 7), (4, 1)),
        'of both': ((3, 1, 5), (2, 1)),
        'of a scalar': ((2, 3), ()),
    }.items():
        for op in ('add', 'sub', 'mul', 'div'):
            title = f'{op} {name}'
            inputs = seeded(title, *shapes, low=0.5, high=2.5)
            yield case(title, op, getattr(torch, op), inputs)
    yield case('pow of a number', 'powNumber', lambda x: x**3, seeded('pow3', (4, 5)), [3])
    yield case('maximum', 'maximum', torch.maximum, seeded('maximum', (4, 5), (4, 5)))
    yield case('minimum broadcast', 'minimum', torch.minimum, seeded('minimum', (4, 5), (5,)))
    yield case('clamp', 'clamp', lambda x: x.clamp(-1, 0.5), seeded('clamp', (5, 7)), [-1, 0.5])
    yield case('where', 'where', lambda c, a, b: torch.where(c > 0, a, b), seeded('where', (4, 5), (4, 5), (5,)))
    for op in ('eq', 'ne', 'lt', 'le', 'gt', 'ge'):
        values = given([6], [1, 2, 3, 3, 2, 1]), given([6], [1, 1, 3, 2, 2, 2])
        yield case(op, op, lambda a, b, op=op: getattr(torch, op)(a, b).double(), list(values))
    yield case('add with a factor', 'add', lambda a, b: torch.add(a, b, alpha=0.5), seeded('add alpha', (3, 5), (5,)), [{'alpha': 0.5}])
    yield case('sub with a factor', 'sub', lambda a, b: torch.sub(a, b, alpha=3), seeded('sub alpha', (3, 5), (3, 5)), [{'alpha': 3}])
    yield case('pow of a tensor', 'pow', torch.pow, seeded('pow tensor', (4, 5), (5,), low=0.3, high=2.5))
    yield case('remainder', 'remainder', torch.remainder, [*seeded('remainder', (4, 5)), spread('remainder/by', (5,), 0.6, 1.7)])
    yield case('atan2', 'atan2', torch.atan2, seeded('atan2', (4, 5), (4, 5)))
    yield case('lerp', 'lerp', lambda a, b: torch.lerp(a, b, 0.3), seeded('lerp', (4, 5), (4, 5)), [0.3])
    signs = given([8], [-7, -7, 7, 7, -1, 0, 5.5, -5.5]), given([8], [3, -3, 3, -3, 2, 3, 2, 2])
    yield forward_only('remainder of either sign', 'remainder', torch.remainder, list(signs))
    yield forward_only('floorDivide of either sign', 'floorDivide', torch.floor_divide, list(signs))
    yield forward_only('pow of negative bases', 'pow', torch.pow, [given([6], [-2, -2, -2, 0, 0, -1]), given([6], [3, 2, 0.5, 0, 2, -3])])
    for op in ('floor', 'ceil', 'round', 'trunc', 'sign'):
        yield forward_only(op, op, getattr(torch, op), [given([9], [-2.5, -1.5, -0.5, -0.2, 0, 0.2, 0.5, 1.5, 2.7])])
    for op in ('logicalAnd', 'logicalOr', 'logicalXor'):
        answers = given([4], [0, 0, 1, 2]), given([4], [0, 3, 0, -1])
        yield forward_only(op, op, lambda a, b, op=op: getattr(torch, snake(op))(a, b).double(), list(answers))
    for op in ('isnan', 'isinf', 'isfinite', 'logicalNot'):
        yield forward_only(op, op, lambda x, op=op: getattr(torch, snake(op))(x.float()).double(), [given([5], ['nan', 'inf', '-inf', 0, 1e30])])
    odd = given([9], ['nan', 'inf', '-inf', 0, -0.0, 1e30, -1e30, 1e-30, 3.4e38])
    for name in ('relu', 'exp', 'log', 'sqrt', 'sigmoid', 'tanh', 'abs'):
        compute = UNARY[name][0]
        yield forward_only(f'{name} of not-a-number, infinities and overflow', name, lambda x, f=compute: f(x.float()), [odd])


def forward_only(title, name, compute, inputs, arguments=()):
    """A case of float32's own edges: no gradients."""
    return case(title, name, lambda *values: compute(*(value.detach() for value in values)), inputs, arguments)


def reductions():
    for op in ('sum', 'mean', 'amax', 'amin', 'var'):
        compute = getattr(torch, op)
        for shape, dim, keep in (((5, 7), 1, False), ((5, 7), 0, True), ((3, 4, 5), 1, False), ((2, 3, 4), [0, 2], False), ((257, 3), 0, False), ((3, 1031), 1, False)):
            title = f'{op} of {list(shape)} over {dim}{", kept" if keep else ""}'
            yield case(title, op, lambda x, f=compute, d=dim, k=keep: f(x, dim=d, keepdim=k), seeded(title, shape), [dim, keep])
    yield case('sum of everything', 'sumAll', torch.sum, seeded('sum all', (7, 11)))
    yield case('mean of everything', 'meanAll', torch.mean, seeded('mean all', (7, 11)))
    yield case('sum of more than 65535 rows', 'sum', lambda x: x.sum(dim=1), seeded('sum rows', (65551, 3)), [1, False])
    yield case('argmax', 'argmax', lambda x: x.argmax(dim=-1).double(), seeded('argmax', (6, 9)), [-1])
    yield case('cumsum', 'cumsum', lambda x: x.cumsum(dim=1), seeded('cumsum', (3, 9)), [1])
    yield case('cumsum of the first dimension', 'cumsum', lambda x: x.cumsum(dim=0), seeded('cumsum 0', (300, 3)), [0])
    yield case('cumprod', 'cumprod', lambda x: x.cumprod(dim=1), seeded('cumprod', (3, 9)), [1])
    some = given([3, 4], [1, 2, 0, 3, 0, 2, 0, 5, 1, -1, 2, 0])
    yield case('cumprod with zeros', 'cumprod', lambda x: x.cumprod(dim=1), [some], [1])
    for shape, dim, keep in (((5, 7), 1, False), ((4, 3, 5), 0, True), ((2, 130), 1, False)):
        title = f'prod of {list(shape)} over {dim}'
        yield case(title, 'prod', lambda x, d=dim, k=keep: x.prod(dim=d, keepdim=k), seeded(title, shape, low=0.8, high=1.3), [dim, keep])
    zeros = given([3, 4], [1, 2, 0, 3, 0, 2, 0, 5, 1, -1, 2, 3])
    yield case('prod with zeros', 'prod', lambda x: x.prod(dim=1), [zeros], [1])
    yield case('std', 'std', lambda x: x.std(dim=1), seeded('std', (4, 9)), [1])
    yield case('logsumexp', 'logsumexp', lambda x: x.logsumexp(dim=1), seeded('logsumexp', (4, 9)), [1])
    yield forward_only('logsumexp of -infinity', 'logsumexp', lambda x: x.logsumexp(dim=1), [given([2, 2], ['-inf', '-inf', 0, '-inf'])], [1])
    for p in (1, 2, 3, math.inf):
        yield case(f'norm of order {p}', 'norm', lambda x, p=p: torch.linalg.vector_norm(x, p, dim=1), seeded(f'norm {p}', (4, 9)), ['inf' if p == math.inf else p, 1])
    still = given([3, 4], [0, 0, 0, 0, 1, -2, 3, 0, 5, 5, 5, 5])
    for p in (2, 3):
        yield case(f'norm of order {p} of zeros', 'norm', lambda x, p=p: torch.linalg.vector_norm(x, p, dim=1), [still], [p, 1])
    yield case('std of equal numbers', 'std', lambda x: x.std(dim=1), [still], [1])
    answers = given([3, 3], [0, 0, 0, 0, 2, 0, 1, 1, 1])
    for op in ('any', 'all'):
        yield forward_only(op, op, lambda x, op=op: getattr(torch, op)(x != 0, dim=1).double(), [answers], [1])
    ties = given([3, 6], [3, 1, 2, 1, 3, 2, 5, 5, 5, 5, 5, 5, -1, 'inf', 'nan', '-inf', 0, 7])
    for descending in (False, True):
        way = 'down' if descending else 'up'
        yield case(f'sort {way}', 'sort', lambda x, d=descending: x.sort(dim=1, descending=d)[0], seeded(f'sort {way}', (3, 9, 2)), [1, {'descending': descending}])
        yield forward_only(f'argsort {way} with equal values, infinities and not-a-number', 'argsort', lambda x, d=descending: x.sort(dim=1, descending=d, stable=True)[1].double(), [ties], [1, {'descending': descending}])
    yield case('topk', 'topk', lambda x: x.topk(3, dim=-1)[0], seeded('topk', (4, 11)), [3])
    yield case('topk of the smallest', 'topk', lambda x: x.topk(2, dim=0, largest=False)[0], seeded('topk least', (7, 3)), [2, 0, {'largest': False}])
    yield case('median', 'median', lambda x: x.median(dim=1)[0], seeded('median', (4, 6)), [1])
    for op in ('softmax', 'logSoftmax'):
        compute = getattr(F, snake(op))
        for shape, dim in (((5, 7), -1), ((3, 4, 5), 1), ((2, 1031), -1), ((4, 1), -1), ((65551, 3), -1)):
            title = f'{op} of {list(shape)} over {dim}'
            yield case(title, op, lambda x, f=compute, d=dim: f(x, dim=d), seeded(title, shape, low=-4, high=4), [dim])
    yield forward_only('softmax of numbers too large for exp', 'softmax', lambda x: x.float().softmax(-1), [given([2, 3], [1000, 999, 0, -1000, -1000, -1001])], [-1])
    yield forward_only('softmax with a masked place', 'softmax', lambda x: x.float().softmax(-1), [given([2, 3], [1, '-inf', 2, 0, 0, '-inf'])], [-1])
    yield forward_only('softmax of a row that is not-a-number', 'softmax', lambda x: x.float().softmax(-1), [given([2, 3], [1, 'nan', 2, 0, 1, 2])], [-1])


def matrices():
    for a, b in (((5, 7), (7, 3)), ((1, 1), (1, 1)), ((33, 65), (65, 31)), ((3, 4, 5), (3, 5, 6)), ((2, 3, 4, 5), (5, 6)), ((2, 3, 4, 5), (2, 3, 5, 7)), ((4, 5), (3, 5, 2)), ((127, 129), (129, 64)), ((7,), (7, 3)), ((5, 7), (7,))):
        title = f'matmul of {list(a)} and {list(b)}'
        yield case(title, 'matmul', torch.matmul, seeded(title, a, b))
    for equation, shapes in {
        'ij,jk->ik': ((4, 5), (5, 6)),
        'bij,bkj->bik': ((2, 3, 5), (2, 4, 5)),
        'i,j->ij': ((4,), (5,)),
        'bhqd,bhkd->bhqk': ((2, 3, 4, 5), (2, 3, 6, 5)),
        'ijk->kj': ((3, 4, 5),),
        'ii->i': ((5, 5),),
    }.items():
        yield case(f'einsum {equation}', 'einsum', lambda *x, e=equation: torch.einsum(e, *x), seeded(equation, *shapes), [equation])


def shapes():
    yield case('transpose', 'transpose', lambda x: x.transpose(0, 2), seeded('transpose', (3, 4, 5)), [0, 2])
    yield case('permute', 'permute', lambda x: x.permute(2, 0, 3, 1), seeded('permute', (2, 3, 4, 5)), [[2, 0, 3, 1]])
    yield case('cat', 'cat', lambda a, b: torch.cat([a, b], 1), seeded('cat', (3, 2, 5), (3, 4, 5)), [1])
    yield case('stack', 'stack', lambda a, b: torch.stack([a, b], 1), seeded('stack', (3, 5), (3, 5)), [1])
    yield case('split', 'split', lambda x: x.split(3, 1), seeded('split', (2, 7)), [3, 1])
    yield case('narrow', 'narrow', lambda x: x.narrow(1, 2, 3), seeded('narrow', (4, 7, 2)), [1, 2, 3])
    yield case('indexSelect', 'indexSelect', lambda x, i: x.index_select(0, i), [*seeded('index select', (6, 5)), whole('index select/index', (9,), 6)], [0])
    yield case('gather', 'gather', lambda x, i: x.gather(1, i), [*seeded('gather', (5, 7)), whole('gather/index', (5, 3), 7)], [1])
    yield case('gather of fewer rows', 'gather', lambda x, i: x.gather(0, i), [*seeded('gather few', (5, 7, 2)), whole('gather few/index', (6, 3, 1), 5)], [0])
    yield case('scatterAdd', 'scatterAdd', lambda x, i, y: x.scatter_add(1, i, y), [*seeded('scatter add', (4, 7)), whole('scatter add/index', (4, 9), 7), spread('scatter add/from', (4, 9))], [1])
    yield case('scatter', 'scatter', lambda x, i, y: x.scatter(1, i.detach().long(), y), [*seeded('scatter', (2, 5)), given([2, 3], [4, 0, 2, 1, 3, 0]), spread('scatter/from', (2, 3))], [1], integers=[1])
    yield case('indexAdd', 'indexAdd', lambda x, i, y: x.index_add(1, i, y), [*seeded('index add', (3, 5, 2)), whole('index add/index', (7,), 5), spread('index add/from', (3, 7, 2))], [1])
    yield case('flip', 'flip', lambda x: x.flip(0, 2), seeded('flip', (3, 4, 5)), [0, 2])
    yield case('roll', 'roll', lambda x: x.roll(-2, 1), seeded('roll', (3, 7)), [-2, 1])
    yield case('repeat', 'repeat', lambda x: x.repeat(2, 1, 3), seeded('repeat', (3, 4)), [2, 1, 3])
    yield case('repeatInterleave', 'repeatInterleave', lambda x: x.repeat_interleave(3, 1), seeded('repeat interleave', (2, 5, 3)), [3, 1])
    yield case('pad', 'pad', lambda x: F.pad(x, [1, 2, 0, 3], value=0.5), seeded('pad', (2, 3, 4)), [[1, 2, 0, 3], 0.5])
    yield case('pad that cuts', 'pad', lambda x: F.pad(x, [-1, 2]), seeded('pad cuts', (3, 4)), [[-1, 2]])
    yield case('tril', 'tril', lambda x: x.tril(-1), seeded('tril', (2, 5, 4)), [-1])
    yield case('triu', 'triu', lambda x: x.triu(1), seeded('triu', (4, 5)), [1])
    yield case('diag of a vector', 'diag', torch.diag, seeded('diag', (4,)))
    yield case('diag of a matrix', 'diag', torch.diag, seeded('diag matrix', (4, 6)))
    yield case('unbind', 'unbind', lambda x: x.unbind(1), seeded('unbind', (3, 2, 4)), [1])
    yield case('movedim', 'movedim', lambda x: x.movedim(0, -1), seeded('movedim', (3, 2, 4)), [0, -1])
    yield case('clone', 'clone', torch.clone, seeded('clone', (3, 4)))
    yield case('slice by steps', 'slice', lambda x: x[:, 1:9:3], seeded('slice', (3, 10)), [1, 1, 9, 3])
    yield case('at some places', 'at', lambda x: x[1, :, -3:], seeded('at', (2, 3, 7)), [1, [], [-3]])
    yield case('maskedFill', 'maskedFill', lambda x: x.masked_fill(x > 0.5, -9), seeded('masked fill', (4, 5)), [-9])
    yield case('chunk', 'chunk', lambda x: x.chunk(3, 1), seeded('chunk', (2, 8)), [3, 1])
    yield case('squeeze and unsqueeze', 'squeezed', lambda x: x.squeeze(1).unsqueeze(-1), seeded('squeeze', (3, 1, 4)))
    yield case('flatten', 'flatten', lambda x: x.flatten(1, 2), seeded('flatten', (2, 3, 4, 2)), [1, 2])
    yield case('expand', 'expand', lambda x: x.expand(4, 3, 5), [spread('expand/input0', (3, 1))], [[4, 3, 5]])


def attend(q, k, v, mask=None, causal=False):
    """torch.nn.functional.scaled_dot_product_attention came with PyTorch 2.0; its formula."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    if mask is not None:
        scores = scores + mask
    return scores.softmax(-1) @ v


def attention():
    for title, q, k in (('', (2, 3, 7, 8), (2, 3, 7, 8)), (' of a longer memory', (1, 2, 5, 16), (1, 2, 11, 16)), (' of 65 places', (1, 2, 65, 32), (1, 2, 65, 32))):
        name = f'attention{title}'
        yield case(name, 'attention', attend, seeded(name, q, k, k))
    for length in (1, 7, 33):
        name = f'causal attention of {length} places'
        shape = (2, 2, length, 8)
        yield case(name, 'attention', lambda q, k, v: attend(q, k, v, causal=True), seeded(name, shape, shape, shape), [{'isCausal': True}])
    mask = given([5, 5], [0, '-inf', 0, 0.5, 0] * 5)
    inputs = seeded('masked attention', (2, 2, 5, 8), (2, 2, 5, 8), (2, 2, 5, 8))
    allowed = truths([5, 5], [int(j <= i or i == 0) for i in range(5) for j in range(5)])
    banned = given([5, 5], [0 if value else '-inf' for value in allowed['values']])
    yield case('attention with a mask of truth values', 'attentionMasked', lambda q, k, v: attend(q, k, v, mask=tensor(banned)), inputs, mask=allowed)
    yield case('attention with an additive mask', 'attentionMasked', lambda q, k, v: attend(q, k, v, mask=tensor(mask)), inputs, mask=mask)


def losses():
    logits, target = spread('logits', (9, 7), -4, 4), whole('target', (9,), 7)
    holes = given([9], [1, 2, -100, 6, 0, -100, 3, 3, 5])
    factors = spread('class factors', (7,), 0.5, 2)
    for title, options, labels in (
        ('', {}, target),
        (' summed', {'reduction': 'sum'}, target),
        (' of each', {'reduction': 'none'}, target),
        (' with label smoothing', {'labelSmoothing': 0.1}, target),
        (' with an ignored index', {}, holes),
        (' with another ignored index', {'ignoreIndex': 3}, target),
        (' with smoothing and an ignored index', {'labelSmoothing': 0.2, 'ignoreIndex': 3}, target),
        (' with weights', {'weight': factors}, target),
        (' with weights, summed', {'weight': factors, 'reduction': 'sum'}, target),
        (' with weights of each', {'weight': factors, 'reduction': 'none'}, target),
        (' with weights, smoothing and holes', {'weight': factors, 'labelSmoothing': 0.1}, holes),
    ):
        named = {snake(key): option(value) for key, value in options.items()}
        yield case(f'CrossEntropyLoss{title}', 'CrossEntropyLoss', lambda x, y, n=named: F.cross_entropy(x, y.long(), **n), [logits, labels], [options], integers=[1])
    huge = given([3, 3], [1000, 0, -1000, 88.8, 89, -1e4, 1e30, 0, 0])
    yield case('CrossEntropyLoss of huge logits', 'CrossEntropyLoss', lambda x, y: F.cross_entropy(x, y.long()), [huge, given([3], [0, 1, 0])], [{}], integers=[1])
    wide, wide_target = spread('wide logits', (3, 1031), -4, 4), whole('wide target', (3,), 1031)
    yield case('CrossEntropyLoss of 1031 classes', 'CrossEntropyLoss', F.cross_entropy, [wide, wide_target], [{}], integers=[1])
    tall, tall_target = spread('tall logits', (65551, 3), -4, 4), whole('tall target', (65551,), 3)
    yield case('CrossEntropyLoss of more than 65535 rows', 'CrossEntropyLoss', F.cross_entropy, [tall, tall_target], [{}], integers=[1])
    images, image_target = spread('image logits', (2, 5, 3, 4), -3, 3), whole('image target', (2, 3, 4), 5)
    text, text_target = spread('text logits', (2, 5, 7), -3, 3), whole('text target', (2, 7), 5)
    for reduction in ('mean', 'none'):
        yield case(f'CrossEntropyLoss of images, {reduction}', 'CrossEntropyLoss', lambda x, y, r=reduction: F.cross_entropy(x, y, reduction=r), [images, image_target], [{'reduction': reduction}], integers=[1])
        yield case(f'NLLLoss of sequences, {reduction}', 'NLLLoss', lambda x, y, r=reduction: F.nll_loss(x, y, reduction=r), [text, text_target], [{'reduction': reduction}], integers=[1])
    yield case('CrossEntropyLoss of one sample', 'CrossEntropyLoss', lambda x, y: F.cross_entropy(x, y.long()), [spread('one sample', (7,), -3, 3), given([], [4])], [{}], integers=[1])
    share = spread('class shares', (9, 7), 0, 0.3)
    for title, options in (('', {}), (' with smoothing and weights', {'labelSmoothing': 0.1, 'weight': factors})):
        named = {snake(key): option(value) for key, value in options.items()}
        yield case(f'CrossEntropyLoss of probabilities{title}', 'CrossEntropyLoss', lambda x, y, n=named: F.cross_entropy(x, y.detach(), **n), [logits, share], [options], constants=[1])
    for reduction in ('mean', 'sum', 'none'):
        options = {'weight': factors, 'ignoreIndex': 3, 'reduction': reduction}
        named = {snake(key): option(value) for key, value in options.items()}
        yield case(f'NLLLoss with weights and an ignored index, {reduction}', 'NLLLoss', lambda x, y, n=named: F.nll_loss(x, y, **n), [logits, target], [options], integers=[1])
    yield case('NLLLoss', 'NLLLoss', lambda x, y: F.nll_loss(x, y), [logits, target], [{}], integers=[1])
    other = spread('other', (9, 7), -2, 2)
    chances = spread('chances', (9, 7), 0, 1)
    for reduction in ('mean', 'sum', 'none'):
        options = [{'reduction': reduction}]
        yield case(f'MSELoss {reduction}', 'MSELoss', lambda x, y, r=reduction: F.mse_loss(x, y, reduction=r), [logits, other], options)
        yield case(f'L1Loss {reduction}', 'L1Loss', lambda x, y, r=reduction: F.l1_loss(x, y, reduction=r), [logits, other], options)
        yield case(f'BCEWithLogitsLoss {reduction}', 'BCEWithLogitsLoss', lambda x, y, r=reduction: F.binary_cross_entropy_with_logits(x, y.detach(), reduction=r), [logits, chances], options, constants=[1])
    yield case('SmoothL1Loss', 'SmoothL1Loss', F.smooth_l1_loss, [logits, other], [{}])
    yield case('HuberLoss', 'HuberLoss', lambda x, y: F.huber_loss(x, y, delta=0.5), [logits, other], [{'delta': 0.5}])
    yield case('SmoothL1Loss with beta', 'SmoothL1Loss', lambda x, y: F.smooth_l1_loss(x, y, beta=0.5), [logits, other], [{'beta': 0.5}])
    options = {'posWeight': factors, 'weight': spread('element factors', (9, 1), 0.5, 2)}
    named = {snake(key): option(value) for key, value in options.items()}
    yield case('BCEWithLogitsLoss with weights', 'BCEWithLogitsLoss', lambda x, y: F.binary_cross_entropy_with_logits(x, y.detach(), **named), [logits, chances], [options], constants=[1])
    yield case('KLDivLoss of log-probabilities', 'KLDivLoss', lambda x, y: F.kl_div(x, y, log_target=True, reduction='sum'), [logits, other], [{'logTarget': True, 'reduction': 'sum'}])
    sure = spread('sure', (9, 7), 0.05, 0.95)
    yield case('BCELoss', 'BCELoss', lambda x, y: F.binary_cross_entropy(x, y.detach()), [sure, chances], [{}], constants=[1])
    yield case('KLDivLoss', 'KLDivLoss', lambda x, y: F.kl_div(x, y.detach(), reduction='batchmean'), [logits, chances], [{'reduction': 'batchmean'}], constants=[1])
    vectors = [spread(f'vector {name}', (9, 7), -2, 2) for name in ('anchor', 'positive', 'negative')]
    sides = given([9], [1, -1, 1, 1, -1, -1, 1, -1, 1])
    for options in ({}, {'margin': 2.5, 'swap': True}, {'p': 1, 'reduction': 'none'}):
        yield case(f'TripletMarginLoss {options}', 'TripletMarginLoss', lambda a, p, n, o=options: F.triplet_margin_loss(a, p, n, **o), vectors, [options])
    for options in ({}, {'margin': 0.3, 'reduction': 'sum'}):
        yield case(f'CosineEmbeddingLoss {options}', 'CosineEmbeddingLoss', lambda a, b, y, o=options: F.cosine_embedding_loss(a, b, y.detach(), **o), [*vectors[:2], sides], [options], constants=[2])
        one = [spread(f'score {name}', (9,), -2, 2) for name in ('a', 'b')]
        yield case(f'MarginRankingLoss {options}', 'MarginRankingLoss', lambda a, b, y, o=options: F.margin_ranking_loss(a, b, y.detach(), **o), [*one, sides], [options], constants=[2])
        yield case(f'HingeEmbeddingLoss {options}', 'HingeEmbeddingLoss', lambda x, y, o=options: F.hinge_embedding_loss(x, y.detach(), **o), [one[0], sides], [options], constants=[1])
    spreads = spread('variances', (9, 7), 0, 2)
    for options in ({}, {'full': True, 'eps': 0.4, 'reduction': 'sum'}):
        yield case(f'GaussianNLLLoss {options}', 'GaussianNLLLoss', lambda x, y, v, o=options: F.gaussian_nll_loss(x, y, v, **o), [logits, other, spreads], [options])
    counts = given([4], [0, 1, 3, 2])
    yield case('PoissonNLLLoss', 'PoissonNLLLoss', lambda x, y: F.poisson_nll_loss(x, y.detach()), [spread('rates', (4,), -2, 2), counts], [{}], constants=[1])
    yield case('PoissonNLLLoss of means', 'PoissonNLLLoss', lambda x, y: F.poisson_nll_loss(x, y.detach(), log_input=False), [spread('means', (4,), 0.1, 2), counts], [{'logInput': False}], constants=[1])
    edge = given([6], [1000, -1000, 0, 88, -88, 1e30])
    yield case('BCEWithLogitsLoss of huge logits', 'BCEWithLogitsLoss', lambda x, y: F.binary_cross_entropy_with_logits(x, y.detach()), [edge, given([6], [1, 0, 0.5, 0, 1, 1])], [{}], constants=[1])


def functional():
    yield case('normalize', 'normalize', F.normalize, seeded('normalize', (4, 5)))
    yield case('cosineSimilarity', 'cosineSimilarity', F.cosine_similarity, seeded('cosine', (4, 5), (4, 5)))
    yield case('pairwiseDistance', 'pairwiseDistance', F.pairwise_distance, seeded('pairwise', (4, 5), (4, 5)))
    for p in (1.0, 2.0):
        pair = seeded(f'cdist {p}', (2, 4, 5), (2, 3, 5))
        yield case(f'cdist of order {p}', 'cdist', lambda a, b, p=p: torch.cdist(a, b, p=p), pair, [p])
    D = torch.distributions
    kinds = {
        'categorical': (lambda x: D.Categorical(logits=x, validate_args=False), [1, 4, 0, 2]),
        'bernoulli': (lambda x: D.Bernoulli(logits=x, validate_args=False), None),
    }
    for name, (made, picked) in kinds.items():
        inputs = seeded(f'{name} distribution', (4, 5), (4, 5))
        value = torch.tensor(picked) if picked else torch.arange(20).reshape(4, 5) % 2
        yield case(f'{name} logProb', 'logProb', lambda x, m=made, v=value: m(x).log_prob(v.double() if v.dim() > 1 else v), inputs[:1], [name, value.flatten().tolist()])
        yield case(f'{name} entropy', 'entropy', lambda x, m=made: m(x).entropy(), inputs[:1], [name])
        yield case(f'{name} klDivergence', 'klDivergence', lambda a, b, m=made: D.kl_divergence(m(a), m(b)), inputs, [name])
    shares = seeded('shares of a distribution', (3, 4), low=0.1, high=0.9)
    yield case('categorical of probabilities', 'entropyOfProbs', lambda x: D.Categorical(probs=x, validate_args=False).entropy(), shares, ['categorical'])
    yield case('bernoulli of probabilities', 'entropyOfProbs', lambda x: D.Bernoulli(probs=x, validate_args=False).entropy(), shares, ['bernoulli'])
    means = [*seeded('means of normals', (3, 4), (3, 4)), *[spread(f'deviations of normals {i}', (3, 4), 0.3, 2) for i in range(2)]]
    yield case('normal logProb', 'normalLogProb', lambda x, m, s: D.Normal(m, s).log_prob(x), means[:3])
    yield case('normal entropy', 'normalEntropy', lambda m, s: D.Normal(m, s).entropy(), means[1:3])
    yield case('normal klDivergence', 'normalKl', lambda a, b, s, t: D.kl_divergence(D.Normal(a, s), D.Normal(b, t)), means)
    for mode in ('reflect', 'replicate', 'circular'):
        yield case(f'pad {mode}', 'padMode', lambda x, m=mode: F.pad(x, [2, 1, 1, 2], mode=m), seeded(f'pad {mode}', (2, 3, 4, 5)), [[2, 1, 1, 2], mode])
    for title, options in {
        'nearest, twice as large': {'scaleFactor': 2}, 'nearest to a size': {'size': [5, 7]}, 'bilinear': {'scaleFactor': 2, 'mode': 'bilinear'},
        'bilinear to a smaller size': {'size': [2, 3], 'mode': 'bilinear'}, 'bilinear with aligned corners': {'size': [7, 9], 'mode': 'bilinear', 'alignCorners': True},
    }.items():
        named = {snake(key): value for key, value in options.items()}
        yield case(f'interpolate {title}', 'interpolate', lambda x, n=named: F.interpolate(x, **n), seeded(f'interpolate {title}', (2, 3, 4, 5)), [options])


GROUPS = {
    'functional': functional,
    'elementwise': elementwise,
    'reductions': reductions,
    'matrices': matrices,
    'shapes': shapes,
    'scaled-attention': attention,
    'losses': losses,
}
