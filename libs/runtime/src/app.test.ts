import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { type AppHost, createApp, createLogger, type Part, silentLogger } from './index.ts'

afterEach(() => vi.useRealTimers())

/** A process that exits only on paper. */
function fakeHost() {
  const events = new EventEmitter()
  const exits: number[] = []
  let uptime = 0
  let exited: () => void
  const exit = new Promise<void>((resolve) => { exited = resolve })
  const host: AppHost = {
    on: (event, listener) => events.on(event, listener),
    off: (event, listener) => events.off(event, listener),
    exit: (code) => { exits.push(code); exited() },
    uptimeMs: () => uptime,
  }
  return { host, events, exits, exit, pass: (ms: number) => { uptime += ms } }
}

function recorder() {
  const seen: string[] = []
  const part = (name: string, extra: Partial<Part> = {}): Part => ({
    name,
    start: async () => { await Promise.resolve(); seen.push(`+${name}`) },
    stop: async () => { await Promise.resolve(); seen.push(`-${name}`) },
    ...extra,
  })
  return { seen, part }
}

test('parts start in order and stop in reverse, once', async () => {
  const { seen, part } = recorder()
  const app = createApp({ logger: silentLogger, parts: [part('a'), part('b'), part('c')] })
  await Promise.all([app.start(), app.start()])
  expect(await Promise.all([app.stop(), app.stop()])).toEqual([true, true])
  expect(seen).toEqual(['+a', '+b', '+c', '-c', '-b', '-a'])
})

test('where a part fails to start, it and those before it are stopped and the error is thrown', async () => {
  const { seen, part } = recorder()
  const broken = part('b', { start: () => { throw new Error('port in use') } })
  await expect(createApp({ logger: silentLogger, parts: [part('a'), broken, part('c')] }).start()).rejects.toThrow('port in use')
  expect(seen).toEqual(['+a', '-b', '-a'])
})

test('a part that hangs or fails on its way out keeps no other from stopping', async () => {
  vi.useFakeTimers()
  const { seen, part } = recorder()
  const lines: string[] = []
  const logger = createLogger({ destination: { write: (line) => lines.push(line) } })
  const app = createApp({ logger, parts: [
    part('a'),
    part('hangs', { stop: () => new Promise(() => undefined), stopTimeoutMs: 50 }),
    part('fails', { stop: () => { throw new Error('disk of Bea') } }),
  ] })
  await app.start()
  const stopped = app.stop()
  await vi.advanceTimersByTimeAsync(50)
  expect(await stopped).toBe(false)
  expect(seen).toEqual(['+a', '+hangs', '+fails', '-a'])
  expect(lines.join('')).toContain('STOP_TIMED_OUT')
  expect(lines.join('')).not.toContain('Bea')
})

test('a signal stops in order with exit code 0, and twice the same is one', async () => {
  const { seen, part } = recorder()
  const { host, events, exits, exit, pass } = fakeHost()
  await createApp({ logger: silentLogger, parts: [part('a'), part('b')], host }).run()
  events.emit('SIGINT', 'SIGINT')
  pass(100)
  events.emit('SIGINT', 'SIGINT')
  await exit
  expect(exits).toEqual([0])
  expect(seen).toEqual(['+a', '+b', '-b', '-a'])
  expect(events.listenerCount('SIGINT')).toBe(0)
})

test('a second signal later ends a stop that hangs', async () => {
  const { part } = recorder()
  const { host, events, exits, pass } = fakeHost()
  await createApp({ logger: silentLogger, parts: [part('a', { stop: () => new Promise(() => undefined), stopTimeoutMs: 1 << 30 })], host }).run()
  events.emit('SIGTERM', 'SIGTERM')
  pass(2001)
  events.emit('SIGINT', 'SIGINT')
  expect(exits).toEqual([130])
})

test('a signal while it starts lets the part finish, starts no other, and stops', async () => {
  const { seen, part } = recorder()
  const { host, events, exits, exit } = fakeHost()
  let begin = (): void => undefined
  const slow = part('slow', { start: () => new Promise<void>((resolve) => { begin = () => { seen.push('+slow'); resolve() } }) })
  const running = createApp({ logger: silentLogger, parts: [slow, part('b')], host }).run()
  events.emit('SIGTERM', 'SIGTERM')
  await setImmediate()
  expect(seen).toEqual([])
  begin()
  await running
  await exit
  expect(seen).toEqual(['+slow', '-slow'])
  expect(exits).toEqual([0])
})

test.each(['uncaughtException', 'unhandledRejection'])('%s is logged without its message and stops with 1', async (event) => {
  const { seen, part } = recorder()
  const { host, events, exits, exit } = fakeHost()
  const lines: string[] = []
  await createApp({ logger: createLogger({ destination: { write: (line) => lines.push(line) } }), parts: [part('a')], host }).run()
  events.emit(event, Object.assign(new Error('phone +50499000001'), { code: 'EPIPE' }))
  events.emit(event, new Error('another of Bea'))
  await exit
  expect(exits).toEqual([1])
  expect(seen).toEqual(['+a', '-a'])
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'fatal', error: { name: 'Error', code: 'EPIPE', stack: expect.any(String) } })
  expect(lines.join('')).not.toMatch(/504|Bea/)
})
