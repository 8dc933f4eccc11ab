/** What a planner may know of the device: plain data, so that plans can be tested without one. */

export interface DeviceFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True when the "GPU" is this machine's processor. */
  readonly software: boolean;
  /** Invocations of a subgroup where the device promises one fixed size and has the feature; otherwise null. */
  readonly subgroupSize: number | null;
  readonly hasF16: boolean;
  readonly hasTimestamps: boolean;
  readonly maxWorkgroupsPerDimension: number;
  readonly maxInvocationsPerWorkgroup: number;
  readonly maxWorkgroupBytes: number;
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
  readonly maxStorageBuffers: number;
}

/** Offsets of arrays within a buffer are multiples of this: WebGPU's default storage and uniform alignment. */
export const OFFSET_ALIGNMENT = 256;

export function factsOf(device: GPUDevice, info: GPUAdapterInfo): DeviceFacts {
  const { limits, features } = device;
  const fixed =
    features.has('subgroups') && info.subgroupMinSize === info.subgroupMaxSize && info.subgroupMinSize >= 4;
  return {
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
    software:
      info.isFallbackAdapter ||
      /llvmpipe|lavapipe|swiftshader|warp|software/i.test(`${info.device} ${info.description}`),
    subgroupSize: fixed ? info.subgroupMinSize : null,
    hasF16: features.has('shader-f16'),
    hasTimestamps: features.has('timestamp-query'),
    maxWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
  };
}
