"""Parameters after ten steps of PyTorch's optimizers with gradients that `fill` makes, and its learning-rate schedules.

    python3 test/golden/pytorch/optimizers.py      (Debian's python3-torch)
"""
import json
import pathlib
import torch
from fill import fill

SHAPES = [(3, 5), (7,), (2, 2, 2)]
STEPS = 10

OPTIMIZERS = {
    'SGD': lambda p: torch.optim.SGD(p, lr=0.1),
    'SGD with momentum': lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    'SGD with everything': lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, dampening=0.2, weight_decay=0.01),
    'SGD with Nesterov': lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    'Adam': lambda p: torch.optim.Adam(p, lr=0.01),
    'Adam with decay': lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    'AdamW': lambda p: torch.optim.AdamW(p, lr=0.01),
    'AdamW with decay': lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.9, 0.95), weight_decay=0.3),
    'RMSprop': lambda p: torch.optim.RMSprop(p, lr=0.01),
    'RMSprop with momentum': lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.9, momentum=0.8, weight_decay=0.01),
}

SCHEDULES = {
    'StepLR': lambda o: torch.optim.lr_scheduler.StepLR(o, 4, gamma=0.5),
    'MultiStepLR': lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [3, 9], gamma=0.1),
    'ExponentialLR': lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
    'LinearLR': lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=0.25, total_iters=6),
    'CosineAnnealingLR': lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20, eta_min=0.001),
    'OneCycleLR': lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.5, total_steps=20, cycle_momentum=False),
    'LambdaLR': lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
}


def parameters():
    return [torch.nn.Parameter(torch.from_numpy(fill(shape, 10 + i))) for i, shape in enumerate(SHAPES)]


results = {}
for name, build in OPTIMIZERS.items():
    params = parameters()
    optimizer = build(params)
    for step in range(STEPS):
        for i, parameter in enumerate(params):
            parameter.grad = torch.from_numpy(fill(SHAPES[i], 1000 + 10 * step + i))
        optimizer.step()
    results[name] = [[float('%.7g' % v) for v in p.detach().flatten().tolist()] for p in params]

schedules = {}
for name, build in SCHEDULES.items():
    optimizer = torch.optim.SGD(parameters(), lr=0.1)
    schedule = build(optimizer)
    rates = [optimizer.param_groups[0]['lr']]
    for _ in range(19):
        optimizer.step()
        schedule.step()
        rates.append(optimizer.param_groups[0]['lr'])
    schedules[name] = rates

target = pathlib.Path(__file__).parent / 'optimizers.json'
target.write_text(json.dumps({'torch': torch.__version__, 'optimizers': results, 'schedules': schedules}, separators=(',', ':')) + '\n')
print(f'{target}: {target.stat().st_size} bytes')
