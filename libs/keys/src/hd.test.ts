import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { HDKey } from '@scure/bip32'
import { mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Custody, type CustodyOptions } from './custody.ts'
import { hdSigner, tweakedKey } from './hd-signer.ts'
import { seedOfWords, wordsOf } from './hd.ts'
import { CHEAP, codeOf, makeDirectory, removeDirectory } from './testing.ts'

const PASSPHRASE = 'five small words of mine'
const HASH = Buffer.alloc(32, 0x5a)
const PATH = "m/84'/1'/0'/0/7"
const hex = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('hex')
const bytes = (text: string): Buffer => Buffer.from(text, 'hex')
const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T

describe('vectors', () => {
  it('BIP 32: derives each chain, and no xpub or xprv that is none is read', async () => {
    const { chains, invalid } = vectors<{ chains: { seed: string; path: string; pub: string }[]; invalid: { key: string }[] }>('bip32')
    for (const { seed, path, pub } of chains) {
      const known = HDKey.fromExtendedKey(pub)
      const { publicKey, chainCode, fingerprint } = await hdSigner(() => bytes(seed)).xpub(path)
      expect([hex(publicKey), hex(chainCode), fingerprint], path).toEqual([hex(known.publicKey), hex(known.chainCode), known.fingerprint])
    }
    for (const { key } of invalid) expect(() => HDKey.fromExtendedKey(key)).toThrow(Error)
    expect([chains.length, invalid.length]).toEqual([17, 16])
  })

  it('BIP 39: words and seed of 32 bytes of entropy', () => {
    const list = vectors<{ vectors: { entropy: string; words: string; seed: string }[] }>('bip39').vectors
    for (const { entropy, words, seed } of list) {
      expect(wordsOf(bytes(entropy))).toBe(words)
      expect(hex(seedOfWords(words, 'TREZOR'))).toBe(seed)
    }
    expect(list).toHaveLength(8)
  })

  it('BIP 340: signs and verifies', () => {
    const list = vectors<{ vectors: { secret: string; public: string; aux: string; message: string; signature: string; valid: boolean }[] }>('bip340').vectors
    for (const { secret, public: publicKey, aux, message, signature, valid } of list) {
      if (secret !== '') expect(hex(schnorr.sign(bytes(message), bytes(secret), bytes(aux)))).toBe(signature)
      expect(schnorr.verify(bytes(signature), bytes(message), bytes(publicKey))).toBe(valid)
    }
    expect(list).toHaveLength(19)
  })

  it('BIP 341: tweaks the key of a key path, with a tree and without', () => {
    const list = vectors<{ tweaks: { secret: string; root: string | null; tweaked: string }[] }>('bip341').tweaks
    for (const { secret, root, tweaked } of list) expect(hex(tweakedKey(bytes(secret), bytes(root ?? '')))).toBe(tweaked)
    expect(list).toHaveLength(7)
  })
})

