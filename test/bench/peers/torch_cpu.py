"""The workloads in PyTorch on the CPU. Reads one JSON request a line, prints one reply a line; see engine/protocol.ts."""
import json
import math
import os
import sys
import time

os.environ['OMP_NUM_THREADS'] = os.environ['OPENBLAS_NUM_THREADS'] = sys.argv[3]
import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[3]))
NAME, FOLDER = sys.argv[1], sys.argv[2]
WARM_UP = 3

with open(os.path.join(FOLDER, f'{NAME}.json')) as file:
    W = json.load(file)
RAW = np.fromfile(os.path.join(FOLDER, f'{NAME}.bin'), '<u4')


def read(place, kind):
    count = int(np.prod(place['shape']))
    part = RAW[place['offset'] : place['offset'] + count].view(kind)
    return torch.from_numpy(part.reshape(place['shape']).copy())


P = {key: read(place, '<f4').requires_grad_() for key, place in W['parameters'].items()}
BATCHES = [(read(b['x'], '<i4').long() if NAME == 'gpt' else read(b['x'], '<f4'), read(b['y'], '<i4').long()) for b in W['batches']]
MASK = torch.full((W['context'], W['context']), -math.inf).triu(1)


def linear(x, layer):
    return F.linear(x, P[f'{layer}.weight'], P.get(f'{layer}.bias'))


def norm(x, layer):
    return F.layer_norm(x, (W['width'],), P[f'{layer}.weight'], P[f'{layer}.bias'])


def mlp(x):
    return linear(F.relu(linear(F.relu(linear(x, 'fc1')), 'fc2')), 'fc3')


def cnn(x):
    x = F.relu(F.conv2d(x, P['conv1.weight'], P['conv1.bias']))
    x = F.relu(F.conv2d(x, P['conv2.weight'], P['conv2.bias']))
    return linear(F.relu(linear(F.max_pool2d(x, 2).flatten(1), 'fc1')), 'fc2')


def gpt(x):
    batch, length = x.shape
    width, heads = W['width'], W['heads']
    h = F.embedding(x, P['wte.weight']) + P['wpe.weight']
    for layer in range(W['layers']):
        at = f'blocks.{layer}'
        parts = linear(norm(h, f'{at}.ln1'), f'{at}.qkv').split(width, 2)
        q, k, v = (part.view(batch, length, heads, -1).transpose(1, 2) for part in parts)
        shares = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(width // heads) + MASK, -1)
        h = h + linear((shares @ v).transpose(1, 2).reshape(batch, length, width), f'{at}.proj')
        h = h + linear(F.gelu(linear(norm(h, f'{at}.ln2'), f'{at}.fc'), approximate='tanh'), f'{at}.out')
    return linear(norm(h, 'lnf'), 'head').flatten(0, 1)


MODEL = {'mlp': mlp, 'cnn': cnn, 'gpt': gpt}[NAME]
ALL = list(P.values())
OPTIMIZER = {
    'mlp': lambda: torch.optim.Adam(ALL, lr=1e-3),
    'cnn': lambda: torch.optim.SGD(ALL, lr=0.01, momentum=0.9),
    'gpt': lambda: torch.optim.AdamW(ALL, lr=3e-4, weight_decay=0.1),
}[NAME]()
index = 0


def step():
    global index
    x, y = BATCHES[index % len(BATCHES)]
    index += 1
    OPTIMIZER.zero_grad()
    loss = F.cross_entropy(MODEL(x), y)
    loss.backward()
    OPTIMIZER.step()
    return loss.item()


def timed():
    start = time.perf_counter()
    loss = step()
    return (time.perf_counter() - start) * 1e3, loss


for line in sys.stdin:
    request = json.loads(line)
    if request['do'] == 'prepare':
        before = time.process_time()
        first, loss = timed()
        first_cpu = (time.process_time() - before) * 1e3
        reply = {'kind': 'prepared', 'firstMs': first, 'firstCpuMs': first_cpu, 'losses': [loss] + [step() for _ in range(WARM_UP)]}
    elif request['do'] == 'steps':
        before = time.process_time()
        done = [timed() for _ in range(request['count'])]
        cpu = (time.process_time() - before) * 1e3 / request['count']
        reply = {'kind': 'stepped', 'ms': [ms for ms, _ in done], 'cpuMs': cpu, 'losses': [loss for _, loss in done]}
    else:
        step()
        reply = {'kind': 'counted', 'counts': None, 'peakBytes': None, 'pipelines': None}
    print('@reply ' + json.dumps(reply), flush=True)
