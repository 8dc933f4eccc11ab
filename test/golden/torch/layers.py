"""Layers: seeded state and inputs, outputs, and gradients of sum(output * cotangent)."""
import torch
from torch import nn

from seeded import given, option, snake, spread, stored, tensor, truths, whole


# Where PyTorch's own spelling is not the usual one.
NAMES = {'tMax': 'T_max', 't0': 'T_0', 'tMult': 'T_mult'}


def call(factory, arguments):
    """PyTorch's constructor for the arguments a script writes: the last one may be an object of named options."""
    named = arguments[-1] if arguments and isinstance(arguments[-1], dict) else {}
    positional = arguments[:-1] if named or (arguments and isinstance(arguments[-1], dict)) else arguments
    return factory(*positional, **{NAMES.get(key, snake(key)): value for key, value in named.items()})


class RMSNorm(nn.Module):
    """torch.nn.RMSNorm came with PyTorch 2.4; its formula, with float32's epsilon as its default."""

    def __init__(self, shape, eps=1.1920928955078125e-07):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


LAYERS = {'RMSNorm': RMSNorm}
POSITIVE = ('running_var',)


def seeded_state(title, module):
    """Descriptions of every parameter and buffer, which are filled with those numbers."""
    state = {}
    for name, value in module.state_dict().items():
        if not value.is_floating_point():
            continue
        low, high = (0.5, 1.5) if name.endswith(POSITIVE) else (-0.5, 0.5)
        if name.endswith('weight') and value.dim() == 1:
            low, high = 0.5, 1.5
        state[name] = spread(f'{title}/{name}', value.shape, low, high)
        with torch.no_grad():
            value.copy_(tensor(state[name]))
    return state


def run(title, module, inputs, outputs_of):
    """Forward and backward of a module, as one case."""
    state = seeded_state(title, module)
    tensors = [tensor(spec) for spec in inputs]
    for value in tensors:
        if value.is_floating_point():
            value.requires_grad_()
    outputs = outputs_of(module, tensors)
    case = {'inputs': inputs, 'state': state, 'outputs': [stored(value) for value in outputs]}
    if any(value.requires_grad for value in outputs):
        cotangents = [spread(f'{title}/cotangent{i}', value.shape) for i, value in enumerate(outputs)]
        sum((value * tensor(spec)).sum() for value, spec in zip(outputs, cotangents)).backward()
        case['cotangents'] = cotangents
        case['inputGradients'] = [None if value.grad is None else stored(value.grad) for value in tensors]
        case['gradients'] = {
            name: stored(value.grad) for name, value in module.named_parameters() if value.grad is not None
        }
    after = {name: value for name, value in module.named_buffers() if value.is_floating_point()}
    if after and module.training:
        case['buffers'] = {name: stored(value) for name, value in after.items()}
    return case


def flat_outputs(result):
    """LSTM returns (output, (h, c)): as a flat list."""
    if isinstance(result, torch.Tensor):
        return [result]
    return [value for part in result if part is not None for value in flat_outputs(part)]


def layer(title, name, arguments, *inputs, train=True, low=-1.0, high=1.0, **extra):
    """One case: `inputs` are shapes, or descriptions already."""
    factory = LAYERS.get(name) or getattr(nn, name)
    module = call(factory, arguments).double().train(train)
    specs = [
        item if isinstance(item, dict) else spread(f'{title}/input{i}', item, low, high) for i, item in enumerate(inputs)
    ]
    forward = {NAMES.get(key, snake(key)): option(value) for key, value in extra.items()}

    def outputs_of(module, tensors):
        return flat_outputs(module(*tensors, **forward))

    case = {'title': title, 'layer': name, 'arguments': arguments, 'train': train}
    if extra:
        case['forward'] = extra
    return {**case, **run(title, module, specs, outputs_of)}


