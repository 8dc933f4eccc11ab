"""Gradients of gradients: of sum(slope * cotangent) over the first gradients of an expression."""
import torch
import torch.nn.functional as F

from seeded import spread, stored, tensor


def shuffled(x):
    """Slices, joins, margins and orders."""
    part = torch.cat([x[:, ::2], x.flip(0)[:, 1:3]], 1).t().reshape(2, 2, -1)
    return (F.pad(part, [1, 0, 0, 2]) * part.sum()).pow(3).sum()


def picked(x):
    index = torch.tensor([[0, 2], [4, 1], [3, 3], [1, 0]])
    return (x.gather(1, index).square().sum(1) * x.amax(1)).sum() + torch.where(x > 0, x.square(), x.pow(3)).sum()


def activated(x):
    return (torch.sigmoid(x) * F.softplus(x) + F.silu(x) * F.gelu(x) + F.leaky_relu(x, 0.2).square() + F.elu(x) * torch.erf(x) + F.relu(x) ** 3).sum()


def chained(x):
    return (x.exp() * x.log() + x.sqrt() / x.sin() + x**3 * x.cos() - x.rsqrt() * x.reciprocal() + (2 / x).log1p() + x.clamp(0.5, 1).square()).sum()


def root_mean_square(x, w):
    return (x * (x.square().mean(-1, keepdim=True) + 1e-5).rsqrt() * w).pow(3).sum()


def fixed_batch(x, w, b):
    return F.batch_norm(x, x.new_tensor([0.2, -0.1, 0.3]), x.new_tensor([1.5, 0.5, 2.0]), w, b).pow(3).sum()


def attended(q, k, v):
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    hidden = torch.ones(4, 4).triu(1).bool()
    return (scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v).pow(3).sum() + (scores.softmax(-1) @ v).square().sum()


def classes(x):
    target = torch.tensor([2, 0, -100, 1])
    each = F.cross_entropy(x, target, reduction='none')
    return F.cross_entropy(x, target, label_smoothing=0.1).square() + F.cross_entropy(x, target, reduction='sum').exp() + each.pow(3).sum()


def pooled(x):
    return F.max_pool2d(x, 3, stride=2, padding=1, dilation=1).pow(3).sum() + F.max_pool2d(x, 2).square().sum() + F.avg_pool2d(x, (3, 2), stride=2, padding=1, count_include_pad=False).pow(3).sum()


def looked_up(w):
    return F.embedding(torch.tensor([[0, 2, 1], [2, 2, 3]]), w, padding_idx=1).pow(3).sum()


def spread_out(x, y):
    index = torch.tensor([[0, 1, 2, 0], [2, 0, 1, 2]])
    return x.scatter_add(0, index, y).pow(3).sum() + x.cumsum(1).pow(3).sum() + x.scatter(0, index[:1], y[:1]).square().sum()


EXPRESSIONS = {
    'dense': (lambda x, w, b, v: F.linear(torch.tanh(F.linear(x, w, b)), v).square().sum(), [(4, 3), (5, 3), (5,), (2, 5)], -1, 1),
    'chained': (chained, [(3, 4)], 0.3, 1.5),
    'activated': (activated, [(3, 8)], -2, 2),
    'softmax': (lambda x, y: (x.softmax(-1) * y.log_softmax(-1)).sum(), [(3, 5), (3, 5)], -2, 2),
    'convolution': (lambda x, w, b: torch.tanh(F.conv2d(x, w, b, stride=(2, 1), padding=(1, 0))).sum(), [(2, 3, 6, 5), (4, 3, 3, 2), (4,)], -1, 1),
    'dilated': (lambda x, w: F.conv2d(x, w, dilation=2, padding=1).pow(3).sum(), [(2, 2, 7, 6), (3, 2, 3, 2)], -1, 1),
    'transposed': (lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1, output_padding=1).square().sum(), [(2, 3, 4, 3), (3, 2, 3, 3)], -1, 1),
    'product': (lambda a, b: torch.sigmoid(a @ b).sum(), [(2, 3, 4), (4, 5)], -1, 1),
    'broadcast': (lambda a, b: (a / b * a - b.pow(a)).sum(), [(3, 1), (1, 4)], 0.5, 2),
    'penalty': (lambda x: (x.norm(dim=1) - 1).square().mean(), [(4, 3)], -1, 1),
    'shuffled': (shuffled, [(3, 4)], -1, 1),
    'picked': (picked, [(4, 5)], -1, 1),
    'layer norm': (lambda x, w, b: F.layer_norm(x, (3, 5), w, b).pow(3).sum(), [(4, 3, 5), (3, 5), (3, 5)], -1, 1),
    'root mean square norm': (root_mean_square, [(4, 6), (6,)], -1, 1),
    'group norm': (lambda x, w, b: F.group_norm(x, 2, w, b).pow(3).sum(), [(2, 4, 3, 2), (4,), (4,)], -1, 1),
    'batch norm': (lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True).pow(3).sum(), [(3, 3, 2, 2), (3,), (3,)], -1, 1),
    'batch norm that is fixed': (fixed_batch, [(3, 3, 2, 2), (3,), (3,)], -1, 1),
    'attention': (attended, [(2, 4, 3), (2, 4, 3), (2, 4, 2)], -1, 1),
    'classes': (classes, [(4, 3)], -1, 1),
    'pooled': (pooled, [(2, 2, 7, 6)], -1, 1),
    'looked up': (looked_up, [(4, 3)], -1, 1),
    'spread out': (spread_out, [(3, 4), (2, 4)], -1, 1),
    'channels last': (lambda x, w, b: F.conv2d(x.permute(0, 3, 1, 2), w.permute(0, 3, 1, 2), b, padding=1).pow(3).sum(), [(2, 5, 4, 3), (2, 3, 3, 3), (2,)], -1, 1),
    'variance': (lambda x: x.var(1).log().sum() + x.maximum(x.square()).mean(), [(3, 6)], -2, 2),
}


def second_order():
    for name, (compute, shapes, low, high) in EXPRESSIONS.items():
        inputs = [spread(f'second order/{name}/{i}', shape, low, high) for i, shape in enumerate(shapes)]
        tensors = [tensor(spec).requires_grad_() for spec in inputs]
        slopes = torch.autograd.grad(compute(*tensors), tensors, create_graph=True)
        cotangents = [spread(f'second order/{name}/cotangent{i}', shape) for i, shape in enumerate(shapes)]
        total = sum((slope * tensor(spec)).sum() for slope, spec in zip(slopes, cotangents))
        curves = torch.autograd.grad(total, tensors, allow_unused=True)
        yield {
            'title': name,
            'inputs': inputs,
            'slopes': [stored(value) for value in slopes],
            'cotangents': cotangents,
            'curves': [None if value is None else stored(value) for value in curves],
        }


GROUPS = {'second-order': second_order}
