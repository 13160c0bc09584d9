import { pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { NetworkError } from '@growr/networks'
import { hdSignerOf } from '@growr/networks/testing'
import { HDKey } from '@scure/bip32'
import { describe, expect, it } from 'vitest'
import { addressOf, addressOfScript, dustOf, scriptOf, scriptOfKey } from './address.ts'
import { chainOf, type Chain } from './chain.ts'
import { descriptorChecksum, readKeyExpression, readPublicKey, requireChecksum, withChecksum } from './descriptor.ts'
import { accountPath, openAccount } from './wallet.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T
const seedOf = (words: string): Buffer => pbkdf2Sync(words, 'mnemonic', 2048, 64, 'sha512')

/** The code of the refusal, or 'nothing thrown'. */
function codeOf(work: () => unknown): string {
  try {
    work()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof NetworkError ? error.code : String(error)
  }
}

describe('addresses', () => {
  it.each(['bip173', 'bip350'])('%s: reads the valid segwit addresses and refuses the others', (name) => {
    const { valid, invalid } = vectors<{ valid: { address: string; script: string }[]; invalid: { address: string; why: string }[] }>(name)
    for (const { address, script } of valid) {
      const chain: Chain = address.toLowerCase().startsWith('bc') ? 'main' : 'test'
      // BIP 350 took the checksum of versions above 0 away from BIP 173.
      const superseded = name === 'bip173' && !/^(bc|tb)1q/i.test(address)
      if (superseded) expect(codeOf(() => scriptOf(address, chain)), address).toBe('ADDRESS_INVALID')
      else expect(hex(scriptOf(address, chain)), address).toBe(script)
    }
    for (const { address, why } of invalid) {
      const expected = why === 'Invalid human-readable part' && !(name === 'bip173' && address.startsWith('tc1p')) ? 'ADDRESS_FOREIGN' : 'ADDRESS_INVALID'
      expect(codeOf(() => scriptOf(address, 'main')), `${address}: ${why}`).toBe(expected)
    }
  })

  it('BIP 84: the account, its addresses and its change of the words', async () => {
    const { words, account, addresses } = vectors<{ words: string; account: string; addresses: { path: string; publicKey: string; address: string }[] }>('bip84')
    const opened = await openAccount(hdSignerOf(seedOf(words)), 'p2wpkh', 'main', 0)
    for (const { path, publicKey, address } of addresses) {
      const [branch, index] = path.split('/').slice(-2).map(Number)
      const derived = opened.derive(branch === 1 ? 1 : 0, index ?? 0)
      expect([derived.path, hex(derived.publicKey), derived.address]).toEqual([path, publicKey, address])
      expect(hex(scriptOf(address, 'main'))).toBe(hex(derived.script))
    }
    const xpub = /\](\w+)\/0\/\*/.exec(opened.descriptors[0])?.[1] ?? ''
    const known = HDKey.fromExtendedKey(account, { public: 0x04b24746, private: 0x04b2430c })
    expect(HDKey.fromExtendedKey(xpub).identifier).toEqual(known.identifier)
    expect([HDKey.fromExtendedKey(xpub).parentFingerprint, HDKey.fromExtendedKey(xpub).depth]).toEqual([known.parentFingerprint, 3])
    expect(addresses).toHaveLength(3)
  })

  it('BIP 86: the account, its addresses and its change of the words', async () => {
    const { words, account, addresses } = vectors<{ words: string; account: string; addresses: { path: string; internalKey: string; script: string; address: string }[] }>('bip86')
    const opened = await openAccount(hdSignerOf(seedOf(words)), 'p2tr', 'main', 0)
    for (const { path, internalKey, script, address } of addresses) {
      const [branch, index] = path.split('/').slice(-2).map(Number)
      const derived = opened.derive(branch === 1 ? 1 : 0, index ?? 0)
      expect([derived.path, hex(derived.publicKey.subarray(1)), hex(derived.script), derived.address]).toEqual([path, internalKey, script, address])
    }
    expect(opened.descriptors[0]).toContain(`/86h/0h/0h]${account}/0/*)#`)
    expect(addresses).toHaveLength(3)
  })

  it('BIP 341: the outputs of internal keys without a tree', () => {
    const list = vectors<{ scriptPubKey: { given: { internalPubkey: string; scriptTree: unknown }; expected: { scriptPubKey: string; bip350Address: string } }[] }>('bip341').scriptPubKey
    for (const { given, expected } of list.filter(({ given: { scriptTree } }) => scriptTree === null)) {
      expect(hex(scriptOfKey(bytes(`02${given.internalPubkey}`), 'p2tr'))).toBe(expected.scriptPubKey)
      expect(addressOf(bytes(`02${given.internalPubkey}`), 'p2tr', 'main')).toBe(expected.bip350Address)
    }
  })

  it('tells an address of another chain or coin from what is none', () => {
    const key = bytes('0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c')
    for (const kind of ['p2wpkh', 'p2tr'] as const) {
      expect(codeOf(() => scriptOf(addressOf(key, kind, 'main'), 'regtest'))).toBe('ADDRESS_FOREIGN')
      expect(codeOf(() => scriptOf(addressOf(key, kind, 'signet'), 'main'))).toBe('ADDRESS_FOREIGN')
      expect(hex(scriptOf(` ${addressOf(key, kind, 'regtest')}\n`, 'regtest'))).toBe(hex(scriptOfKey(key, kind)))
    }
    // A P2PKH address of each chain, one of Litecoin, one of Rootstock, an invoice, and garbage.
    expect(hex(scriptOf('1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'main'))).toBe('76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac')
    expect(hex(scriptOf('3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'main'))).toBe('a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87')
    expect(codeOf(() => scriptOf('1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'regtest'))).toBe('ADDRESS_FOREIGN')
    expect(codeOf(() => scriptOf('mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', 'main'))).toBe('ADDRESS_FOREIGN')
    expect(codeOf(() => scriptOf('LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1', 'main'))).toBe('ADDRESS_FOREIGN')
    for (const none of ['', 'hello', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', `lnbc1${'q'.repeat(300)}`, 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3']) {
      expect(codeOf(() => scriptOf(none, 'main')), none).toBe('ADDRESS_INVALID')
    }
    expect(codeOf(() => chainOf('litecoin'))).toBe('NETWORK_UNSUPPORTED')
  })

  it('names the address of each output in use, and the dust of each', () => {
    const outputs = [
      ['bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu', 294n], ['bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', 330n],
      ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 546n], ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 540n],
      ['bc1qwqdg6squsna38e46795at95yu9atm8azzmyvckulcc7kytlcckxswvvzej', 330n],
    ] as const
    for (const [address, dust] of outputs) expect([addressOfScript(scriptOf(address, 'main'), 'main'), dustOf(scriptOf(address, 'main'))]).toEqual([address, dust])
    expect([addressOfScript(Uint8Array.of(0x6a, 0), 'main'), dustOf(Uint8Array.of(0x6a, 0))]).toEqual([null, 0n])
  })

  it('names accounts as BIP 84 and 86 do', () => {
    expect([accountPath('p2wpkh', 'main', 7), accountPath('p2tr', 'regtest', 0)]).toEqual(["m/84'/0'/7'", "m/86'/1'/0'"])
    for (const account of [-1, 0.5, 2 ** 31]) expect(codeOf(() => accountPath('p2tr', 'main', account))).toBe('KEY_INVALID')
  })
})

describe('descriptors', () => {
  const { checksums, validKeys, invalidKeys } = vectors<{ checksums: { what: string; text: string }[]; validKeys: { key: string }[]; invalidKeys: { key: string }[] }>('bip380')

  it('BIP 380: the checksum, and each way in which it is wrong', () => {
    for (const { what, text } of checksums) expect(codeOf(() => requireChecksum(text)), text).toBe(what === 'Valid checksum' ? 'nothing thrown' : 'KEY_INVALID')
    expect([descriptorChecksum('raw(deadbeef)'), withChecksum('raw(deadbeef)')]).toEqual(['89f8spxm', 'raw(deadbeef)#89f8spxm'])
    expect(checksums).toHaveLength(8)
  })

  it('BIP 380: key expressions', () => {
    for (const { key } of validKeys) expect(readKeyExpression(key), key).not.toBeNull()
    for (const { key } of invalidKeys) expect(readKeyExpression(key), key).toBeNull()
    expect([validKeys.length, invalidKeys.length]).toEqual([21, 16])
  })

  it('takes public keys of the chain only, each with where it comes from', () => {
    const plain = '0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600'
    const xpub = 'xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL'
    expect(readPublicKey(plain, 'regtest')).toEqual({ publicKey: bytes(plain), origin: null })
    expect(readPublicKey(`[deadbeef/0h/1']${xpub}/3/4`, 'main')).toEqual({
      publicKey: HDKey.fromExtendedKey(xpub).deriveChild(3).deriveChild(4).publicKey, origin: { fingerprint: 0xdeadbeef, path: [0x80000000, 0x80000001, 3, 4] },
    })
    const refused = validKeys.map(({ key }) => key).filter((key) => /prv|^5K|^L4|\*/.test(key) || key.startsWith('04'))
    for (const key of [...refused, xpub.replace('6E', '6F'), 'hello', '']) expect(codeOf(() => readPublicKey(key, 'main')), key).toBe('KEY_INVALID')
    expect(codeOf(() => readPublicKey(xpub, 'regtest'))).toBe('KEY_INVALID')
  })
})
