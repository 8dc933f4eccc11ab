"""What PyTorch's layers answer: outputs and gradients for inputs and weights that `fill` makes. Writes layers.json.

    python3 test/golden/pytorch/layers.py      (Debian's python3-torch)
"""
import json
import pathlib
import torch
from torch import nn
from fill import fill, whole

torch.manual_seed(0)
torch.set_num_threads(1)


class Attention(nn.Module):
    """Self-attention by nn.MultiheadAttention, output alone."""

    def __init__(self, causal):
        super().__init__()
        self.inner = nn.MultiheadAttention(16, 4, batch_first=True)
        self.causal = causal

    def forward(self, x):
        mask = torch.triu(torch.full((x.shape[1], x.shape[1]), float('-inf')), 1) if self.causal else None
        return self.inner(x, x, x, attn_mask=mask, need_weights=False)[0]


class First(nn.Module):
    """The first of what a recurrent layer returns."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)[0]


CASES = {
    'Linear': (lambda: nn.Linear(7, 5), [(3, 7)]),
    'Linear without bias, 3 dimensions': (lambda: nn.Linear(6, 9, bias=False), [(2, 3, 6)]),
    'Conv2d': (lambda: nn.Conv2d(3, 5, 3), [(2, 3, 7, 6)]),
    'Conv2d padded and strided': (lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1), [(2, 4, 9, 8)]),
    'Conv2d dilated': (lambda: nn.Conv2d(2, 3, 3, dilation=2, padding=2), [(1, 2, 8, 8)]),
    'Conv2d grouped': (lambda: nn.Conv2d(4, 8, 3, groups=2, padding=1), [(2, 4, 5, 5)]),
    'Conv2d depthwise': (lambda: nn.Conv2d(4, 4, 3, groups=4, padding=1), [(2, 4, 5, 5)]),
    'Conv2d 1x1 without bias': (lambda: nn.Conv2d(8, 4, 1, bias=False), [(2, 8, 3, 5)]),
    'Conv1d': (lambda: nn.Conv1d(3, 4, 3, padding=1), [(2, 3, 9)]),
    'ConvTranspose2d': (lambda: nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1), [(2, 4, 4, 5)]),
    'MaxPool2d': (lambda: nn.MaxPool2d(2), [(2, 3, 7, 6)]),
    'MaxPool2d overlapping': (lambda: nn.MaxPool2d(3, stride=2, padding=1), [(2, 3, 8, 7)]),
    'AvgPool2d': (lambda: nn.AvgPool2d(2), [(2, 3, 6, 6)]),
    'AdaptiveAvgPool2d': (lambda: nn.AdaptiveAvgPool2d(1), [(2, 3, 5, 7)]),
    'BatchNorm2d': (lambda: nn.BatchNorm2d(4), [(3, 4, 5, 2)]),
    'BatchNorm1d': (lambda: nn.BatchNorm1d(6), [(5, 6)]),
    'LayerNorm': (lambda: nn.LayerNorm(12), [(4, 12)]),
    'GroupNorm': (lambda: nn.GroupNorm(2, 6), [(2, 6, 4, 3)]),
    'Embedding': (lambda: nn.Embedding(10, 6), [('whole', (4, 5), 10)]),
    'GELU': (lambda: nn.GELU(), [(5, 9)]),
    'GELU tanh': (lambda: nn.GELU(approximate='tanh'), [(5, 9)]),
    'SiLU': (lambda: nn.SiLU(), [(5, 9)]),
    'ELU': (lambda: nn.ELU(), [(5, 9)]),
    'Softplus': (lambda: nn.Softplus(), [(5, 9)]),
    'Softmax': (lambda: nn.Softmax(dim=1), [(5, 9)]),
    'LogSoftmax': (lambda: nn.LogSoftmax(dim=-1), [(5, 9)]),
    'RNN': (lambda: First(nn.RNN(5, 7, batch_first=True)), [(3, 6, 5)]),
    'LSTM': (lambda: First(nn.LSTM(5, 7, num_layers=2, batch_first=True)), [(3, 6, 5)]),
    'GRU': (lambda: First(nn.GRU(5, 7, batch_first=True)), [(3, 6, 5)]),
    'MultiheadAttention': (lambda: Attention(False), [(2, 6, 16)]),
    'MultiheadAttention causal': (lambda: Attention(True), [(2, 6, 16)]),
    'TransformerEncoderLayer': (lambda: nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True), [(2, 6, 16)]),
    'TransformerEncoderLayer norm first': (
        lambda: nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, activation='gelu', batch_first=True, norm_first=True),
        [(2, 5, 16)],
    ),
}

LOSSES = {
    'CrossEntropyLoss': (lambda: nn.CrossEntropyLoss(), (6, 9), ('whole', (6,), 9)),
    'CrossEntropyLoss smoothed': (lambda: nn.CrossEntropyLoss(label_smoothing=0.1), (6, 9), ('whole', (6,), 9)),
    'CrossEntropyLoss ignoring a class': (lambda: nn.CrossEntropyLoss(ignore_index=3), (16, 5), ('whole', (16,), 5)),
    'CrossEntropyLoss summed': (lambda: nn.CrossEntropyLoss(reduction='sum'), (6, 9), ('whole', (6,), 9)),
    'NLLLoss': (lambda: nn.NLLLoss(), (6, 9), ('whole', (6,), 9)),
    'MSELoss': (lambda: nn.MSELoss(), (4, 5), (4, 5)),
    'L1Loss': (lambda: nn.L1Loss(), (4, 5), (4, 5)),
    'SmoothL1Loss': (lambda: nn.SmoothL1Loss(), (4, 5), (4, 5)),
    'HuberLoss': (lambda: nn.HuberLoss(delta=0.5), (4, 5), (4, 5)),
    'BCEWithLogitsLoss': (lambda: nn.BCEWithLogitsLoss(), (4, 5), ('unit', (4, 5))),
    'BCELoss': (lambda: nn.BCELoss(), ('unit', (4, 5)), ('unit', (4, 5))),
    'KLDivLoss': (lambda: nn.KLDivLoss(reduction='batchmean'), (4, 5), ('unit', (4, 5))),
}


def make(spec, seed):
    if spec[0] == 'whole':
        return torch.from_numpy(whole(spec[1], seed, spec[2]))
    if spec[0] == 'unit':
        return torch.from_numpy(fill(spec[1], seed, 0.45, 0.5))
    return torch.from_numpy(fill(spec, seed, 1.5))


def numbers(tensor):
    return [float('%.7g' % value) for value in tensor.detach().flatten().tolist()]


def initialize(module):
    for index, (name, parameter) in enumerate(sorted(module.named_parameters())):
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(fill(tuple(parameter.shape), 100 + index, 0.5)))


def answer(module, inputs):
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    output = module(*inputs)
    seed = torch.from_numpy(fill(tuple(output.shape), 999))
    output.backward(seed)
    return {
        'shape': list(output.shape),
        'output': numbers(output),
        'inputGradients': [numbers(x.grad) if x.grad is not None else None for x in inputs],
        'parameterGradients': {name.replace('inner.', ''): numbers(p.grad) for name, p in sorted(module.named_parameters())},
        'buffers': {name: numbers(b.float()) for name, b in module.named_buffers() if b.ndim > 0},
    }


layers = {}
for name, (build, specs) in CASES.items():
    module = build()
    initialize(module)
    layers[name] = answer(module, [make(spec, 1 + i) for i, spec in enumerate(specs)])

losses = {}
for name, (build, given, wanted) in LOSSES.items():
    x = make(given, 1).requires_grad_()
    loss = build()(x, make(wanted, 2))
    loss.backward()
    losses[name] = {'loss': numbers(loss), 'gradient': numbers(x.grad)}

target = pathlib.Path(__file__).parent / 'layers.json'
target.write_text(json.dumps({'torch': torch.__version__, 'layers': layers, 'losses': losses}, separators=(',', ':')) + '\n')
print(f'{target}: {target.stat().st_size} bytes')
