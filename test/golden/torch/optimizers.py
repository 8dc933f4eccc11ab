"""Optimizers over some steps of given gradients, learning-rate schedules, gradient clipping."""
import functools

import torch

from layers import call
from seeded import spread, stored, tensor

SHAPES = ((5,), (3, 7), (1,), (129,))
STEPS = 6


class Lion(torch.optim.Optimizer):
    """Not part of PyTorch: the update of Chen et al., Symbolic Discovery of Optimization Algorithms, 2023."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(params, {'lr': lr, 'betas': betas, 'weight_decay': weight_decay, 'maximize': maximize})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group['betas']
            for p in group['params']:
                momentum = self.state[p].setdefault('momentum', torch.zeros_like(p))
                grad = -p.grad if group['maximize'] else p.grad
                p.mul_(1 - group['lr'] * group['weight_decay'])
                p.sub_(group['lr'] * (momentum * first + grad * (1 - first)).sign())
                momentum.mul_(second).add_(grad, alpha=1 - second)


# NAdam's plain loop in PyTorch 1.13 takes the momentum of a step twice; the way by lists of tensors does not.
FACTORIES = {'Lion': Lion, 'NAdam': functools.partial(torch.optim.NAdam, foreach=True)}


def parameters():
    specs = [spread(f'optimizer/parameter{i}', shape) for i, shape in enumerate(SHAPES)]
    return specs, [tensor(spec).requires_grad_() for spec in specs]


def gradient(step, i):
    return spread(f'optimizer/gradient{step}.{i}', SHAPES[i])


def optimizer(title, name, options, groups=None):
    """Parameters after the first and the last step, the gradient of each step being `gradient(step, i)`."""
    specs, values = parameters()
    factory = FACTORIES.get(name) or getattr(torch.optim, name)
    if groups:
        listed = [call(dict, [{key: value for key, value in g.items() if key != 'params'}]) for g in groups]
        target = [{**options_of, 'params': [values[i] for i in g['params']]} for options_of, g in zip(listed, groups)]
    else:
        target = values
    made = call(lambda *a, **k: factory(target, **k), [options])
    after = {}
    for step in range(STEPS):
        for i, value in enumerate(values):
            value.grad = tensor(gradient(step, i))
        made.step()
        if step in (0, STEPS - 1):
            after[step] = [stored(value) for value in values]
    out = {'title': title, 'optimizer': name, 'options': options, 'parameters': specs, 'steps': STEPS, 'after': after}
    out['gradients'] = [[gradient(step, i) for i in range(len(SHAPES))] for step in range(STEPS)]
    return {**out, 'groups': groups} if groups else out


def optimizers():
    yield optimizer('SGD', 'SGD', {'lr': 0.1})
    yield optimizer('SGD with momentum', 'SGD', {'lr': 0.1, 'momentum': 0.9})
    yield optimizer('SGD with Nesterov momentum and decay', 'SGD', {'lr': 0.05, 'momentum': 0.9, 'nesterov': True, 'weightDecay': 0.1})
    yield optimizer('SGD with dampening', 'SGD', {'lr': 0.05, 'momentum': 0.8, 'dampening': 0.3})
    yield optimizer('Adam', 'Adam', {})
    yield optimizer('Adam with decay in the gradient', 'Adam', {'lr': 0.01, 'betas': [0.8, 0.95], 'eps': 1e-6, 'weightDecay': 0.1})
    yield optimizer('Adam with the largest second moment', 'Adam', {'lr': 0.01, 'amsgrad': True})
    yield optimizer('AdamW', 'AdamW', {})
    yield optimizer('AdamW with decay', 'AdamW', {'lr': 0.02, 'weightDecay': 0.3})
    yield optimizer('RMSprop', 'RMSprop', {})
    yield optimizer('RMSprop centered with momentum', 'RMSprop', {'lr': 0.003, 'alpha': 0.9, 'momentum': 0.5, 'centered': True, 'weightDecay': 0.05})
    yield optimizer('Lion', 'Lion', {'lr': 0.003, 'weightDecay': 0.1})
    yield optimizer('SGD that climbs', 'SGD', {'lr': 0.1, 'weightDecay': 0.1, 'maximize': True})
    yield optimizer('SGD with momentum that climbs', 'SGD', {'lr': 0.1, 'momentum': 0.9, 'weightDecay': 0.1, 'maximize': True})
    yield optimizer('Adam that climbs', 'Adam', {'lr': 0.01, 'weightDecay': 0.1, 'maximize': True})
    yield optimizer('Adam with the largest second moment that climbs', 'Adam', {'lr': 0.01, 'amsgrad': True, 'maximize': True})
    yield optimizer('AdamW that climbs', 'AdamW', {'lr': 0.02, 'weightDecay': 0.3, 'maximize': True})
    yield optimizer('RMSprop that climbs', 'RMSprop', {'lr': 0.003, 'weightDecay': 0.05, 'maximize': True})
    yield optimizer('RMSprop centered that climbs', 'RMSprop', {'lr': 0.003, 'centered': True, 'maximize': True})
    yield optimizer('Lion that climbs', 'Lion', {'lr': 0.003, 'weightDecay': 0.1, 'maximize': True})
    yield optimizer('Adagrad', 'Adagrad', {'lr': 0.1, 'lrDecay': 0.1, 'weightDecay': 0.05})
    yield optimizer('Adadelta', 'Adadelta', {'rho': 0.8, 'weightDecay': 0.05})
    yield optimizer('Adamax', 'Adamax', {'lr': 0.01, 'betas': [0.8, 0.9], 'weightDecay': 0.05})
    yield optimizer('NAdam', 'NAdam', {'lr': 0.01, 'betas': [0.8, 0.9], 'momentumDecay': 0.1, 'weightDecay': 0.05})
    yield optimizer('RAdam', 'RAdam', {'lr': 0.01, 'weightDecay': 0.05})
    yield optimizer('RAdam that divides soon', 'RAdam', {'lr': 0.01, 'betas': [0.9, 0.8]})
    for name in ('Adagrad', 'Adadelta', 'Adamax'):
        yield optimizer(f'{name} that climbs', name, {'maximize': True})
    groups = [{'params': [0, 2], 'weightDecay': 0}, {'params': [1, 3], 'lr': 0.05}]
    yield optimizer('AdamW of two groups', 'AdamW', {'lr': 0.01, 'weightDecay': 0.2}, groups)


def schedule(title, name, base, options, steps=24):
    """Learning rates, and momenta where they change, before each step."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    sgd = torch.optim.SGD([parameter], lr=base, momentum=0.9)
    made = call(lambda *a, **k: getattr(torch.optim.lr_scheduler, name)(sgd, *a, **k), [options])
    return {'title': title, 'schedule': name, 'lr': base, 'options': options, **followed(sgd, lambda _: made.step(), steps)}


