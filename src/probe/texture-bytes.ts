/** Bytes of a texture's texels, all mip levels, layers and samples: computed from its format, without a driver's padding. */

const BLOCK = /^(bc|etc2|eac|astc)/;

export function textureBytes(texture: GPUTexture): number {
  const { format, mipLevelCount, sampleCount, dimension } = texture;
  const block = BLOCK.test(format) ? blockOf(format) : { width: 1, height: 1, bytes: texelBytes(format) };
  let bytes = 0;
  for (let level = 0; level < mipLevelCount; level++) {
    const width = Math.ceil(Math.max(1, texture.width >> level) / block.width);
    const height = Math.ceil(Math.max(1, texture.height >> level) / block.height);
    const depth =
      dimension === '3d' ? Math.max(1, texture.depthOrArrayLayers >> level) : texture.depthOrArrayLayers;
    bytes += width * height * depth * block.bytes;
  }
  return bytes * sampleCount;
}

/** Formats are named by channels and bits: rgba16float is four times sixteen. */
function texelBytes(format: GPUTextureFormat): number {
  const packed: Readonly<Record<string, number>> = {
    rgb9e5ufloat: 4, rgb10a2unorm: 4, rgb10a2uint: 4, rg11b10ufloat: 4, stencil8: 1, depth16unorm: 2, depth24plus: 4,
    'depth24plus-stencil8': 4, depth32float: 4, 'depth32float-stencil8': 5,
  }; // prettier-ignore
  const known = packed[format];
  if (known !== undefined) return known;
  const match = /^([rgba]+)(8|16|32)/.exec(format);
  return match ? ((match[1] as string).length * Number(match[2])) / 8 : 4;
}

function blockOf(format: GPUTextureFormat): {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
} {
  const astc = /^astc-(\d+)x(\d+)/.exec(format);
  if (astc) return { width: Number(astc[1]), height: Number(astc[2]), bytes: 16 };
  const small = /^(bc1|bc4|etc2-rgb8(unorm|a1)|eac-r11)/.test(format);
  return { width: 4, height: 4, bytes: small ? 8 : 16 };
}
