import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { atomicWriteFile, diskCheck, freeDisk, lockDirectory, makePrivateDirectory } from './index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growr-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file is replaced whole, private by default, and no draft is left', async () => {
  const path = join(folder, 'keys.json')
  await atomicWriteFile(path, 'one')
  await Promise.all(['two', 'three', 'four'].map((text) => atomicWriteFile(path, text.repeat(1000))))
  expect(['two', 'three', 'four'].map((text) => text.repeat(1000))).toContain(readFileSync(path, 'utf8'))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await atomicWriteFile(path, new Uint8Array([1, 2]), { mode: 0o644 })
  expect([...readFileSync(path)]).toEqual([1, 2])
  expect(statSync(path).mode & 0o777).toBe(0o644)
  expect(readdirSync(folder)).toEqual(['keys.json'])
})

test('the file is on disk before it takes its name, and its name before the write is acknowledged', async () => {
  const probe = await open(folder, 'r')
  const handles = Object.getPrototypeOf(probe) as FileHandle
  await probe.close()
  const names = (): string => readdirSync(folder).map((name) => (name.endsWith('.tmp') ? 'draft' : name)).join()
  const seen: string[] = []
  const original = handles.sync
  const spy = vi.spyOn(handles, 'sync').mockImplementation(async function (this: FileHandle) {
    seen.push(`${(await this.stat()).isDirectory() ? 'directory' : 'file'} with ${names()}`)
    await original.call(this)
  })
  try {
    await atomicWriteFile(join(folder, 'a'), 'x')
  } finally {
    spy.mockRestore()
  }
  expect(seen).toEqual(['file with draft', 'directory with a'])
})

test('a disk that refuses to sync acknowledges nothing and keeps the old file', async () => {
  const path = join(folder, 'a')
  await atomicWriteFile(path, 'old')
  const probe = await open(folder, 'r')
  const handles = Object.getPrototypeOf(probe) as FileHandle
  await probe.close()
  const spy = vi.spyOn(handles, 'sync').mockRejectedValue(Object.assign(new Error('planted'), { code: 'EIO' }))
  try {
    await expect(atomicWriteFile(path, 'new')).rejects.toMatchObject({ code: 'EIO' })
  } finally {
    spy.mockRestore()
  }
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['a'])
})

test('a write that fails leaves the old file and no draft', async () => {
  mkdirSync(join(folder, 'taken'))
  writeFileSync(join(folder, 'taken', 'inside'), '')
  await expect(atomicWriteFile(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
  expect(readdirSync(folder)).toEqual(['taken'])
})

test('a data directory is its owner\'s alone, also where it was open', () => {
  const path = join(folder, 'data', 'financing')
  makePrivateDirectory(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  chmodSync(path, 0o755)
  makePrivateDirectory(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  writeFileSync(join(folder, 'file'), '')
  expect(() => makePrivateDirectory(join(folder, 'file', 'below'))).toThrow(expect.objectContaining({ code: 'DATA_NOT_WRITABLE' }))
})

test('one alone works on a data directory, in this process', () => {
  const lock = lockDirectory(folder)
  expect(() => lockDirectory(join(folder, '.'))).toThrow(expect.objectContaining({ code: 'DATA_IN_USE' }))
  lock.release()
  lock.release()
  lockDirectory(folder).release()
  expect(statSync(join(folder, 'lock')).mode & 0o777).toBe(0o600)
})

test('one alone works on a data directory, among processes, and a kill leaves no lock', async () => {
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    lockDirectory(process.argv[1]); process.stdout.write('held'); setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--conditions=@growr/source', '--input-type=module', '-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    await once(child.stdout, 'data')
    expect(existsSync(join(folder, 'lock'))).toBe(true)
    expect(() => lockDirectory(folder)).toThrow(expect.objectContaining({ code: 'DATA_IN_USE' }))
  } finally {
    child.kill('SIGKILL')
    await ended
  }
  lockDirectory(folder).release()
})

test('free disk is measured, and a disk that is too full fails its check', async () => {
  const { free, total } = await freeDisk(folder)
  expect(free).toBeGreaterThan(0)
  expect(total).toBeGreaterThanOrEqual(free)
  expect(await diskCheck(folder, 1)()).toEqual({ ok: true })
  expect(await diskCheck(folder, total + 1)()).toEqual({ ok: false, reason: 'DISK_FULL' })
})