def dense():
    yield layer('Linear of one row', 'Linear', [7, 5], (1, 7))
    yield layer('Linear of prime sizes', 'Linear', [13, 11], (17, 13))
    yield layer('Linear one off a tile', 'Linear', [33, 31], (65, 33))
    yield layer('Linear without bias', 'Linear', [8, 4, {'bias': False}], (6, 8))
    yield layer('Linear on three axes', 'Linear', [9, 6], (2, 5, 9))
    yield layer('Linear of more than 65535 rows', 'Linear', [3, 2], (65551, 3))
    yield layer('Linear to one', 'Linear', [37, 1], (29, 37))
    index = whole('Embedding/index', (3, 7), 11)
    yield layer('Embedding with repeated rows', 'Embedding', [11, 5], index)
    yield layer('Embedding with a padding row', 'Embedding', [11, 6, {'paddingIdx': 3}], index)


    bags = whole('EmbeddingBag/index', (4, 3), 11)
    for mode in ('sum', 'mean', 'max'):
        yield layer(f'EmbeddingBag {mode}', 'EmbeddingBag', [11, 5, {'mode': mode}], bags)
    row = whole('EmbeddingBag/row', (9,), 11)
    for mode in ('sum', 'mean'):
        yield layer(f'EmbeddingBag {mode} of bags in one row', 'EmbeddingBag', [11, 5, {'mode': mode}], row, {'shape': [4], 'values': [0, 2, 2, 7], 'whole': True})


def convolutions():
    yield layer('Conv1d', 'Conv1d', [3, 5, 3], (2, 3, 11))
    yield layer('Conv1d with stride, padding, dilation', 'Conv1d', [4, 6, 3, {'stride': 2, 'padding': 2, 'dilation': 2}], (3, 4, 17))
    yield layer('Conv1d depthwise', 'Conv1d', [6, 6, 5, {'padding': 2, 'groups': 6, 'bias': False}], (2, 6, 13))
    yield layer('Conv2d valid', 'Conv2d', [3, 8, 3], (2, 3, 9, 7))
    yield layer('Conv2d 1x1', 'Conv2d', [7, 5, 1], (3, 7, 5, 6))
    yield layer('Conv2d padded', 'Conv2d', [5, 7, 3, {'padding': 1}], (2, 5, 8, 9))
    yield layer('Conv2d stride 2', 'Conv2d', [3, 4, 3, {'stride': 2, 'padding': 1}], (2, 3, 11, 8))
    yield layer('Conv2d dilated', 'Conv2d', [2, 3, 3, {'dilation': 2, 'padding': 2}], (2, 2, 9, 10))
    yield layer('Conv2d two groups', 'Conv2d', [4, 6, 3, {'groups': 2, 'padding': 1}], (2, 4, 7, 7))
    yield layer('Conv2d depthwise stride 2', 'Conv2d', [5, 10, 3, {'groups': 5, 'stride': 2}], (1, 5, 9, 9))
    yield layer('Conv2d oblong kernel', 'Conv2d', [2, 3, [5, 2], {'stride': [2, 1], 'padding': [2, 0]}], (2, 2, 11, 6))
    yield layer('Conv2d without bias', 'Conv2d', [1, 1, 3, {'bias': False}], (1, 1, 3, 3))
    yield layer('Conv2d of many channels', 'Conv2d', [32, 33, 3, {'padding': 1}], (1, 32, 5, 5))
    yield layer('Conv1d of the same length', 'Conv1d', [3, 4, 4, {'padding': 'same', 'dilation': 3}], (2, 3, 11))
    yield layer('Conv2d of the same size', 'Conv2d', [3, 4, [3, 2], {'padding': 'same'}], (2, 3, 5, 7))
    yield layer('Conv2d of one image', 'Conv2d', [3, 4, 3], (3, 6, 5))
    for mode in ('reflect', 'replicate', 'circular'):
        yield layer(f'Conv2d padded by mode {mode}', 'Conv2d', [2, 3, [3, 5], {'padding': [1, 2], 'paddingMode': mode}], (2, 2, 5, 6))
    yield layer('Conv1d padded by mode circular', 'Conv1d', [2, 3, 3, {'padding': 2, 'paddingMode': 'circular'}], (2, 2, 7))
    yield layer('Conv2d of the same size by mode reflect', 'Conv2d', [2, 3, 4, {'padding': 'same', 'paddingMode': 'reflect'}], (2, 2, 5, 6))
    yield layer('ConvTranspose1d', 'ConvTranspose1d', [3, 4, 3, {'stride': 2, 'padding': 1, 'outputPadding': 1}], (2, 3, 7))
    yield layer('ConvTranspose2d dilated', 'ConvTranspose2d', [3, 4, 3, {'dilation': 2}], (2, 3, 5, 4))
    yield layer('ConvTranspose2d', 'ConvTranspose2d', [3, 4, 3], (2, 3, 5, 6))
    yield layer('ConvTranspose2d stride 2', 'ConvTranspose2d', [4, 3, 4, {'stride': 2, 'padding': 1}], (2, 4, 5, 5))
    yield layer('ConvTranspose2d with output padding', 'ConvTranspose2d', [3, 2, 3, {'stride': 2, 'padding': 1, 'outputPadding': 1}], (1, 3, 4, 5))
    yield layer('ConvTranspose2d two groups', 'ConvTranspose2d', [4, 6, 3, {'groups': 2, 'bias': False}], (2, 4, 4, 3))


