import { appendFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryDirectory } from './testing/fixture.ts'
import { WalSync } from './wal-sync.ts'

let synced: string[] = []

beforeEach(async () => {
  synced = []
  const handle = await open('/dev/null', 'r')
  const prototype = Object.getPrototypeOf(handle) as { datasync(): Promise<void>; sync(): Promise<void> }
  await handle.close()
  const note = async function (this: FileHandle): Promise<void> {
    synced.push(basename(readlinkSync(`/proc/self/fd/${this.fd}`)))
  }
  vi.spyOn(prototype, 'datasync').mockImplementation(note)
  vi.spyOn(prototype, 'sync').mockImplementation(note)
})

afterEach(() => { vi.restoreAllMocks() })

const logs = (...names: string[]): { directory: string; write: (name: string) => void } => {
  const directory = join(temporaryDirectory())
  const write = (name: string): void => appendFileSync(join(directory, name), 'entry')
  for (const name of names) write(name)
  return { directory, write }
}

test('syncs every log there is the first time, and the directory; then only the one in use', async () => {
  const { directory } = logs('000004.log', '000009.log')
  writeFileSync(join(directory, 'MANIFEST-000005'), '')
  const wal = new WalSync({ currentWalFile: async () => ({ path: '/000009.log' }) }, directory)
  await wal.sync()
  expect(synced).toEqual(expect.arrayContaining(['000004.log', '000009.log', basename(directory)]))
  synced = []
  await wal.sync()
  expect(synced).toEqual(['000009.log'])
  await wal.close()
})

test('where RocksDB has gone on to another log it syncs the old one, the new one and the directory', async () => {
  const { directory, write } = logs('000004.log')
  let current = '/000004.log'
  const wal = new WalSync({ currentWalFile: async () => ({ path: current }) }, directory)
  await wal.sync()
  synced = []
  write('000011.log')
  current = '/000011.log'
  await wal.sync()
  expect(synced.sort()).toEqual([basename(directory), '000004.log', '000011.log'].sort())
  rmSync(join(directory, '000004.log'))
  synced = []
  await wal.sync()
  expect(synced).toEqual(['000011.log'])
  await wal.close()
})

test('callers that come while a sync is on its way share the next one, never that one', async () => {
  const { directory } = logs('000004.log')
  let rounds = 0
  const wal = new WalSync({ currentWalFile: async () => { rounds += 1; return { path: '/000004.log' } } }, directory)
  const order: string[] = []
  const first = wal.sync().then(() => order.push('first'))
  const second = wal.sync().then(() => order.push('second'))
  const third = wal.sync().then(() => order.push('third'))
  await Promise.all([first, second, third])
  expect(rounds).toBe(2)
  expect(order[0]).toBe('first')
  await wal.close()
})

test('after a sync that failed none succeeds: the next one could only pretend to', async () => {
  const { directory } = logs('000004.log')
  let failures = 1
  const wal = new WalSync({ currentWalFile: async () => {
    if (failures-- > 0) throw new Error('EIO')
    return { path: '/000004.log' }
  } }, directory)
  const outcomes = await Promise.allSettled([wal.sync(), wal.sync()])
  expect(outcomes.map(outcome => outcome.status)).toEqual(['rejected', 'rejected'])
  await expect(wal.sync()).rejects.toThrow('EIO')
  await wal.close()
})
