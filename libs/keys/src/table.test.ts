import { createPublicKey, verify } from 'node:crypto'
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportBackup, restoreBackup } from './backup.ts'
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

describe('a back-up of keys', () => {
  const backupPassphrase = 'kept in another place'
  const restored = (): { file: string; tables: { wallets: string } } => ({ file: join(directory, 'r', 'keys.json'), tables: { wallets: join(directory, 'r', 'wallets.db') } })

  it('brings back custody and table with the pass phrase of the back-up alone', async () => {
    const issuer = await custody.generate({ purpose: 'issuer', algorithm: 'ES256' })
    const sealed = custody.secret('issuer').seal('kept')
    const wallet = await table.generate({ id: OWNER, algorithm: 'ES256' })
    const backup = await exportBackup({ custody, passphrase: backupPassphrase, tables: { wallets: table }, cost: CHEAP, createdAt: new Date('2026-04-01T00:00:00Z') })
    const where = restored()
    const done = await restoreBackup({ ...where, backup, passphrase: backupPassphrase, newPassphrase: 'the new pass phrase', group: 'identity', cost: CHEAP })
    expect(done.createdAt).toBe('2026-04-01T00:00:00.000Z')
    const again = await Custody.open({ ...options, file: where.file, passphrase: 'the new pass phrase' })
    const wallets = KeyTable.open({ file: where.tables.wallets, custody: again, purpose: 'wallet' })
    expect(verifies(issuer.publicJwk, await again.sign(issuer.kid, BYTES))).toBe(true)
    expect(again.secret('issuer').open(sealed).toString()).toBe('kept')
    expect(verifies(wallet.publicJwk, await wallets.sign(wallet.kid, BYTES))).toBe(true)
    wallets.close()
    expect(readdirSync(join(directory, 'r')).sort()).toEqual(['keys.json', 'wallets.db'])
    expect([statSync(where.file), statSync(where.tables.wallets)].map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600])
    expect(await codeOf(() => restoreBackup({ ...where, backup, passphrase: backupPassphrase, newPassphrase: 'the new pass phrase', group: 'identity' }))).toBe('CUSTODY_EXISTS')
  })

  it('is refused with a wrong pass phrase, altered, truncated, of another group, or with a table left out; then nothing is made', async () => {
    const backup = await exportBackup({ custody, passphrase: backupPassphrase, tables: { wallets: table }, cost: CHEAP })
    const where = restored()
    const restore = (change: Partial<Parameters<typeof restoreBackup>[0]>): Promise<string> =>
      codeOf(() => restoreBackup({ ...where, backup, passphrase: backupPassphrase, newPassphrase: 'the new pass phrase', group: 'identity', cost: CHEAP, ...change }))
    const altered = Buffer.from(backup)
    altered[backup.byteLength - 1] = (altered[backup.byteLength - 1] ?? 0) ^ 1
    expect(await restore({ passphrase: 'some other pass phrase' })).toBe('WRONG_PASSPHRASE')
    expect(await restore({ backup: altered })).toBe('BACKUP_DAMAGED')
    expect(await restore({ backup: backup.subarray(0, backup.byteLength - 20) })).toBe('BACKUP_DAMAGED')
    expect(await restore({ backup: backup.subarray(0, 30) })).toBe('BACKUP_DAMAGED')
    expect(await restore({ backup: Buffer.from('{"format":"growr-keys-backup"}\n') })).toBe('BACKUP_DAMAGED')
    expect(await restore({ group: 'payment' })).toBe('CUSTODY_OF_OTHER_GROUP')
    expect(await restore({ tables: {} })).toBe('INVALID_KEY_REQUEST')
    expect(await restore({ newPassphrase: 'short' })).toBe('PASSPHRASE_TOO_SHORT')
    expect(readdirSync(directory)).not.toContain('r')
    expect(await codeOf(() => exportBackup({ custody, passphrase: 'short' }))).toBe('PASSPHRASE_TOO_SHORT')
  })

  it('is finished by doing it again where the machine stopped in the middle', async () => {
    const backup = await exportBackup({ custody, passphrase: backupPassphrase, tables: { wallets: table }, cost: CHEAP })
    const where = restored()
    const request = { ...where, backup, passphrase: backupPassphrase, newPassphrase: 'the new pass phrase', group: 'identity', cost: CHEAP }
    await restoreBackup({ ...request, file: join(directory, 'r', 'x.json'), tables: { wallets: `${where.tables.wallets}.restoring` } })
    expect(await codeOf(() => restoreBackup(request))).toBe('nothing thrown')
  })
})