def activations():
    shape = (3, 4, 5)
    for name, arguments in (
        ('Softmax', [1]), ('Softmax', [-1]), ('LogSoftmax', [1]), ('Hardtanh', []), ('Hardtanh', [-0.5, 2]), ('ReLU6', []),
        ('Hardswish', []), ('Hardsigmoid', []), ('Mish', []), ('LogSigmoid', []), ('Softsign', []), ('Softplus', [3]), ('GLU', [1]),
        ('SELU', []), ('CELU', []), ('CELU', [1.7]), ('Hardshrink', []), ('Softshrink', [1.2]), ('Tanhshrink', []), ('Threshold', [0.5, 20]), ('Softmin', [1]),
        ('PReLU', []), ('PReLU', [4]), ('ELU', [0.7]), ('LeakyReLU', [0.2]), ('GELU', [{'approximate': 'tanh'}]), ('SiLU', []),
    ):
        yield layer(f'{name} {arguments}', name, arguments, shape, low=-7.0, high=7.0)


def pools():
    yield layer('MaxPool2d', 'MaxPool2d', [2], (2, 3, 8, 7))
    yield layer('MaxPool2d of windows that fill the image', 'MaxPool2d', [[2, 3]], (2, 5, 6, 9))
    yield layer('MaxPool2d of padded windows as many as fill it', 'MaxPool2d', [3, {'padding': 1}], (1, 2, 6, 9))
    yield layer('MaxPool2d overlapping and padded', 'MaxPool2d', [3, {'stride': 2, 'padding': 1}], (2, 2, 9, 11))
    yield layer('AvgPool2d', 'AvgPool2d', [2], (2, 3, 7, 8))
    yield layer('AvgPool2d padded', 'AvgPool2d', [3, {'stride': 2, 'padding': 1}], (2, 2, 7, 9))
    yield layer('AdaptiveAvgPool2d to one', 'AdaptiveAvgPool2d', [1], (3, 5, 7, 6))
    yield layer('AdaptiveAvgPool2d uneven', 'AdaptiveAvgPool2d', [[3, 2]], (2, 3, 7, 5))
    for name in ('MaxPool2d', 'AvgPool2d'):
        for title, options in (('', {'stride': 2}), (' and padded', {'stride': 3, 'padding': 1})):
            yield layer(f'{name} with windows beyond the edge{title}', name, [3, {'ceilMode': True, **options}], (2, 2, 8, 9))
    yield layer('AvgPool2d that counts no padding', 'AvgPool2d', [3, {'stride': 2, 'padding': 1, 'countIncludePad': False, 'ceilMode': True}], (2, 2, 8, 9))
    yield layer('MaxPool2d dilated', 'MaxPool2d', [2, {'stride': 1, 'dilation': 2}], (2, 2, 6, 7))
    yield layer('MaxPool2d of one image', 'MaxPool2d', [2], (3, 6, 5))
    yield layer('AdaptiveMaxPool2d to one', 'AdaptiveMaxPool2d', [1], (3, 5, 7, 6))
    yield layer('AdaptiveMaxPool2d uneven', 'AdaptiveMaxPool2d', [[3, 2]], (2, 3, 7, 5))
    yield layer('AdaptiveAvgPool1d uneven', 'AdaptiveAvgPool1d', [4], (2, 3, 11))
    yield layer('AdaptiveMaxPool1d', 'AdaptiveMaxPool1d', [3], (2, 3, 9))
    yield layer('MaxPool1d dilated', 'MaxPool1d', [3, {'stride': 2, 'padding': 1, 'dilation': 2}], (2, 3, 13))
    yield layer('AvgPool1d padded', 'AvgPool1d', [3, {'padding': 1, 'ceilMode': True, 'countIncludePad': False}], (2, 3, 10))
    yield layer('MaxPool1d', 'MaxPool1d', [3], (2, 3, 11))
    yield layer('AvgPool1d', 'AvgPool1d', [2], (2, 3, 9))