describe('the seed of a custody', () => {
  let directory: string
  let options: CustodyOptions

  beforeEach(() => {
    directory = makeDirectory()
    options = { file: join(directory, 'keys.json'), group: 'payment', purposes: ['bitcoin', 'rootstock'], passphrase: PASSPHRASE, cost: CHEAP }
  })
  afterEach(() => removeDirectory(directory))

  it('signs what its public key verifies, the same keys after it is opened again and under another pass phrase', async () => {
    const custody = await Custody.create(options)
    const signer = custody.hd('bitcoin')
    const publicKey = await signer.publicKey(PATH)
    const check = async (by: typeof signer): Promise<void> => {
      expect(secp256k1.verify(await by.signEcdsa(PATH, HASH), HASH, publicKey, { prehash: false })).toBe(true)
      const { signature, recovery } = await by.signEcdsaRecoverable(PATH, HASH)
      const recovered = secp256k1.Signature.fromBytes(signature, 'compact').addRecoveryBit(recovery).recoverPublicKey(HASH)
      expect(hex(recovered.toBytes(true))).toBe(hex(publicKey))
      expect(schnorr.verify(await by.signSchnorr(PATH, HASH), HASH, publicKey.subarray(1))).toBe(true)
      const tweak = schnorr.utils.taggedHash('TapTweak', publicKey.subarray(1))
      const output = schnorr.utils.lift_x(BigInt(`0x${hex(publicKey.subarray(1))}`)).add(secp256k1.Point.BASE.multiply(BigInt(`0x${hex(tweak)}`)))
      expect(schnorr.verify(await by.signSchnorr(PATH, HASH, new Uint8Array()), HASH, output.toBytes(true).subarray(1))).toBe(true)
    }
    await check(signer)
    await custody.rewrap('another pass phrase')
    await check(signer)
    custody.close()
    const again = await Custody.open({ ...options, passphrase: 'another pass phrase' })
    expect(hex(await again.hd('bitcoin', { create: false }).publicKey(PATH))).toBe(hex(publicKey))
    await check(again.hd('bitcoin'))
    expect(await codeOf(() => Custody.open(options))).toBe('WRONG_PASSPHRASE')
  })

  it('signs with ECDSA the same always, and with the lower s', async () => {
    const signer = (await Custody.create(options)).hd('bitcoin')
    for (let i = 0; i < 16; i++) {
      const signature = await signer.signEcdsa(PATH, Buffer.alloc(32, i))
      expect(signature).toEqual(await signer.signEcdsa(PATH, Buffer.alloc(32, i)))
      expect(secp256k1.Signature.fromBytes(signature, 'compact').hasHighS()).toBe(false)
    }
  })

  it('is another for each purpose and id, and each custody makes its own', async () => {
    const custody = await Custody.create(options)
    const other = await Custody.create({ ...options, file: join(directory, 'other.json') })
    const keys = [custody.hd('bitcoin'), custody.hd('rootstock'), custody.hd('bitcoin', { id: 'second' }), other.hd('bitcoin')].map((signer) => signer.publicKey('m'))
    expect(new Set((await Promise.all(keys)).map(hex)).size).toBe(4)
  })

  it('lies in the file in no clear form: not the words, the entropy, the seed, nor a key', async () => {
    const custody = await Custody.create(options)
    await custody.hd('bitcoin').signEcdsa(PATH, HASH)
    const words = await custody.backupWords('bitcoin', PASSPHRASE)
    const seed = seedOfWords(words)
    const node = HDKey.fromMasterSeed(seed)
    const text = readFileSync(options.file, 'utf8')
    const decoded = [text, ...[...text.matchAll(/[A-Za-z0-9+/=]{40,}/g)].map(([part]) => Buffer.from(part, 'base64').toString('latin1'))].join('\n')
    const secrets = [mnemonicToEntropy(words, wordlist), seed, node.privateKey, node.derive(PATH).privateKey, node.chainCode].map((secret) => Buffer.from(secret ?? []))
    for (const secret of secrets) for (const form of ['hex', 'base64', 'latin1'] as const) expect(decoded).not.toContain(secret.toString(form))
    // Single words may be names of the file's own fields.
    for (const [at, word] of words.split(' ').slice(1).entries()) expect(decoded).not.toContain(`${words.split(' ')[at]} ${word}`)
    expect(text).not.toContain(node.privateExtendedKey)
  })

  it('hands out the seed of a Lightning node alone, the same each time, and of its words', async () => {
    const custody = await Custody.create({ ...options, purposes: ['bitcoin', 'lightning'] })
    const seed = custody.lightningSeed()
    expect(seed).toEqual(custody.lightningSeed())
    expect(Buffer.from(seed)).toEqual(seedOfWords(await custody.backupWords('lightning', PASSPHRASE)).subarray(0, 32))
    const other = await Custody.create({ ...options, file: join(directory, 'other.json') })
    expect(await codeOf(() => other.lightningSeed())).toBe('PURPOSE_NOT_HELD')
  })

  it('shows its 24 words only for the pass phrase, and comes back from them elsewhere', async () => {
    const custody = await Custody.create(options)
    expect(await codeOf(() => custody.backupWords('bitcoin', PASSPHRASE))).toBe('KEY_NOT_FOUND')
    const publicKey = hex(await custody.hd('bitcoin').publicKey(PATH))
    expect(await codeOf(() => custody.backupWords('bitcoin', 'not the pass phrase'))).toBe('WRONG_PASSPHRASE')
    const words = await custody.backupWords('bitcoin', PASSPHRASE)
    expect(words.split(' ')).toHaveLength(24)
    const other = await Custody.create({ ...options, file: join(directory, 'other.json') })
    for (const wrong of ['', 'abandon', words.split(' ').slice(1).join(' '), Array(24).fill('abandon').join(' '), `${words} `.repeat(50)]) {
      expect(await codeOf(() => other.restoreWords('bitcoin', wrong))).toBe('INVALID_KEY_REQUEST')
    }
    other.restoreWords('bitcoin', `  ${words.toUpperCase().replaceAll(' ', '\n')} `)
    expect(hex(await other.hd('bitcoin', { create: false }).publicKey(PATH))).toBe(publicKey)
    expect(await codeOf(() => other.restoreWords('bitcoin', words))).toBe('KEY_EXISTS')
  })

  it('is not made anew where it must exist, is of held purposes only, and is closed with its custody', async () => {
    const custody = await Custody.create(options)
    expect(await codeOf(() => custody.hd('bitcoin', { create: false }))).toBe('KEY_NOT_FOUND')
    expect(await codeOf(() => custody.hd('wallet'))).toBe('PURPOSE_NOT_HELD')
    expect(await codeOf(() => custody.backupWords('wallet', PASSPHRASE))).toBe('PURPOSE_NOT_HELD')
    expect(await codeOf(() => custody.hd('bitcoin', { id: 'a b' }))).toBe('INVALID_KEY_REQUEST')
    const signer = custody.hd('bitcoin')
    custody.close()
    expect(await codeOf(() => signer.signEcdsa('m', HASH))).toBe('CUSTODY_CLOSED')
  })

  it('takes only paths and hashes that are some', async () => {
    const signer = (await Custody.create(options)).hd('bitcoin')
    for (const path of ['', 'x', '0/1', 'm/', 'm//1', 'm/2147483648', "m/0x1'", "m/1''", 'm/-1', 'm/01', `m${'/0'.repeat(11)}`, `m/${'1'.repeat(1000)}`]) {
      expect(await codeOf(() => signer.publicKey(path)), path).toBe('INVALID_KEY_REQUEST')
    }
    expect(await codeOf(() => signer.signEcdsa('m', HASH.subarray(1)))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => signer.signSchnorr('m', Buffer.alloc(33)))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => signer.signSchnorr('m', HASH, Buffer.alloc(31)))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => signer.publicKey("m/2147483647'/2147483647"))).toBe('nothing thrown')
  })
})
