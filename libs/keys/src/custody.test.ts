import { createHash, createPublicKey, verify } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Custody, type CustodyOptions } from './custody.ts'
import { CHEAP, codeOf, failingDisk, forge, makeDirectory, removeDirectory } from './testing.ts'
import type { Algorithm, PublicJwk } from './types.ts'

const PASSPHRASE = 'five small words of mine'
const BYTES = Buffer.from('what is signed')
let directory: string
let options: CustodyOptions

beforeEach(() => {
  directory = makeDirectory()
  options = {
    file: join(directory, 'identity', 'keys.json'), group: 'identity', purposes: ['issuer', 'organization', 'book', 'record', 'settings'],
    passphrase: PASSPHRASE, cost: CHEAP, clock: { now: () => new Date('2026-03-01T12:00:00Z') },
  }
})

afterEach(() => removeDirectory(directory))

function verifies(jwk: PublicJwk, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return jwk.alg === 'EdDSA' ? verify(null, bytes, key, signature) : verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

describe('signing keys', () => {
  it.each<Algorithm>(['ES256', 'EdDSA', 'ES256K'])('%s: signs what node:crypto verifies, also after it is opened again', async (algorithm) => {
    const custody = await Custody.create(options)
    const { kid, publicJwk } = await custody.generate({ purpose: 'issuer', algorithm })
    const signature = await custody.sign(kid, BYTES)
    expect(signature).toHaveLength(64)
    expect(verifies(publicJwk, BYTES, signature)).toBe(true)
    expect(verifies(publicJwk, Buffer.from('what is signeD'), signature)).toBe(false)
    custody.close()
    const again = await Custody.open(options)
    expect(again.publicKey(kid)).toEqual(publicJwk)
    expect(publicJwk).not.toHaveProperty('d')
    expect(verifies(again.publicKey(kid), BYTES, await again.sign(kid, BYTES))).toBe(true)
  })

  it('signs on secp256k1 with the lower s always', async () => {
    const custody = await Custody.create(options)
    const { kid, publicJwk } = await custody.generate({ purpose: 'issuer', algorithm: 'ES256K' })
    const half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
    for (let i = 0; i < 64; i++) {
      const signature = Buffer.from(await custody.sign(kid, Buffer.from([i])))
      expect(BigInt(`0x${signature.subarray(32).toString('hex')}`) <= half).toBe(true)
      expect(verifies(publicJwk, Buffer.from([i]), signature)).toBe(true)
    }
  })

  it('names a key by its thumbprint (RFC 7638)', async () => {
    const custody = await Custody.create(options)
    const { kid, publicJwk } = await custody.generate({ purpose: 'issuer', algorithm: 'EdDSA' })
    expect(kid).toBe(createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${publicJwk.x}"}`).digest('base64url'))
  })

  it('holds only the purposes that were declared', async () => {
    const custody = await Custody.create(options)
    expect(await codeOf(() => custody.generate({ purpose: 'wallet', algorithm: 'ES256' }))).toBe('PURPOSE_NOT_HELD')
    expect(await codeOf(() => custody.secret('wallet'))).toBe('PURPOSE_NOT_HELD')
    expect(await codeOf(() => custody.storage('wallet'))).toBe('PURPOSE_NOT_HELD')
    expect(await codeOf(() => custody.list('wallet'))).toBe('PURPOSE_NOT_HELD')
    const { kid } = await custody.generate({ purpose: 'issuer', algorithm: 'ES256' })
    custody.close()
    const narrower = await Custody.open({ ...options, purposes: ['record'] })
    expect(await codeOf(() => narrower.sign(kid, BYTES))).toBe('PURPOSE_NOT_HELD')
    expect(narrower.list()).toEqual([])
  })

  it('makes one key for each purpose and id, and finds it again', async () => {
    const custody = await Custody.create(options)
    const one = await custody.ensure({ purpose: 'organization', id: 'COMSA', algorithm: 'EdDSA' })
    expect(await custody.ensure({ purpose: 'organization', id: 'COMSA', algorithm: 'EdDSA' })).toEqual(one)
    expect(await codeOf(() => custody.generate({ purpose: 'organization', id: 'COMSA', algorithm: 'EdDSA' }))).toBe('KEY_EXISTS')
    expect(await codeOf(() => custody.generate({ purpose: 'organization', id: 'a b', algorithm: 'EdDSA' }))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => custody.generate({ purpose: 'organization', id: 'x', algorithm: 'RS256' as Algorithm }))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => custody.sign('no-such-key', BYTES))).toBe('KEY_NOT_FOUND')
    expect(custody.list('organization').map(({ id, version }) => [id, version])).toEqual([['COMSA', 1]])
  })

  it('rotates: the new key signs, the old one only verifies and its private part is gone from the file', async () => {
    const custody = await Custody.create(options)
    const old = await custody.generate({ purpose: 'issuer', algorithm: 'ES256' })
    const signature = await custody.sign(old.kid, BYTES)
    const next = await custody.rotateSigningKey('issuer')
    expect([next.version, custody.current('issuer')?.kid]).toEqual([2, next.kid])
    expect(await codeOf(() => custody.sign(old.kid, BYTES))).toBe('KEY_RETIRED')
    expect(verifies(custody.publicKey(old.kid), BYTES, signature)).toBe(true)
    expect(custody.list('issuer').find(({ kid }) => kid === old.kid)?.retiredAt).toBe('2026-03-01T12:00:00.000Z')
    const { body } = JSON.parse(readFileSync(options.file, 'utf8')) as { body: string }
    const retired = (JSON.parse(body) as { records: Record<string, unknown>[] }).records.find((record) => record['kid'] === old.kid)
    expect(retired).not.toHaveProperty('box')
    expect(retired).not.toHaveProperty('key')
    custody.close()
    const again = await Custody.open(options)
    expect(await codeOf(() => again.sign(old.kid, BYTES))).toBe('KEY_RETIRED')
    expect(verifies(next.publicJwk, BYTES, await again.sign(next.kid, BYTES))).toBe(true)
  })

  it('hands out the pair of a book, and that alone, in the form of libsodium', async () => {
    const custody = await Custody.create(options)
    const pair = custody.bookWriterKeyPair('loan/COMSA')
    expect([pair.publicKey.byteLength, pair.secretKey.byteLength]).toEqual([32, 64])
    expect(pair.secretKey.subarray(32)).toEqual(pair.publicKey)
    const info = custody.list('book')[0]
    expect(Buffer.from(info?.publicJwk.x ?? '', 'base64url')).toEqual(pair.publicKey)
    expect(await codeOf(() => custody.sign(info?.kid ?? '', BYTES))).toBe('KEY_FIXED')
    expect(await codeOf(() => custody.rotateSigningKey('book', 'loan/COMSA'))).toBe('KEY_FIXED')
    expect(await codeOf(() => custody.generate({ purpose: 'book', algorithm: 'EdDSA' }))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => custody.bookWriterKeyPair('loan/OTHER', { create: false }))).toBe('KEY_NOT_FOUND')
    const seed = Buffer.from(pair.secretKey.subarray(0, 32))
    const secretKey = Buffer.from(pair.secretKey)
    custody.close()
    expect(pair.secretKey.every((byte) => byte === 0)).toBe(true)
    const text = readFileSync(options.file, 'utf8')
    for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(text).not.toContain(seed.toString(encoding))
    const again = await Custody.open(options)
    expect(Buffer.from(again.bookWriterKeyPair('loan/COMSA', { create: false }).secretKey)).toEqual(secretKey)
    const other = await Custody.create({ ...options, file: join(directory, 'x.json'), purposes: ['issuer'] })
    expect(await codeOf(() => other.bookWriterKeyPair('loan/COMSA'))).toBe('PURPOSE_NOT_HELD')
  })
})