def norms():
    yield layer('BatchNorm1d in training', 'BatchNorm1d', [7], (9, 7), low=-2.0, high=3.0)
    yield layer('BatchNorm1d over time', 'BatchNorm1d', [5], (4, 5, 6))
    yield layer('BatchNorm1d in evaluation', 'BatchNorm1d', [7], (3, 7), train=False)
    yield layer('BatchNorm2d in training', 'BatchNorm2d', [5], (3, 5, 4, 7), low=-1.0, high=4.0)
    yield layer('BatchNorm2d in evaluation', 'BatchNorm2d', [5], (2, 5, 3, 3), train=False)
    yield layer('BatchNorm2d without affine', 'BatchNorm2d', [3, {'affine': False, 'momentum': 0.3}], (4, 3, 5, 5))
    yield layer('LayerNorm', 'LayerNorm', [13], (5, 13), low=-2.0, high=3.0)
    yield layer('LayerNorm on three axes', 'LayerNorm', [32], (3, 7, 32))
    yield layer('LayerNorm over two axes', 'LayerNorm', [[4, 6]], (3, 4, 6))
    yield layer('LayerNorm of one number', 'LayerNorm', [1], (4, 1))
    yield layer('LayerNorm of a long row', 'LayerNorm', [1031], (2, 1031))
    yield layer('RMSNorm', 'RMSNorm', [13, {'eps': 1e-5}], (5, 13), low=-2.0, high=3.0)
    yield layer('RMSNorm on three axes', 'RMSNorm', [32], (2, 7, 32))
    yield layer('GroupNorm', 'GroupNorm', [3, 6], (2, 6, 5, 4))
    yield layer('GroupNorm of one group', 'GroupNorm', [1, 5], (3, 5, 3, 3))


    yield layer('InstanceNorm1d', 'InstanceNorm1d', [4], (2, 4, 7), low=-2.0, high=3.0)
    yield layer('InstanceNorm2d with a scale and a shift', 'InstanceNorm2d', [3, {'affine': True, 'eps': 1e-3}], (2, 3, 5, 4))


def resizing():
    yield layer('Upsample to the nearest', 'Upsample', [{'scaleFactor': 3}], (2, 3, 4, 5))
    yield layer('Upsample of sequences', 'Upsample', [{'size': 7, 'mode': 'linear'}], (2, 3, 5))
    for corners in (False, True):
        yield layer(f'Upsample bilinear{", corners aligned" if corners else ""}', 'Upsample', [{'scaleFactor': 2, 'mode': 'bilinear', 'alignCorners': corners}], (2, 3, 4, 5))
    yield layer('PixelShuffle', 'PixelShuffle', [3], (2, 18, 4, 5))
    yield layer('PixelShuffle of one image', 'PixelShuffle', [2], (4, 3, 5))
    yield layer('PixelUnshuffle', 'PixelUnshuffle', [2], (2, 3, 4, 6))
    yield layer('ZeroPad2d', 'ZeroPad2d', [[1, 2, 0, 3]], (2, 3, 4, 5))
    yield layer('ConstantPad1d', 'ConstantPad1d', [2, 0.5], (2, 3, 5))
    yield layer('ConstantPad2d', 'ConstantPad2d', [[0, 1, 2, 0], -1.5], (2, 3, 4, 5))
    for name in ('Reflection', 'Replication'):
        yield layer(f'{name}Pad1d', f'{name}Pad1d', [[2, 1]], (2, 3, 5))
        yield layer(f'{name}Pad2d', f'{name}Pad2d', [2], (2, 3, 4, 5))


