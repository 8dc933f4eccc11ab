"""Four whole models: the loss of 100 training steps from given weights on given batches, in float32 and in float64."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from seeded import spread, tensor, whole

STEPS = 100
BATCHES = 4


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(64, 48), nn.Linear(48, 32), nn.Linear(32, 10)

    def forward(self, x):
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3, padding=1)
        self.norm, self.pool, self.fc = nn.BatchNorm2d(8), nn.MaxPool2d(2), nn.Linear(144, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.norm(self.conv1(x))))
        return self.fc(self.pool(F.relu(self.conv2(x))).flatten(1))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.qkv(self.ln1(x)).split(width, 2)
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts)
        scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
        scores = scores.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), -math.inf)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width)
        x = x + self.proj(mixed)
        return x + self.out(F.gelu(self.fc(self.ln2(x)), approximate='tanh'))


class Gpt(nn.Module):
    def __init__(self, vocabulary=29, context=16, width=32, heads=4, layers=2):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.lnf, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        h = self.wte(x) + self.wpe.weight[: x.shape[1]]
        for block in self.blocks:
            h = block(h)
        return self.head(self.lnf(h)).flatten(0, 1)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.lstm, self.fc = nn.Embedding(27, 16), nn.LSTM(16, 32, batch_first=True), nn.Linear(32, 27)

    def forward(self, x):
        return self.fc(self.lstm(self.embed(x))[0]).flatten(0, 1)


MODELS = {
    'mlp': (Mlp, lambda p: torch.optim.Adam(p, lr=3e-3), None),
    'cnn': (Cnn, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=1e-3), None),
    'gpt': (Gpt, lambda p: torch.optim.AdamW(p, lr=5e-4, weight_decay=0.1), 1.0),
    'lstm': (Lstm, lambda p: torch.optim.Adam(p, lr=5e-3), None),
}
INPUTS = {
    'mlp': lambda b: (spread(f'mlp/x{b}', (32, 64), 0, 1), whole(f'mlp/y{b}', (32,), 10)),
    'cnn': lambda b: (spread(f'cnn/x{b}', (16, 1, 14, 14), 0, 1), whole(f'cnn/y{b}', (16,), 10)),
    'gpt': lambda b: (whole(f'gpt/x{b}', (4, 16), 29), whole(f'gpt/y{b}', (64,), 29)),
    'lstm': lambda b: (whole(f'lstm/x{b}', (8, 12), 27), whole(f'lstm/y{b}', (96,), 27)),
}


def initial(name, module):
    """Descriptions of the initial parameters: PyTorch's usual spread for each kind of layer, our numbers."""
    specs = {}
    for path, value in module.named_parameters():
        if value.dim() == 1 and ('ln' in path or 'norm' in path):
            low = high = 1.0 if path.endswith('weight') else 0.0
            specs[path] = {'shape': list(value.shape), 'seed': 0, 'low': low, 'high': high}
            continue
        size = value[0].numel() if value.dim() > 1 else 32
        bound = 1 / math.sqrt(size)
        specs[path] = spread(f'{name}/{path}', value.shape, -bound, bound)
    return specs


def curve(name, dtype):
    factory, optimizer_of, clip = MODELS[name]
    module = factory().to(dtype)
    state = initial(name, module)
    with torch.no_grad():
        for path, value in module.named_parameters():
            value.copy_(tensor(state[path], dtype))
    optimizer = optimizer_of(module.parameters())
    batches = [INPUTS[name](b) for b in range(BATCHES)]
    data = [(tensor(x, dtype), tensor(y)) for x, y in batches]
    losses = []
    for step in range(STEPS):
        x, y = data[step % BATCHES]
        optimizer.zero_grad()
        loss = F.cross_entropy(module(x), y)
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(module.parameters(), clip)
        optimizer.step()
        losses.append(loss.item())
    return state, batches, losses


def models():
    for name in MODELS:
        state, batches, exact = curve(name, torch.float64)
        _, _, usual = curve(name, torch.float32)
        apart = max(abs(a - b) / abs(b) for a, b in zip(usual, exact))
        print(f'{name}: {exact[0]:.4f} to {exact[-1]:.4f}, float32 within {apart:.1e} of float64')
        yield {'title': name, 'state': state, 'batches': [list(pair) for pair in batches], 'float32': usual, 'float64': exact}


GROUPS = {'models': models}