def followed(sgd, advance, steps):
    rates, momenta = [], []
    for step in range(steps):
        rates.append(sgd.param_groups[0]['lr'])
        momenta.append(sgd.param_groups[0]['momentum'])
        sgd.step()
        advance(step)
    return {'rates': rates, 'momenta': momenta} if len(set(momenta)) > 1 else {'rates': rates}


def sequence(title, base, parts, milestones, steps=24):
    """Schedules one after the other."""
    sgd = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    find = lambda name: getattr(torch.optim.lr_scheduler, name)
    made = [call(lambda *a, n=name, **k: find(n)(sgd, *a, **k), [options]) for name, options in parts]
    whole = torch.optim.lr_scheduler.SequentialLR(sgd, made, milestones)
    listed = [{'schedule': name, 'options': options} for name, options in parts]
    out = {'title': title, 'schedule': 'SequentialLR', 'lr': base, 'parts': listed, 'options': {'milestones': milestones}}
    return {**out, **followed(sgd, lambda _: whole.step(), steps)}


def plateau(title, base, options, figures):
    sgd = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    made = call(lambda *a, **k: torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, *a, **k), [options])
    out = {'title': title, 'schedule': 'ReduceLROnPlateau', 'lr': base, 'options': options, 'figures': figures}
    return {**out, **followed(sgd, lambda step: made.step(figures[step]), len(figures))}


