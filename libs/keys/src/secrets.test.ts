import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordCipher } from './cipher.ts'
import { Custody, type CustodyOptions } from './custody.ts'
import { CHEAP, codeOf, makeDirectory, removeDirectory } from './testing.ts'

let directory: string
let options: CustodyOptions
let custody: Custody

beforeEach(async () => {
  directory = makeDirectory()
  options = { file: join(directory, 'keys.json'), group: 'payment', purposes: ['record', 'index', 'settings'], passphrase: 'five small words of mine', cost: CHEAP }
  custody = await Custody.create(options)
})

afterEach(() => removeDirectory(directory))

describe('a symmetric secret', () => {
  it('opens what it sealed, after a restart too, and nothing of another purpose, id, use or group', async () => {
    const box = custody.secret('record').seal('Beatriz', 'user/7')
    custody.close()
    const again = await Custody.open(options)
    expect(again.secret('record').open(box, 'user/7').toString()).toBe('Beatriz')
    expect(await codeOf(() => again.secret('record').open(box, 'user/8'))).toBe('SEAL_BROKEN')
    expect(await codeOf(() => again.secret('index').open(box, 'user/7'))).toBe('SEAL_BROKEN')
    expect(await codeOf(() => again.secret('record', 'other').open(box, 'user/7'))).toBe('SEAL_BROKEN')
    expect(await codeOf(() => again.secret('record').unwrap(box, 'user/7'))).toBe('SEAL_BROKEN')
    const other = await Custody.create({ ...options, file: join(directory, 'other.json') })
    expect(await codeOf(() => other.secret('record').open(box, 'user/7'))).toBe('SEAL_BROKEN')
  })

  it('wraps data keys, hashes and derives the same each time, and another for each use', async () => {
    const secret = custody.secret('record')
    const dataKey = Buffer.alloc(32, 3)
    expect(secret.unwrap(secret.wrap(dataKey, 'book/1'), 'book/1')).toEqual(dataKey)
    const before = [secret.hmac('+50499000001'), secret.derive('pseudonym'), secret.derive('other')]
    expect(new Set(before.map(String)).size).toBe(3)
    custody.close()
    const again = (await Custody.open(options)).secret('record')
    expect([again.hmac('+50499000001'), again.derive('pseudonym'), again.derive('other')]).toEqual(before)
    expect(await codeOf(() => again.derive(''))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => again.derive('x', 8))).toBe('INVALID_KEY_REQUEST')
  })

  it('rotates: new boxes by the new version, old ones still open until they are destroyed, hashes stay', async () => {
    const secret = custody.secret('record')
    const old = secret.seal('old')
    const hash = secret.hmac('x')
    expect(custody.rotateSecret('record')).toBe(2)
    const young = secret.seal('young')
    expect([secret.versionOf(old), secret.versionOf(young)]).toEqual([1, 2])
    expect(secret.hmac('x')).toEqual(hash)
    expect(secret.open(old).toString()).toBe('old')
    custody.destroyOldSecrets('record')
    expect(await codeOf(() => secret.open(old))).toBe('SEAL_BROKEN')
    expect(secret.open(young).toString()).toBe('young')
  })

  it('gives the port that collections take', async () => {
    const cipher = recordCipher(custody.secret('record'))
    expect(cipher.decrypt(cipher.encrypt(Buffer.from('x'), 'a'), 'a').toString()).toBe('x')
    expect(await codeOf(() => cipher.decrypt(cipher.encrypt(Buffer.from('x'), 'a'), 'b'))).toBe('SEAL_BROKEN')
    expect(cipher.blind('phone', '1')).toBe(cipher.blind('phone', '1'))
    expect(cipher.blind('phone', '1')).not.toBe(cipher.blind('email', '1'))
  })
})

describe('the store of secret settings', () => {
  it('sets, gets, lists and removes, and nothing is readable in the file', async () => {
    const store = custody.storage('settings')
    store.set('smtp/password', 'first secret')
    store.set('smtp/password', 'second secret')
    store.set('bytes', Buffer.from([0, 255]))
    custody.close()
    const again = (await Custody.open(options)).storage('settings')
    expect(again.get('smtp/password')?.toString()).toBe('second secret')
    expect(again.get('bytes')).toEqual(Buffer.from([0, 255]))
    expect(again.keys()).toEqual(['bytes', 'smtp/password'])
    expect([again.remove('bytes'), again.remove('bytes'), again.get('bytes')]).toEqual([true, false, undefined])
    const text = readFileSync(options.file, 'utf8')
    for (const encoding of ['utf8', 'base64', 'hex'] as const) expect(text).not.toContain(Buffer.from('second secret').toString(encoding))
    expect(await codeOf(() => again.set('a b', 'x'))).toBe('INVALID_KEY_REQUEST')
    expect(await codeOf(() => again.set('big', Buffer.alloc(65537)))).toBe('INVALID_KEY_REQUEST')
  })
})
