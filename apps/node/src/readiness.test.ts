import { spawnSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChildNode } from './testing/child.ts'
import { PASSPHRASE, START } from './testing/world.ts'

// A node whose storage fails under it says so at /readyz within ten seconds, and why.

const LIMIT_MS = 10_000
let dir: string
let node: ChildNode
let pid: number

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'growr-ready-'))
  mkdirSync(join(dir, 'data'), { mode: 0o700 })
  node = new ChildNode({ dir, passphrase: PASSPHRASE, clock: START })
  await node.start()
  pid = node.pid
  expect((await ready()).status).toBe(200)
}, 60_000)

afterAll(async () => {
  await node.kill()
  rmSync(dir, { recursive: true, force: true })
})

const ready = (): Promise<Response> => fetch(`${node.door.url}/readyz`)

async function readyAgain(): Promise<void> {
  const from = performance.now()
  while ((await ready()).status !== 200) if (performance.now() - from > LIMIT_MS) throw new Error('the node stayed red for ten seconds')
}

/** Asks until it is red, and gives the reasons. */
async function reasons(): Promise<{ name: string; reason: string }[]> {
  const from = performance.now()
  while (performance.now() - from < LIMIT_MS) {
    const response = await ready()
    if (response.status === 503) return ((await response.json()) as { reasons: { name: string; reason: string }[] }).reasons
  }
  throw new Error('the node said that it was ready for ten seconds')
}

test('full: nothing can be written any more', async () => {
  const limit = (bytes: string): void => {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}`], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  }
  limit('1024:unlimited')
  expect(await reasons()).toContainEqual({ name: 'storage', reason: expect.stringMatching(/^STORAGE_FULL/) as string })
  // It lives, and answers.
  expect((await fetch(`${node.door.url}/healthz`)).status).toBe(200)
  limit('unlimited')
  await readyAgain()
})

test('unreadable: the folder of a store is gone', async () => {
  const folder = join(node.data, 'financing', 'store', 'cores', 'db')
  expect(readdirSync(folder)).toContain('CURRENT')
  renameSync(folder, `${folder}.away`)
  expect(await reasons()).toContainEqual({ name: 'storage', reason: 'STORAGE_MISSING financing/store/cores/db' })
  renameSync(`${folder}.away`, folder)
  await readyAgain()
})

test('truncated: a database', async () => {
  const collections = join(node.data, 'identity', 'collections.db')
  truncateSync(collections, Math.floor(statSync(collections).size / 2))
  expect(await reasons()).toContainEqual({ name: 'storage', reason: 'STORAGE_TRUNCATED identity/collections.db' })
})
