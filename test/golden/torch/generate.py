"""Writes the golden values of this folder from PyTorch on the CPU: `/usr/bin/python3 generate.py [group ...]`.

Inputs and weights are described by seeds and drawn by the same generator in Python and in TypeScript; only results are
stored, computed in float64 and rounded to float32. One case a line, so that a change shows as one line.
"""
import json
import os
import sys

import torch

import functions
import layers
import models
import optimizers
import second_order

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    groups = {**layers.GROUPS, **functions.GROUPS, **optimizers.GROUPS, **models.GROUPS, **second_order.GROUPS}
    chosen = sys.argv[1:] or list(groups)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    total = 0
    for name in chosen:
        cases = list(groups[name]())
        lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
        text = f'{{"torch":"{torch.__version__}","cases":[\n{lines}\n]}}\n'
        with open(os.path.join(HERE, f'{name}.json'), 'w') as file:
            file.write(text)
        total += len(text)
        print(f'{name}: {len(cases)} cases, {len(text) / 1024:.0f} KiB')
    print(f'{total / 1024:.0f} KiB in all')


if __name__ == '__main__':
    main()