def recurrent_from(title, name, arguments, shape, *states):
    """A recurrent layer that starts from given states."""
    module = call(getattr(nn, name), arguments).double()
    specs = [spread(f'{title}/input{i}', item) for i, item in enumerate((shape, *states))]

    def outputs_of(module, tensors):
        x, *start = tensors
        return flat_outputs(module(x, tuple(start) if len(start) > 1 else start[0]))

    return {'title': title, 'layer': name, 'arguments': arguments, 'train': True, **run(title, module, specs, outputs_of)}


def packed(title, name, arguments, shape, lengths, *states):
    """A recurrent layer on sequences of unequal lengths, batch first: padded outputs, and the states at the ends."""
    module = call(getattr(nn, name), arguments).double()
    specs = [spread(f'{title}/input{i}', item) for i, item in enumerate((shape, *states))]

    def outputs_of(module, tensors):
        x, *start = tensors
        sequences = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        given = () if not start else (tuple(start) if len(start) > 1 else start[0],)
        output, state = module(sequences, *given)
        return flat_outputs((nn.utils.rnn.pad_packed_sequence(output, batch_first=True)[0], state))

    case = {'title': title, 'layer': name, 'arguments': arguments, 'train': True, 'lengths': lengths}
    return {**case, **run(title, module, specs, outputs_of)}


def recurrent():
    for name in ('RNN', 'GRU', 'LSTM'):
        start = ((2, 3, 4),) * (2 if name == 'LSTM' else 1)
        yield packed(f'{name} of packed sequences', name, [3, 4], (4, 5, 3), [2, 5, 1, 4])
        yield packed(f'{name} of packed sequences in both directions', name, [3, 4, {'bidirectional': True}], (3, 6, 3), [3, 1, 5], *start)
        yield layer(f'{name}Cell', f'{name}Cell', [3, 4], (5, 3))
        yield recurrent_from(f'{name}Cell from a given state', f'{name}Cell', [3, 4, {'bias': False}], (5, 3), *(((5, 4),) * len(start)))
    yield packed('LSTM of two layers and packed sequences', 'LSTM', [3, 4, {'numLayers': 2, 'bidirectional': True, 'projSize': 2}], (3, 4, 3), [4, 2, 3])
    yield layer('RNNCell with relu, of one sample', 'RNNCell', [3, 4, {'nonlinearity': 'relu'}], (3,))
    for name in ('RNN', 'LSTM', 'GRU'):
        yield layer(f'{name} batch first', name, [5, 7, {'batchFirst': True}], (3, 6, 5))
        yield layer(f'{name} of two layers', name, [4, 6, {'numLayers': 2}], (5, 3, 4))
    for name in ('RNN', 'GRU', 'LSTM'):
        both = {'bidirectional': True, 'numLayers': 2}
        start = (4, 3, 6)
        states = (start, start) if name == 'LSTM' else (start,)
        yield recurrent_from(f'{name} of two layers in both directions from a given state', name, [5, 6, both], (4, 3, 5), *states)
        yield layer(f'{name} without a batch', name, [4, 6], (5, 4))
    yield layer('RNN with relu', 'RNN', [4, 5, {'nonlinearity': 'relu', 'batchFirst': True}], (2, 5, 4))
    yield layer('LSTM without bias', 'LSTM', [3, 4, {'bias': False, 'batchFirst': True}], (2, 4, 3))
    yield layer('LSTM with a projection', 'LSTM', [3, 5, {'projSize': 2, 'numLayers': 2, 'batchFirst': True}], (2, 4, 3))
    yield layer('LSTM with a projection in both directions', 'LSTM', [3, 5, {'projSize': 2, 'numLayers': 2, 'bidirectional': True}], (4, 2, 3))
    yield layer('LSTM of both directions', 'LSTM', [3, 4, {'bidirectional': True, 'batchFirst': True}], (2, 4, 3))


