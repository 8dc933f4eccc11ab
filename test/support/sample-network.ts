/** The networks of the sample trace, layer by layer as launches with their cost. */
import type { Family, Phase } from '../../src/trace/model.ts';

export interface Plan {
  readonly layer: number;
  readonly kernel: string;
  readonly family: Family;
  readonly op: string;
  readonly phase: Phase;
  readonly flops: number;
  readonly bytes: number;
  readonly workgroups: readonly [number, number, number];
  readonly workgroupBytes: number;
  /** Of a product, as a library tells them. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Of a kernel that the script wrote itself: its text, its place in the workgroup, and how much slower than its bytes it is. */
  readonly wgsl?: string;
  readonly slowdown?: number;
  /** Bytes that it binds, where that is what counts. */
  readonly bindsBytes?: number;
  /** It reads the parameters of its layer. */
  readonly readsParameters?: boolean;
}

export interface LayerPlan {
  readonly path: string;
  readonly type: string;
  readonly line: number;
  readonly parameters: number;
  readonly outputs: number;
  readonly launches: readonly Omit<Plan, 'layer'>[];
}

export const THREADS = 64;
const groups = (elements: number): readonly [number, number, number] => [Math.ceil(elements / THREADS), 1, 1];

function gemm(op: string, phase: Phase, m: number, n: number, k: number): Omit<Plan, 'layer'> {
  return {
    kernel: `matmul/${op}/f32`,
    family: 'gemm',
    op,
    phase,
    flops: 2 * m * n * k,
    bytes: 4 * (m * k + k * n + m * n),
    workgroups: [Math.ceil(n / 32), Math.ceil(m / 32), 1],
    workgroupBytes: 4096,
    sizes: { m, n, k, batch: 1, tileM: 32, tileN: 32 },
  };
}

export function elementwise(
  kernel: string,
  phase: Phase,
  elements: number,
  family: Family = 'element-wise',
): Omit<Plan, 'layer'> {
  return {
    kernel: `${kernel}/scalar/f32`,
    family,
    op: kernel,
    phase,
    flops: elements,
    bytes: 8 * elements,
    workgroups: groups(elements),
    workgroupBytes: 0,
  };
}

function linear(path: string, line: number, batch: number, inputs: number, outputs: number): LayerPlan {
  return {
    path,
    type: 'Linear',
    line,
    parameters: inputs * outputs + outputs,
    outputs: batch * outputs,
    launches: [
      gemm('linear', 'forward', batch, outputs, inputs),
      gemm('linear-grad-input', 'backward', batch, inputs, outputs),
      gemm('linear-grad-weight', 'backward', inputs, outputs, batch),
    ],
  };
}

function relu(path: string, line: number, elements: number): LayerPlan {
  return {
    path,
    type: 'ReLU',
    line,
    parameters: 0,
    outputs: elements,
    launches: [elementwise('relu', 'forward', elements), elementwise('relu-grad', 'backward', elements)],
  };
}

function convolution(
  path: string,
  line: number,
  batch: number,
  from: number,
  to: number,
  size: number,
  transposes: boolean,
): LayerPlan {
  const elements = batch * to * size * size;
  const conv = (op: string, phase: Phase): Omit<Plan, 'layer'> => ({
    kernel: `conv2d/${op}/f32`,
    family: 'convolution',
    op,
    phase,
    flops: 2 * elements * from * 9,
    bytes: 4 * (batch * from * size * size + elements),
    workgroups: groups(elements / 4),
    workgroupBytes: 8192,
  });
  const launches = [
    conv('conv2d', 'forward'),
    conv('conv2d-grad-input', 'backward'),
    conv('conv2d-grad-weight', 'backward'),
  ];
  if (transposes)
    launches.unshift(
      elementwise('transpose', 'forward', batch * from * size * size, 'copy'),
      elementwise('transpose', 'forward', elements, 'copy'),
    );
  return { path, type: 'Conv2d', line, parameters: from * to * 9 + to, outputs: elements, launches };
}

export function layersOf(
  network: 'mlp' | 'cnn',
  batch: number,
  {
    transposes = false,
    hidden = 512,
    outputs = 10,
  }: {
    readonly transposes?: boolean | undefined;
    readonly hidden?: number | undefined;
    readonly outputs?: number | undefined;
  },
): LayerPlan[] {
  const loss: LayerPlan = {
    path: 'loss',
    type: 'CrossEntropyLoss',
    line: 20,
    parameters: 0,
    outputs: batch,
    launches: [
      elementwise('cross-entropy', 'forward', batch * outputs, 'loss'),
      elementwise('cross-entropy-grad', 'backward', batch * outputs, 'loss'),
    ],
  };
  if (network === 'mlp')
    return [
      linear('model.0', 8, batch, 784, hidden),
      relu('model.1', 9, batch * hidden),
      linear('model.2', 10, batch, hidden, 256),
      relu('model.3', 11, batch * 256),
      linear('model.4', 12, batch, 256, outputs),
      loss,
    ];
  return [
    convolution('model.0', 8, batch, 1, 16, 28, transposes),
    relu('model.1', 9, batch * 16 * 28 * 28),
    convolution('model.2', 10, batch, 16, 32, 14, transposes),
    relu('model.3', 11, batch * 32 * 14 * 14),
    linear('model.4', 12, batch, 32 * 7 * 7, 10),
    loss,
  ];
}
