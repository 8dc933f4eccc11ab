const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 base64 with padding. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const rest = bytes.length - i;
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    part += ALPHABET.charAt(word >> 18) + ALPHABET.charAt((word >> 12) & 63);
    part += rest > 1 ? ALPHABET.charAt((word >> 6) & 63) : '=';
    part += rest > 2 ? ALPHABET.charAt(word & 63) : '=';
    if (part.length > 32_768) {
      parts.push(part);
      part = '';
    }
  }
  return parts.join('') + part;
}
