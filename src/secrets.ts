/**
 * Checks for weak secrets: published ones and guessable ones. Keys are compared by their bytes and by their public key,
 * so that the encoding does not matter.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

const PKCS8_OF_ED25519_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** Ed25519 public keys whose private keys are printed in standards. */
const PUBLISHED_KEYS = new Map(
  Object.entries({
    d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a: 'RFC 8032, section 7.1, test 1',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c': 'RFC 8032, section 7.1, test 2',
    fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025: 'RFC 8032, section 7.1, test 3',
    '278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e': 'RFC 8032, section 7.1, test 1024',
    ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf: 'RFC 8032, section 7.1, test SHA(abc)',
    dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292: 'RFC 8032, section 7.2',
    '0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772': 'RFC 8032, section 7.2',
    '19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1': 'RFC 8410, section 10.3',
    '26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb': 'RFC 9421, appendix B.1.4',
  }),
);

/**
 * Returns the 32 bytes of an Ed25519 private key, or null. Accepts PKCS#8 (PEM or bytes), or the bytes alone, in
 * base64, base64url or hex.
 */
export function parseSeed(text: string): Buffer | null {
  try {
    if (text.includes('PRIVATE KEY')) {
      const key = createPrivateKey(text.replaceAll('\\n', '\n'));
      if (key.asymmetricKeyType !== 'ed25519') return null;
      return key.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_BYTES);
    }
  } catch {
    return null;
  }
  const bare = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(bare) ? Buffer.from(bare, 'hex') : Buffer.from(bare, 'base64');
  if (bytes.length === SEED_BYTES) return bytes;
  const prefix = bytes.subarray(0, PKCS8_OF_ED25519_SEED.length);
  const rest = bytes.subarray(PKCS8_OF_ED25519_SEED.length);
  return prefix.equals(PKCS8_OF_ED25519_SEED) && rest.length === SEED_BYTES ? rest : null;
}

export const publicBytesOf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES);

/** Describes a pattern in a list of bytes or characters. Returns null if the list looks random. */
function findPattern(values: readonly number[], leastDistinct: number): string | null {
  const [first] = values;
  if (values.every((one) => one === first)) return first === 0 ? 'is all zeros' : 'is one value, repeated';
  for (let period = 2; period <= values.length / 2; period += 1)
    if (values.every((one, at) => one === values[at % period])) return 'is a short pattern, repeated';
  const step = (at: number): number => ((values[at] as number) - (values[at - 1] as number) + 256) % 256;
  if (values.every((_, at) => at < 2 || step(at) === step(1))) return 'counts up or down';
  return new Set(values).size < leastDistinct ? 'has too few different values to be random' : null;
}

/**
 * Minimum number of distinct bytes in a key. 32 random bytes have fewer than 20 distinct values once in more than 10^12
 * draws.
 */
const DISTINCT_BYTES = 20;
const isText = (bytes: Buffer): boolean => bytes.every((one) => one >= 0x20 && one < 0x7f);

/** Returns the reason why an Ed25519 private key must not sign, or null. */
export function weaknessOfKey(seed: Buffer, development: Buffer[]): string | null {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_OF_ED25519_SEED, seed]), format: 'der', type: 'pkcs8' });
  return (
    weaknessOfPublicKey(publicBytesOf(key), development) ??
    findPattern([...seed], DISTINCT_BYTES) ??
    (isText(seed) ? 'is text, not random bytes' : null)
  );
}

/** Returns the reason why signatures of a public key prove nothing, or null. */
export function weaknessOfPublicKey(key: Buffer, development: Buffer[]): string | null {
  if (development.some((one) => one.equals(key))) return 'is the key of development, which is published';
  const published = PUBLISHED_KEYS.get(key.toString('hex'));
  return published ? `is a published test key (${published})` : null;
}

const SHORTEST_SECRET = 32;
/**
 * Minimum number of distinct characters. 32 random hexadecimal digits have fewer than 8 less than once in 10^5 draws,
 * base64 never.
 */
const DISTINCT_CHARACTERS = 8;
/** Maximum share of words in a secret. 64 random characters of base64 exceed it about once in 10^6 draws. */
const MOST_WORDS = 0.6;

/** Returns all interpretations of a secret: the text itself and its decoded bytes. */
const interpretationsOf = (secret: string): Buffer[] => [
  Buffer.from(secret),
  ...(['base64', 'base64url', 'hex'] as const).map((encoding) => Buffer.from(secret, encoding)),
];

/** Returns the reason why a secret text gives no protection, or null. */
export function weaknessOfSecret(secret: string, development: string[]): string | null {
  const bare = secret.trim();
  const texts = interpretationsOf(bare).map((one) => one.toString('latin1').toLowerCase());
  if (development.some((one) => texts.some((text) => text.includes(one.toLowerCase()))))
    return 'is the secret of development, which is published';
  if (bare.length < SHORTEST_SECRET) return `has fewer than ${String(SHORTEST_SECRET)} characters`;
  const decoded = interpretationsOf(bare).filter((one) => one.length >= SHORTEST_SECRET / 2);
  for (const bytes of decoded) {
    const pattern = findPattern([...bytes], DISTINCT_CHARACTERS);
    if (pattern) return pattern;
  }
  const words = decoded.map((one) => one.toString('latin1')).some((text) => shareOfWords(text) > MOST_WORDS);
  return words ? 'is made of words' : null;
}

/** Returns the share of pronounceable runs of letters in the text. */
function shareOfWords(text: string): number {
  const isOneCase = !/[a-z]/.test(text) || !/[A-Z]/.test(text);
  const runs = text.match(isOneCase ? /[a-z]{4,}/gi : /[A-Z]?[a-z]{3,}/g) ?? [];
  const words = runs.filter((run) => /[aeiouy]/i.test(run) && !/[^aeiouy]{5}/i.test(run));
  return words.join('').length / text.length;
}
