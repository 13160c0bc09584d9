import { lstatSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { controlPath, listenForOrders, order } from './control-socket.ts'

let data: string
let control: { close(): Promise<void> } | undefined
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'growr-control-'))
  control = undefined
})
afterEach(async () => {
  await control?.close()
  rmSync(data, { recursive: true, force: true })
})

const echo = { echo: (params: object, progress: (state: unknown) => void) => {
  progress(1)
  return Promise.resolve(params)
} }

/** What the node answers to these bytes. */
async function told(bytes: string): Promise<string> {
  const socket = createConnection(controlPath(data))
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('error', () => undefined)
  if (bytes.includes('\n') || bytes.length > 64 * 1024) socket.write(bytes)
  else socket.end(bytes)
  await once(socket, 'close')
  return text
}

test('a socket of its owner alone, which carries out what is known', async () => {
  expect(await order(data, 'echo')).toBeUndefined()
  control = await listenForOrders(data, echo)
  expect(lstatSync(controlPath(data)).mode & 0o777).toBe(0o600)
  expect(await order(data, 'echo', { to: 'Año ✓' })).toEqual({ to: 'Año ✓' })
})

test('what is no order is refused, and nothing falls over', async () => {
  control = await listenForOrders(data, echo)
  await expect(order(data, 'toString')).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
  for (const bytes of ['', 'echo']) expect(await told(bytes)).toBe('')
  for (const bytes of ['{"order":"__proto__"}\n', '{"order":["echo"]}\n', '[]\n', 'null\n', '{\n', 'x'.repeat(70_000)]) {
    expect(await told(bytes)).toMatch(/^\{"failed":\{"code":"(ORDER_UNKNOWN|INTERNAL)"/)
  }
  expect(await order(data, 'echo', { a: 1 })).toEqual({ a: 1 })
})

test('where a long path leads to a directory of others, nobody listens and no order goes there', async () => {
  data = join(data, 'd'.repeat(100))
  mkdirSync(data)
  const path = controlPath(data)
  const folder = mkdtempSync(join(tmpdir(), 'growr-else-'))
  const moved = join(tmpdir(), `growr-test-${process.pid}`)
  process.env['TMPDIR'] = moved
  try {
    mkdirSync(moved)
    // As somebody else would lay it out: the name is known, what it leads to is theirs.
    symlinkSync(folder, dirname(controlPath(data)))
    expect(controlPath(data)).not.toBe(path)
    const server = createServer((socket) => socket.end('{"done":"theirs"}\n')).listen(controlPath(data))
    await once(server, 'listening')
    expect(await order(data, 'backup', { passphrase: 'secret' })).toBeUndefined()
    await expect(listenForOrders(data, echo)).rejects.toMatchObject({ code: 'DATA_NOT_WRITABLE' })
    server.close()
  } finally {
    delete process.env['TMPDIR']
    for (const left of [moved, folder]) rmSync(left, { recursive: true, force: true })
  }
})
