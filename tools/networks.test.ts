import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ensureBitcoind, installed, mirrorIn, NoBitcoind, versionOf } from './networks/bitcoind.mjs'

const folder = mkdtempSync(join(tmpdir(), 'networks '))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (error instanceof NoBitcoind) return error.message
  throw error ?? new Error('nothing was refused')
}
const script = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
  return file
}

test('the mirror of Debian is found in both forms of apt\'s sources, and no other\'s', () => {
  expect(mirrorIn('# deb http://old.example/debian sid main\ndeb [arch=amd64] http://mirror.example/debian bookworm main\n')).toBe('http://mirror.example/debian')
  expect(mirrorIn('Types: deb\nURIs: http://mirror.example/debian-security\nTypes: deb\nURIs: https://two.example/pub/debian/\nSuites: bookworm\n')).toBe('https://two.example/pub/debian/')
  expect(mirrorIn('deb https://packages.example/apt stable main\n')).toBeUndefined()
})

test('a path that is named must be a bitcoind that runs; the refusal says what to do', async () => {
  const ensure = (path: string) => ensureBitcoind({ env: { BITCOIND_PATH: path }, folder })
  expect(await refused(ensure(join(folder, 'nothing')))).toMatch(/ENOENT.*BITCOIND_PATH/)
  expect(await refused(ensure(script('other', 'echo something else')))).toMatch(/no bitcoind.*something else.*BITCOIND_PATH/)
  expect(await refused(ensure(script('broken', 'echo no library >&2; exit 127')))).toMatch(/ended with 127: no library/)
  const right = script('right', 'echo Bitcoin Core daemon version v30')
  expect(await ensure(right)).toBe(right)
})

test('the one that npm test set up is a bitcoind', async () => {
  const path = process.env['BITCOIND_PATH'] ?? ''
  expect(existsSync(path), `there is none at ${path}: npm test sets it up`).toBe(true)
  expect(await versionOf(path)).toMatch(/^Bitcoin .*version v\d/)
  expect(installed(folder).startsWith(folder)).toBe(true)
})