def attention():
    shape = (2, 7, 12)
    yield layer('MultiheadAttention of itself', 'MultiheadAttention', [12, 3, {'batchFirst': True}], shape, shape, shape, needWeights=False)
    yield layer('MultiheadAttention of another', 'MultiheadAttention', [12, 4, {'batchFirst': True}], (2, 5, 12), (2, 8, 12), (2, 8, 12), needWeights=False)
    yield layer('MultiheadAttention sequence first', 'MultiheadAttention', [8, 2], (5, 2, 8), (5, 2, 8), (5, 2, 8), needWeights=False)
    first = {'batchFirst': True}
    yield layer('MultiheadAttention with its weights', 'MultiheadAttention', [12, 3, first], shape, shape, shape)
    yield layer('MultiheadAttention with the weights of each head', 'MultiheadAttention', [12, 3, first], shape, shape, shape, averageAttnWeights=False)
    yield layer('MultiheadAttention of other features', 'MultiheadAttention', [12, 3, {'batchFirst': True, 'kdim': 5, 'vdim': 7}], (2, 4, 12), (2, 6, 5), (2, 6, 7))
    yield layer('MultiheadAttention without a batch', 'MultiheadAttention', [12, 3], (4, 12), (5, 12), (5, 12))
    later = truths([4, 4], [int(j > i) for i in range(4) for j in range(4)])
    padded = truths([2, 4], [0, 0, 0, 1, 0, 0, 1, 1])
    short = (2, 4, 12)
    yield layer('MultiheadAttention with a mask of truth values', 'MultiheadAttention', [12, 3, first], short, short, short, attnMask=later)
    yield layer('MultiheadAttention with padding', 'MultiheadAttention', [12, 3, first], short, short, short, keyPaddingMask=padded)
    yield layer('MultiheadAttention with both masks', 'MultiheadAttention', [12, 3, first], short, short, short, attnMask=later, keyPaddingMask=padded, needWeights=False)
    each = spread('attention/mask of each head', (6, 4, 4))
    yield layer('MultiheadAttention with a mask for each head', 'MultiheadAttention', [12, 3, first], short, short, short, attnMask=each, needWeights=False)
    options = {'dropout': 0.0, 'batchFirst': True}
    yield layer('TransformerEncoderLayer with both masks', 'TransformerEncoderLayer', [12, 3, 20, options], short, srcMask=later, srcKeyPaddingMask=padded)
    for norm_first in (False, True):
        options = {'dropout': 0.0, 'batchFirst': True, 'normFirst': norm_first, 'activation': 'gelu' if norm_first else 'relu'}
        yield layer(f'TransformerEncoderLayer norm {"first" if norm_first else "last"}', 'TransformerEncoderLayer', [12, 3, 20, options], shape)
    for norm_first in (False, True):
        options = {'dimFeedforward': 7, 'dropout': 0.0, 'batchFirst': True, 'normFirst': norm_first}
        yield layer(f'TransformerDecoderLayer norm {"first" if norm_first else "last"}', 'TransformerDecoderLayer', [6, 2, options], (2, 4, 6), (2, 5, 6))
    memory = truths([2, 5], [0, 0, 0, 0, 1, 0, 0, 1, 1, 1])
    masks = {'tgtMask': later, 'tgtKeyPaddingMask': padded, 'memoryKeyPaddingMask': memory}
    options = {'dimFeedforward': 7, 'dropout': 0.0}
    yield layer('TransformerDecoderLayer sequence first with masks', 'TransformerDecoderLayer', [6, 2, options], (4, 2, 6), (5, 2, 6), **masks)
    sizes = {'dModel': 6, 'nhead': 2, 'numEncoderLayers': 1, 'numDecoderLayers': 2, 'dimFeedforward': 7, 'dropout': 0.0, 'batchFirst': True}
    yield layer('Transformer with masks', 'Transformer', [sizes], (2, 5, 6), (2, 4, 6), **masks)


GROUPS = {
    'dense': dense,
    'convolutions': convolutions,
    'pools': pools,
    'activations': activations,
    'norms': norms,
    'resizing': resizing,
    'recurrent': recurrent,
    'attention': attention,
}