def schedules():
    yield schedule('StepLR', 'StepLR', 0.1, {'stepSize': 5})
    yield schedule('StepLR with gamma', 'StepLR', 0.3, {'stepSize': 7, 'gamma': 0.5})
    yield schedule('MultiStepLR', 'MultiStepLR', 0.1, {'milestones': [3, 9, 10]})
    yield schedule('ExponentialLR', 'ExponentialLR', 0.1, {'gamma': 0.9})
    yield schedule('CosineAnnealingLR', 'CosineAnnealingLR', 0.1, {'tMax': 20})
    yield schedule('CosineAnnealingLR with a floor', 'CosineAnnealingLR', 0.1, {'tMax': 24, 'etaMin': 0.01})
    yield schedule('LinearLR as a warm-up', 'LinearLR', 0.1, {'startFactor': 0.1, 'totalIters': 8})
    yield schedule('ConstantLR', 'ConstantLR', 0.1, {'factor': 0.2, 'totalIters': 7})
    yield schedule('PolynomialLR', 'PolynomialLR', 0.1, {'totalIters': 15, 'power': 2.0})
    yield schedule('CosineAnnealingWarmRestarts', 'CosineAnnealingWarmRestarts', 0.1, {'t0': 4, 'tMult': 2, 'etaMin': 0.001})
    yield sequence('SequentialLR of a warm-up and a cosine', 0.1, [('LinearLR', {'startFactor': 0.1, 'totalIters': 6}), ('CosineAnnealingLR', {'tMax': 18})], [6])
    yield sequence('SequentialLR of three', 0.1, [('ConstantLR', {'factor': 0.5, 'totalIters': 20}), ('ExponentialLR', {'gamma': 0.9}), ('StepLR', {'stepSize': 3})], [5, 12])
    flat = [1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    yield plateau('ReduceLROnPlateau', 0.1, {'patience': 2, 'factor': 0.5}, flat)
    yield plateau('ReduceLROnPlateau that cools down', 0.1, {'patience': 1, 'cooldown': 3, 'minLr': 0.02}, flat)
    yield plateau('ReduceLROnPlateau of what is to rise', 0.1, {'mode': 'max', 'patience': 1, 'thresholdMode': 'abs', 'threshold': 0.2}, [-value for value in flat])
    yield schedule('OneCycleLR of three phases', 'OneCycleLR', 0.1, {'maxLr': 0.4, 'totalSteps': 25, 'threePhase': True, 'maxMomentum': 0.97, 'baseMomentum': 0.8})
    yield schedule('OneCycleLR of the rate alone', 'OneCycleLR', 0.1, {'maxLr': 0.4, 'totalSteps': 25, 'cycleMomentum': False})
    yield schedule('OneCycleLR', 'OneCycleLR', 0.1, {'maxLr': 0.4, 'totalSteps': 25})
    yield schedule('OneCycleLR linear', 'OneCycleLR', 0.1, {'maxLr': 1, 'totalSteps': 25, 'pctStart': 0.5, 'annealStrategy': 'linear', 'divFactor': 10})


def clipping():
    for title, most, kind in (('clipGradNorm', 1.5, 2.0), ('clipGradNorm that leaves them', 1e3, 2.0)):
        specs, values = parameters()
        for i, value in enumerate(values):
            value.grad = tensor(gradient(0, i))
        norm = torch.nn.utils.clip_grad_norm_(values, most, norm_type=kind)
        yield {
            'title': title,
            'clip': most,
            'parameters': specs,
            'gradients': [gradient(0, i) for i in range(len(SHAPES))],
            'norm': float(norm),
            'clipped': [stored(value.grad) for value in values],
        }


GROUPS = {'optimizers': optimizers, 'schedules': schedules, 'clipping': clipping}
