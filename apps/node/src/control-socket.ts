import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { makePrivateDirectory, RuntimeError } from '@growr/runtime'
import { OperatorError } from './operator-error.ts'

/** What a command may ask of the node that runs on its data directory. */
export type Orders = Readonly<Record<string, (params: Readonly<Record<string, unknown>>, progress: (state: unknown) => void) => Promise<unknown>>>

type Answer = { readonly progress: unknown } | { readonly done: unknown } | { readonly failed: { readonly code: string; readonly message: string } }

/** The longest path that a socket may have. */
const LONGEST = 100
const LINE_LIMIT = 64 * 1024

/** Where the node of a data directory listens: in it, or, where that path is too long, in a directory of this user alone. */
export function controlPath(data: string): string {
  const inside = join(resolve(data), 'control')
  if (Buffer.byteLength(inside) <= LONGEST) return inside
  const name = createHash('sha256').update(resolve(data)).digest('hex').slice(0, 16)
  return join(tmpdir(), `growr-${userInfo().uid}`, name)
}

/**
 * Whether nobody else can have put a socket there. Where temporary files lie anybody may make a directory of any name, and orders carry
 * a pass phrase.
 */
function isOwn(data: string, path: string): boolean {
  if (path === join(resolve(data), 'control')) return true
  const folder = lstatSync(dirname(path))
  return folder.isDirectory() && folder.uid === userInfo().uid
}

/** Listens for orders of whoever may enter the data directory: its owner. */
export async function listenForOrders(data: string, orders: Orders): Promise<{ close(): Promise<void> }> {
  const path = controlPath(data)
  if (path !== join(resolve(data), 'control')) makePrivateDirectory(dirname(path))
  if (!isOwn(data, path)) throw new RuntimeError('DATA_NOT_WRITABLE', `${dirname(path)} is not yours: have it removed, or give the data directory a shorter path`)
  // Who holds the data directory's lock is the only node here: what lies there was left by one that was killed.
  rmSync(path, { force: true })
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    void obey(socket, orders)
  })
  const before = process.umask(0o177)
  try {
    await new Promise<void>((done, failed) => {
      server.once('error', failed)
      server.listen(path, done)
    })
  } finally {
    process.umask(before)
  }
  chmodSync(path, 0o600)
  server.unref()
  return {
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => { server.close(done) })
    },
  }
}

async function obey(socket: Socket, orders: Orders): Promise<void> {
  const answer = (message: Answer): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
  }
  try {
    const { order, ...params } = JSON.parse(await firstLine(socket)) as { order?: unknown }
    const carry = typeof order === 'string' && Object.hasOwn(orders, order) ? orders[order] : undefined
    if (carry === undefined) throw new OperatorError('ORDER_UNKNOWN', 'the node that runs is of another release: stop it, and start it again')
    answer({ done: (await carry(params, (state) => answer({ progress: state }))) ?? null })
  } catch (error) {
    const { code } = error as { code?: unknown }
    answer({ failed: { code: typeof code === 'string' ? code : 'INTERNAL', message: error instanceof Error ? error.message : 'failed' } })
  }
  socket.end()
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((found, failed) => {
    let text = ''
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('utf8')
      const end = text.indexOf('\n')
      if (end < 0 && text.length <= LINE_LIMIT) return
      socket.off('data', onData)
      if (end < 0) failed(new OperatorError('ORDER_UNKNOWN', 'an order is one line'))
      else found(text.slice(0, end))
    }
    socket.on('data', onData)
    socket.once('end', () => failed(new OperatorError('ORDER_UNKNOWN', 'an order is one line')))
  })
}

/**
 * Has the node that runs on a data directory do something. Undefined where none runs there. Throws what the node answers (by its
 * code), NODE_SILENT where it ends before it has answered.
 */
export async function order<T>(data: string, name: string, params: Readonly<Record<string, unknown>> = {}, progress: (state: never) => void = () => undefined): Promise<T | undefined> {
  const path = controlPath(data)
  if (!existsSync(path) || !isOwn(data, path)) return undefined
  const socket = createConnection(path)
  const connected = await new Promise<boolean>((done, failed) => {
    socket.once('connect', () => done(true))
    socket.once('error', (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? done(false) : failed(error))
  })
  if (!connected) return undefined
  socket.on('error', () => socket.destroy())
  socket.write(`${JSON.stringify({ order: name, ...params })}\n`)
  try {
    for await (const line of createInterface({ input: socket })) {
      const answer = JSON.parse(line) as Answer
      if ('done' in answer) return answer.done as T
      if ('failed' in answer) throw Object.assign(new Error(answer.failed.message), { code: answer.failed.code })
      progress(answer.progress as never)
    }
  } finally {
    socket.destroy()
  }
  throw new OperatorError('NODE_SILENT', 'the node ended before it had answered: look into its log, and try again')
}