describe('the custody file', () => {
  it('is readable by its owner only, and a wider right is taken away', async () => {
    await Custody.create(options)
    expect(statSync(options.file).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'identity')).mode & 0o777).toBe(0o700)
    chmodSync(options.file, 0o644)
    const custody = await Custody.open(options)
    expect(statSync(options.file).mode & 0o777).toBe(0o600)
    expect(custody.notices).toHaveLength(1)
  })

  it('tells a wrong pass phrase, a missing file, another group and an existing file apart', async () => {
    expect(await codeOf(() => Custody.open(options))).toBe('CUSTODY_MISSING')
    expect(await codeOf(() => Custody.create({ ...options, passphrase: 'short' }))).toBe('PASSPHRASE_TOO_SHORT')
    await Custody.create(options)
    expect(await codeOf(() => Custody.create(options))).toBe('CUSTODY_EXISTS')
    expect(await codeOf(() => Custody.open({ ...options, passphrase: `${PASSPHRASE}!` }))).toBe('WRONG_PASSPHRASE')
    expect(await codeOf(() => Custody.open({ ...options, group: 'payment' }))).toBe('CUSTODY_OF_OTHER_GROUP')
    expect((await Custody.openOrCreate(options)).list()).toEqual([])
  })

  it('is refused where it is truncated or any byte of it is another', async () => {
    const custody = await Custody.create(options)
    await custody.generate({ purpose: 'issuer', algorithm: 'ES256' })
    const whole = readFileSync(options.file)
    for (let at = 0; at < whole.byteLength - 1; at += 7) {
      const altered = Buffer.from(whole)
      altered[at] = (altered[at] ?? 0) ^ 1
      writeFileSync(options.file, altered)
      expect(['CUSTODY_DAMAGED', 'CUSTODY_NEWER']).toContain(await codeOf(() => Custody.open(options)))
    }
    for (const length of [0, 1, 100, whole.byteLength - 5]) {
      writeFileSync(options.file, whole)
      truncateSync(options.file, length)
      expect(await codeOf(() => Custody.open(options))).toBe('CUSTODY_DAMAGED')
    }
    writeFileSync(options.file, whole)
    expect((await Custody.open(options)).list()).toHaveLength(1)
  })

  it('is refused where somebody altered it and made the checksum fit', async () => {
    const custody = await Custody.create(options)
    await custody.generate({ purpose: 'issuer', algorithm: 'ES256' })
    await custody.generate({ purpose: 'organization', algorithm: 'ES256' })
    const whole = readFileSync(options.file)
    const forgeries: Parameters<typeof forge>[1][] = [
      ({ records: [a, b] }) => { if (a && b) [a['box'], b['box'], a['key'], b['key']] = [b['box'] ?? '', a['box'] ?? '', b['key'] ?? '', a['key'] ?? ''] },
      ({ records: [a] }) => { if (a) a['retiredAt'] = '2020-01-01T00:00:00.000Z' },
      ({ records: [a, b] }) => { if (a && b) a['publicJwk'] = b['publicJwk'] ?? '' },
      (body) => { body.records.pop() },
    ]
    for (const alter of forgeries) {
      writeFileSync(options.file, whole)
      forge(options.file, alter)
      expect(await codeOf(() => Custody.open(options))).toBe('CUSTODY_DAMAGED')
    }
  })

  it('cannot make the reader spend memory or time without bounds', async () => {
    await Custody.create(options)
    forge(options.file, ({ kdf }) => { kdf.memory = 2 ** 40 })
    expect(await codeOf(() => Custody.open(options))).toBe('CUSTODY_DAMAGED')
    writeFileSync(options.file, '')
    truncateSync(options.file, 64 * 1024 * 1024)
    expect(await codeOf(() => Custody.open(options))).toBe('CUSTODY_DAMAGED')
  })

  it('of a newer release is left alone', async () => {
    await Custody.create(options)
    writeFileSync(options.file, readFileSync(options.file, 'utf8').replace('"version":1', '"version":2'))
    expect(await codeOf(() => Custody.open(options))).toBe('CUSTODY_NEWER')
  })

  it.each(['write', 'sync', 'rename'] as const)('keeps the old content where the machine stops at %s', async (step) => {
    const { disk, failAt } = failingDisk()
    const custody = await Custody.create({ ...options, disk })
    const first = await custody.generate({ purpose: 'issuer', algorithm: 'EdDSA' })
    failAt(step)
    await expect(custody.generate({ purpose: 'organization', algorithm: 'EdDSA' })).rejects.toThrow('crashed')
    expect(custody.list()).toEqual([first])
    await expect(custody.rewrap('another pass phrase')).rejects.toThrow('crashed')
    expect(existsSync(`${options.file}.new`)).toBe(true)
    custody.close()
    const again = await Custody.open(options)
    expect(again.list()).toEqual([first])
    expect(existsSync(`${options.file}.new`)).toBe(false)
    await again.generate({ purpose: 'organization', algorithm: 'EdDSA' })
    expect(again.list()).toHaveLength(2)
  })

  it('is synced before it takes its place, and its directory after', async () => {
    const { disk, calls } = failingDisk()
    const custody = await Custody.create({ ...options, disk })
    calls.length = 0
    await custody.generate({ purpose: 'issuer', algorithm: 'EdDSA' })
    expect(calls).toEqual(['open', 'write', 'sync', 'close', 'rename', 'open', 'sync', 'close'])
  })

  it('has one writer: a second one is refused instead of undoing the first', async () => {
    const one = await Custody.create(options)
    const two = await Custody.open(options)
    await one.generate({ purpose: 'issuer', algorithm: 'EdDSA' })
    expect(await codeOf(() => two.generate({ purpose: 'issuer', algorithm: 'EdDSA' }))).toBe('CUSTODY_CHANGED')
    expect((await Custody.open(options)).list()).toEqual(one.list())
  })

  it('takes another pass phrase, from then on that one only, and loses nothing made meanwhile', async () => {
    const custody = await Custody.create(options)
    const key = await custody.generate({ purpose: 'issuer', algorithm: 'EdDSA' })
    const box = custody.secret('record').seal('hello')
    const rewrapping = custody.rewrap('another pass phrase')
    const late = await custody.generate({ purpose: 'organization', algorithm: 'EdDSA' })
    await rewrapping
    await custody.sign(key.kid, BYTES)
    expect(await codeOf(() => Custody.open(options))).toBe('WRONG_PASSPHRASE')
    const again = await Custody.open({ ...options, passphrase: 'another pass phrase' })
    expect(again.list()).toEqual([key, late])
    expect(again.secret('record').open(box).toString()).toBe('hello')
  })

  it('is closed to all after close', async () => {
    const custody = await Custody.create(options)
    custody.close()
    expect(await codeOf(() => custody.list())).toBe('CUSTODY_CLOSED')
    expect(await codeOf(() => custody.secret('record'))).toBe('CUSTODY_CLOSED')
  })
})
