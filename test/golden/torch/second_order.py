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
