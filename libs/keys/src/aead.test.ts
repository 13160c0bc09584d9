import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hashRaw } from '@node-rs/argon2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { associate, decrypt, encrypt } from './aead.ts'
import { deriveKek, isKdf, newKdf } from './kdf.ts'
import { openRecord, rewrapRecord, sealRecord } from './record.ts'
import { CHEAP, codeOf } from './testing.ts'

const ARGON2ID = 2
const key = Buffer.alloc(32, 7)
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

describe('XChaCha20-Poly1305', () => {
  it('opens the vector of draft-irtf-cfrg-xchacha-03, appendix A.3.1', () => {
    const ciphertext = hex(`bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
      ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f6
      15c68b13b52e`)
    const box = Buffer.concat([hex('404142434445464748494a4b4c4d4e4f5051525354555657'), ciphertext, hex('c0875924c1c7987947deafd8780acf49')])
    const plain = decrypt(hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'), box, hex('50515253c0c1c2c3c4c5c6c7'))
    expect(plain.toString()).toBe("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.")
  })

  it('is read by an independent implementation, and reads what that one wrote', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 60 }), (plain, aad) => {
      const box = encrypt(key, plain, aad)
      const theirs = xchacha20poly1305(key, box.subarray(0, 24), aad)
      expect(Buffer.from(theirs.decrypt(box.subarray(24)))).toEqual(Buffer.from(plain))
      expect(decrypt(key, Buffer.concat([box.subarray(0, 24), theirs.encrypt(plain)]), aad)).toEqual(Buffer.from(plain))
    }), { numRuns: 50 })
  })

  it('refuses every altered bit, other associated data, another key and what is too short', async () => {
    const box = encrypt(key, Buffer.from('secret'), Buffer.from('aad'))
    for (let at = 0; at < box.byteLength; at++) {
      const altered = Buffer.from(box)
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8))
      expect(await codeOf(() => decrypt(key, altered, Buffer.from('aad')))).toBe('SEAL_BROKEN')
    }
    expect(await codeOf(() => decrypt(key, box, Buffer.from('aae')))).toBe('SEAL_BROKEN')
    expect(await codeOf(() => decrypt(Buffer.alloc(32, 8), box, Buffer.from('aad')))).toBe('SEAL_BROKEN')
    expect(await codeOf(() => decrypt(key, box.subarray(0, 39), Buffer.from('aad')))).toBe('SEAL_BROKEN')
  })

  it('never uses a nonce twice', () => {
    const nonces = new Set(Array.from({ length: 2000 }, () => encrypt(key, Buffer.alloc(1), Buffer.alloc(0)).subarray(0, 24).toString('hex')))
    expect(nonces.size).toBe(2000)
  })

  it('joins associated data so that other parts never give the same bytes', () => {
    expect(associate('ab', 'c')).not.toEqual(associate('a', 'bc'))
    expect(associate('a', '')).not.toEqual(associate('a'))
    expect(associate('1')).toEqual(associate(1))
  })
})

describe('argon2id', () => {
  it('gives the same key as an independent implementation, which passes the reference vector', async () => {
    // phc-winner-argon2, src/test.c: version 0x13, t = 2, m = 2^16, p = 1
    const reference = await hashRaw('password', { algorithm: ARGON2ID, timeCost: 2, memoryCost: 65536, parallelism: 1, outputLen: 32, salt: Buffer.from('somesalt') })
    expect(reference.toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7')
    const kdf = newKdf(CHEAP)
    const theirs = await hashRaw('correct horse battery', {
      algorithm: ARGON2ID, timeCost: kdf.passes, memoryCost: kdf.memory, parallelism: 1, outputLen: 32, salt: Buffer.from(kdf.salt, 'base64'),
    })
    expect(Buffer.from(await deriveKek('correct horse battery', kdf))).toEqual(Buffer.from(theirs))
  })

  it('takes the same pass phrase in every Unicode form', async () => {
    const kdf = newKdf(CHEAP)
    expect(await deriveKek('contraseña café', kdf)).toEqual(await deriveKek('contraseña café'.normalize('NFD'), kdf))
  })

  it('takes no parameters from a file that cost too little or too much', () => {
    const kdf = newKdf(CHEAP)
    expect(isKdf(kdf)).toBe(true)
    const bad = [{ memory: 2 ** 40 }, { memory: 1024 }, { memory: 20000.5 }, { memory: '65536' }, { passes: 1 }, { passes: 1e9 }, { salt: 'AAAA' }, { salt: 7 }, { name: 'scrypt' }]
    for (const change of bad) expect(isKdf({ ...kdf, ...change })).toBe(false)
    expect(isKdf(null)).toBe(false)
  })
})

describe('a sealed record', () => {
  const head = { kind: 'signing' as const, purpose: 'issuer', id: 'main', version: 1, createdAt: '2026-03-01T00:00:00.000Z' }
  const secret = Buffer.from('the private key')

  it('opens only as what it was sealed as: group, kind, purpose, id and version are associated data', async () => {
    const record = sealRecord(key, 'identity', head, secret)
    expect(openRecord(key, 'identity', record)).toEqual(secret)
    expect(await codeOf(() => openRecord(key, 'payment', record))).toBe('SEAL_BROKEN')
    for (const change of [{ kind: 'value' as const }, { purpose: 'verifier' }, { id: 'other' }, { version: 2 }]) {
      expect(await codeOf(() => openRecord(key, 'identity', { ...record, ...change }))).toBe('SEAL_BROKEN')
    }
  })

  it('does not open with the ciphertext or the data key of another record', async () => {
    const one = sealRecord(key, 'identity', head, secret)
    const two = sealRecord(key, 'identity', { ...head, id: 'two' }, Buffer.from('another key'))
    const swaps = [{ ...one, box: two.box ?? '' }, { ...one, key: two.key ?? '' }, { ...one, box: two.box ?? '', key: two.key ?? '' }]
    for (const swapped of swaps) expect(await codeOf(() => openRecord(key, 'identity', swapped))).toBe('SEAL_BROKEN')
  })

  it('keeps its ciphertext when its data key is wrapped anew', async () => {
    const record = sealRecord(key, 'identity', head, secret)
    const other = Buffer.alloc(32, 9)
    const wrapped = rewrapRecord(key, other, 'identity', record)
    expect(wrapped.box).toBe(record.box)
    expect(openRecord(other, 'identity', wrapped)).toEqual(secret)
    expect(await codeOf(() => openRecord(key, 'identity', wrapped))).toBe('SEAL_BROKEN')
  })
})
