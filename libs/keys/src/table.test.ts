import { createPublicKey, verify } from 'node:crypto'
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Custody, type CustodyOptions } from './custody.ts'
import { KeyTable } from './table.ts'
import { CHEAP, codeOf, makeDirectory, removeDirectory } from './testing.ts'
import type { PublicJwk } from './types.ts'

const BYTES = Buffer.from('a presentation')
const OWNER = 'user/beatriz@example.org'
let directory: string
let options: CustodyOptions
let custody: Custody
let file: string
let table: KeyTable

beforeEach(async () => {
  directory = makeDirectory()
  options = { file: join(directory, 'keys.json'), group: 'identity', purposes: ['wallet', 'issuer'], passphrase: 'five small words of mine', cost: CHEAP }
  custody = await Custody.create(options)
  file = join(directory, 'wallets.db')
  table = KeyTable.open({ file, custody, purpose: 'wallet' })
})

afterEach(() => {
  table.close()
  removeDirectory(directory)
})

const verifies = (jwk: PublicJwk, signature: Uint8Array): boolean =>
  verify('sha256', BYTES, { key: createPublicKey({ key: { ...jwk }, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, signature)

const everyByte = (): Buffer => Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))

async function reopen(): Promise<void> {
  table.close()
  custody.close()
  custody = await Custody.open(options)
  table = KeyTable.open({ file, custody, purpose: 'wallet' })
}

describe('a key table', () => {
  it('signs for each owner, after a restart too, and the custody file does not grow with them', async () => {
    const size = statSync(options.file).size
    const keys = []
    for (let i = 0; i < 50; i++) keys.push(await table.ensure({ id: `user/${i}`, algorithm: 'ES256' }))
    expect(statSync(options.file).size).toBe(size)
    await reopen()
    for (const { kid, publicJwk, id } of keys) {
      expect(verifies(publicJwk, await table.sign(kid, BYTES))).toBe(true)
      expect(table.find(id)?.kid).toBe(kid)
      expect(table.publicKey(kid)).toEqual(publicJwk)
    }
    expect(table.count()).toBe(50)
    expect(await codeOf(() => table.generate({ id: 'user/1', algorithm: 'ES256' }))).toBe('KEY_EXISTS')
    expect(await codeOf(() => table.sign('no such', BYTES))).toBe('KEY_NOT_FOUND')
  })

  it('shows neither owner nor public key nor data key to a reader of the file, whose rights are 0600', async () => {
    const { kid, publicJwk } = await table.generate({ id: OWNER, algorithm: 'ES256' })
    const dataKey = table.dataKey(OWNER)
    const bytes = everyByte()
    for (const secret of [OWNER, kid, publicJwk.x]) expect(bytes.includes(secret)).toBe(false)
    for (const secret of [Buffer.from(dataKey), Buffer.from(publicJwk.x, 'base64url'), Buffer.from(kid, 'base64url')]) expect(bytes.includes(secret)).toBe(false)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    table.close()
    chmodSync(file, 0o644)
    table = KeyTable.open({ file, custody, purpose: 'wallet' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('rotates an owner\'s key: the old one verifies, and its private part is gone', async () => {
    const old = await table.generate({ id: OWNER, algorithm: 'ES256' })
    const signature = await table.sign(old.kid, BYTES)
    const next = await table.rotate(OWNER)
    expect(await codeOf(() => table.sign(old.kid, BYTES))).toBe('KEY_RETIRED')
    expect(verifies(table.publicKey(old.kid), signature)).toBe(true)
    expect([next.version, table.find(OWNER)?.kid]).toEqual([2, next.kid])
    expect(table.export().filter(({ box, wrapped }) => box === null && wrapped === null)).toHaveLength(1)
    expect(verifies(next.publicJwk, await table.sign(next.kid, BYTES))).toBe(true)
  })

  it('destroys an owner\'s keys without a trace in the file', async () => {
    const { kid } = await table.generate({ id: OWNER, algorithm: 'ES256' })
    const first = table.dataKey(OWNER)
    await table.sign(kid, BYTES)
    await table.generate({ id: 'user/other', algorithm: 'ES256' })
    const boxes = table.export().map(({ box, wrapped }) => [box, wrapped])
    expect(table.remove(OWNER)).toBe(true)
    expect(table.remove(OWNER)).toBe(false)
    const left = new Set(table.export().map(({ box }) => Buffer.from(box ?? []).toString('hex')))
    const bytes = everyByte()
    for (const [box, wrapped] of boxes) {
      if (left.has(Buffer.from(box ?? []).toString('hex'))) continue
      expect(bytes.includes(Buffer.from(box ?? 'missing'))).toBe(false)
      expect(bytes.includes(Buffer.from(wrapped ?? 'missing'))).toBe(false)
    }
    expect(await codeOf(() => table.sign(kid, BYTES))).toBe('KEY_NOT_FOUND')
    expect(table.dataKey(OWNER, { create: false })).toBeUndefined()
    expect(Buffer.from(table.dataKey(OWNER))).not.toEqual(Buffer.from(first))
    expect(table.find('user/other')).toBeDefined()
  })

  it('refuses rows whose secrets were swapped or whose head was altered', async () => {
    const one = await table.generate({ id: 'user/1', algorithm: 'ES256' })
    const two = await table.generate({ id: 'user/2', algorithm: 'ES256' })
    table.close()
    const db = new DatabaseSync(file)
    const [a, b] = db.prepare('SELECT mac, wrapped, box, label FROM keys').all()
    const put = db.prepare('UPDATE keys SET wrapped = ?, box = ? WHERE mac = ?')
    put.run(b?.['wrapped'] ?? null, b?.['box'] ?? null, a?.['mac'] ?? null)
    put.run(a?.['wrapped'] ?? null, a?.['box'] ?? null, b?.['mac'] ?? null)
    db.close()
    table = KeyTable.open({ file, custody, purpose: 'wallet' })
    for (const { kid } of [one, two]) expect(await codeOf(() => table.sign(kid, BYTES))).toBe('SEAL_BROKEN')
    table.close()
    const again = new DatabaseSync(file)
    again.exec("UPDATE keys SET algorithm = 'ES256K'")
    again.close()
    table = KeyTable.open({ file, custody, purpose: 'wallet' })
    expect(await codeOf(() => table.publicKey(one.kid))).toBe('SEAL_BROKEN')
  })

  it('of another custody, or damaged, is refused', async () => {
    const other = await Custody.create({ ...options, file: join(directory, 'other.json') })
    expect(await codeOf(() => KeyTable.open({ file, custody: other, purpose: 'wallet' }))).toBe('CUSTODY_DAMAGED')
    expect(await codeOf(() => KeyTable.open({ file, custody, purpose: 'issuer' }))).toBe('CUSTODY_DAMAGED')
    expect(await codeOf(() => KeyTable.open({ file, custody, purpose: 'book' }))).toBe('PURPOSE_NOT_HELD')
    const broken = join(directory, 'broken.db')
    writeFileSync(broken, 'no database at all, but long enough to be looked at as one'.repeat(100))
    expect(await codeOf(() => KeyTable.open({ file: broken, custody, purpose: 'wallet' }))).toBe('CUSTODY_DAMAGED')
  })

  it('wraps all rows anew, also where it was stopped before', async () => {
    const { kid, publicJwk } = await table.generate({ id: OWNER, algorithm: 'ES256' })
    const dataKey = Buffer.from(table.dataKey('user/2'))
    // A crash after the new version was made and before the rows were wrapped by it.
    custody.rotateSecret('wallet', 'table-wrapping')
    await reopen()
    const before = table.export()
    table.rewrap()
    expect(custody.secret('wallet', 'table-wrapping').versionOf(table.export()[0]?.wrapped ?? Buffer.alloc(0))).toBe(3)
    expect(await codeOf(() => custody.secret('wallet', 'table-wrapping').unwrap(before[0]?.wrapped ?? Buffer.alloc(0)))).toBe('SEAL_BROKEN')
    await reopen()
    expect(verifies(publicJwk, await table.sign(kid, BYTES))).toBe(true)
    expect(Buffer.from(table.dataKey('user/2'))).toEqual(dataKey)
  })
})
