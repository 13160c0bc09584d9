import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAction, Refusal, type Cause } from '@growr/contracts'
import { defineService, implement, type ActionContext } from './action.ts'
import type { BusConfig, Measured } from './config.ts'
import { hello, read, relay, rig, tokensOf, user, write, type Rig } from './testing/rig.ts'

const access = tokensOf('access')
const operator = async () => ({ user: await access.mintUser(user('NODE_OPERATOR')) })
const refused = (code: string, more: object = {}) => expect.objectContaining({ code, ...more })

interface Logged {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

let node: Rig
const logged: Logged[] = []
const measured: Measured[] = []
const start = async (config?: BusConfig): Promise<Rig> => {
  logged.length = 0
  measured.length = 0
  return (node = await rig({ ...(config ? { config } : {}), log: (_, message, fields) => logged.push({ message, fields }), measure: (m) => measured.push(m) }))
}
afterEach(() => node.stop())

const serveWrite = (handle: (context: ActionContext, key: string) => unknown) =>
  node.financing.serve(defineService({ name: 'loan', actions: [implement(write, { handle: ({ key }, context) => handle(context, key) as never })] }))

describe('errors', () => {
  test('a refusal crosses as itself', async () => {
    await start()
    await serveWrite(() => {
      throw new Refusal('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } })
    })
    await expect(node.access.call(write, { key: 'k', amount: '1' }, await operator())).rejects.toThrow(refused('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } }))
    expect(logged).toEqual([])
  })

  test('anything else becomes INTERNAL with a reference that stands in the log, without what it said', async () => {
    await start()
    await serveWrite(() => {
      throw Object.assign(new Error('no row for +50499000001'), { code: 'SQLITE_ERROR', cause: new Error('Bea') })
    })
    const error = await node.access.call(write, { key: 'k', amount: '1' }, await operator()).catch((thrown: unknown) => thrown as Refusal)
    expect(error).toEqual(refused('INTERNAL'))
    const entry = logged.find(({ fields }) => fields['incident'] === (error as Refusal).details?.['reference'])
    expect(entry?.fields).toMatchObject({ action: 'loan.write', failure: { name: 'Error', code: 'SQLITE_ERROR' } })
    expect(JSON.stringify(logged)).not.toMatch(/50499000001|Bea/)
    expect(JSON.stringify(logged)).toContain('bus.test.ts')
  })

  test('a result that does not fit its contract does not leave, unless the check is off', async () => {
    await start()
    await serveWrite(() => ({ key: 'k' }))
    await expect(node.access.call(write, { key: 'k', amount: '1' }, await operator())).rejects.toThrow(refused('INTERNAL'))
    expect(logged[0]).toMatchObject({ fields: { paths: ['amount'] } })
    await node.stop()
    await start({ checkResults: false })
    await serveWrite(() => ({ key: 'k' }))
    expect(await node.access.call(write, { key: 'k', amount: '1' }, await operator())).toEqual({ key: 'k' })
  })

  test('what is not there is UNAVAILABLE; a circle of calls ends', async () => {
    await start()
    await expect(node.access.call(write, { key: 'k', amount: '1' }, await operator())).rejects.toThrow(refused('UNAVAILABLE'))
    const circle = defineAction({ name: 'loan.circle', kind: 'query', about: 'Calls itself.', params: z.strictObject({}), result: z.object({}), access: { public: true } })
    await node.financing.serve(defineService({ name: 'loan', actions: [implement(circle, { handle: (_, context) => context.call(circle, {}) })] }))
    await expect(node.access.call(circle, {})).rejects.toThrow(refused('INTERNAL'))
    await expect(node.access.waitFor(['payment'], 20)).rejects.toThrow(refused('UNAVAILABLE'))
  })
})

describe('a call goes on', () => {
  const cause: Cause = { group: 'payment', organization: 'comsa', book: 'payment', key: 'p1', seq: 3 }
  const serveChain = async (seen: Pick<ActionContext, 'caller' | 'through' | 'requestId' | 'traceId'>[]) => {
    await node.financing.serve(
      defineService({
        name: 'loan',
        actions: [
          implement(read, {
            scope: () => ({}),
            handle: ({ key }, context) => {
              seen.push(context)
              return { key, amount: '1' }
            },
          }),
        ],
      }),
    )
    await node.payment.serve(
      defineService({
        name: 'payment',
        actions: [
          implement(relay, {
            handle: ({ key, alone }, context) => {
              seen.push(context)
              return alone ? context.as(cause).call(read, { key }) : context.call(read, { key }, { requestId: 'r2' })
            },
          }),
        ],
      }),
    )
  }

  test('with the user\'s token beside the service\'s own, one trace, and no request id but the one that is given', async () => {
    await start()
    const seen: Pick<ActionContext, 'caller' | 'through' | 'requestId' | 'traceId'>[] = []
    await serveChain(seen)
    await node.access.call(relay, { key: 'k' }, { ...(await operator()), requestId: 'r1', traceId: 'trace-1', as: { service: 'access' } })
    expect(seen).toMatchObject([
      { caller: { kind: 'user', role: 'NODE_OPERATOR' }, through: { service: 'access' }, requestId: 'r1', traceId: 'trace-1' },
      { caller: { kind: 'user', role: 'NODE_OPERATOR' }, through: { service: 'payment' }, requestId: 'r2', traceId: 'trace-1' },
    ])
  })

  test('as the service alone, with its cause, when it acts by itself', async () => {
    await start()
    const seen: Pick<ActionContext, 'caller' | 'through' | 'requestId' | 'traceId'>[] = []
    await serveChain(seen)
    await node.access.call(relay, { key: 'k', alone: true }, { ...(await operator()), traceId: 'not a trace' })
    expect(seen[1]).toMatchObject({ caller: { kind: 'service', service: 'payment', cause } })
    expect(seen[1]?.traceId).toBe(seen[0]?.traceId)
    expect(seen[0]?.traceId).not.toBe('not a trace')
  })
})

test('metrics name the action and the outcome and nothing else', async () => {
  await start()
  await node.financing.serve(defineService({ name: 'loan', actions: [implement(hello, { handle: (_, { caller }) => ({ caller: caller.kind }) })] }))
  await node.access.call(hello, {})
  await node.access.call(hello, { x: 1 } as never).catch(() => {})
  expect(measured).toEqual([
    { action: 'loan.hello', outcome: 'OK', milliseconds: expect.any(Number) },
    { action: 'loan.hello', outcome: 'BAD_INPUT', milliseconds: expect.any(Number) },
  ])
})

describe('wake-ups', () => {
  test('reach all that listen, also where one of them fails, until they stop listening', async () => {
    await start()
    const heard: unknown[] = []
    node.payment.on('book.appended', () => {
      throw new Error('mine')
    })
    const stop = node.financing.on('book.appended', (ids) => heard.push(ids))
    node.access.emit('book.appended', { book: 'loan', seq: 4 })
    await expect.poll(() => heard).toEqual([{ book: 'loan', seq: 4 }])
    await expect.poll(() => logged.map(({ message }) => message)).toContain('a listener failed')
    stop()
    node.access.emit('book.appended', { book: 'loan', seq: 5 })
    expect(heard).toHaveLength(1)
  })

  test('carry ids and nothing else', async () => {
    await start()
    for (const ids of [{ name: 'Bea Flores' }, { phone: '+50499000001' }, { amount: 1.5 }, { loan: { key: 'x' } }, Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, i]))]) {
      expect(() => node.access.emit('book.appended', ids as never)).toThrow(/ids and nothing else/)
    }
    expect(() => node.access.emit('$node.disconnected', {})).toThrow(/no name/)
    const heard: unknown[] = []
    node.financing.on('book.appended', (ids) => heard.push(ids))
    await node.broker.moleculer.broadcast('wake.book.appended', { name: 'Bea Flores' })
    expect(heard).toEqual([])
    expect(logged.map(({ message }) => message)).toContain('an event was ignored')
  })
})
