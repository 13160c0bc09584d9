import { afterEach, describe, expect, test } from 'vitest'
import { Errors, type Context } from 'moleculer'
import { Refusal } from '@growr/contracts'
import { defineService, implement } from './action.ts'
import { createBroker } from './broker.ts'
import { createBus, type Bus } from './bus.ts'
import { RefusalRegenerator } from './failure.ts'
import type { BusConfig } from './config.ts'
import { hello, read, relay, rig, tokensOf, user, write, type Rig } from './testing/rig.ts'

const access = tokensOf('access')
const operator = async () => ({ user: await access.mintUser(user('NODE_OPERATOR')) })
const refused = (code: string, more: object = {}) => expect.objectContaining({ code, ...more })

let stop: () => Promise<void> = () => Promise.resolve()
afterEach(() => stop())

/** A node on which `fault` runs between the caller and the action: where a lost connection strikes. */
async function faulty(config: BusConfig, fault: (call: number) => void, handle: () => unknown = () => ({ key: 'k', amount: '1' })): Promise<Rig & { calls: () => number }> {
  let calls = 0
  const node = await rig({ config })
  stop = node.stop
  node.broker.moleculer.middlewares.add({
    name: 'Fault',
    localAction: (next: (context: Context) => Promise<unknown>) => async (context: Context) => {
      fault(++calls)
      return next(context)
    },
  })
  const middlewares = node.broker.moleculer.middlewares as unknown as { registeredHooks: { localAction: unknown[] } }
  // The first hook is the innermost: below the retry and the breaker.
  middlewares.registeredHooks.localAction.unshift(middlewares.registeredHooks.localAction.pop())
  await node.financing.serve(
    defineService({ name: 'loan', actions: [implement(read, { scope: () => ({}), handle: handle as never }), implement(write, { handle: handle as never })] }),
  )
  return { ...node, calls: () => calls }
}

const lost = (): never => {
  throw new Errors.ServiceNotAvailableError({ action: 'loan.write' })
}
const retry = { retries: 3, delayMs: 0 }

describe('what did not arrive is tried again', () => {
  test('for a query', async () => {
    const node = await faulty({ retry }, (call) => call < 3 && lost())
    expect(await node.access.call(read, { key: 'k' }, await operator())).toEqual({ key: 'k', amount: '1' })
    expect(node.calls()).toBe(3)
  })

  test('for a mutation with a request id', async () => {
    const node = await faulty({ retry }, (call) => call < 3 && lost())
    await node.access.call(write, { key: 'k', amount: '1' }, { ...(await operator()), requestId: 'r1' })
    expect(node.calls()).toBe(3)
  })

  test('but not for a mutation without one, which might happen twice', async () => {
    const node = await faulty({ retry }, lost)
    await expect(node.access.call(write, { key: 'k', amount: '1' }, await operator())).rejects.toThrow(refused('UNAVAILABLE'))
    expect(node.calls()).toBe(1)
  })

  test('but not what an action itself refused', async () => {
    const node = await faulty({ retry }, () => {}, () => {
      throw new Refusal('STORE_FAILED')
    })
    await expect(node.access.call(read, { key: 'k' }, await operator())).rejects.toThrow(refused('STORE_FAILED'))
    expect(node.calls()).toBe(1)
  })

  test('and given up in the end', async () => {
    const node = await faulty({ retry }, lost)
    await expect(node.access.call(read, { key: 'k' }, await operator())).rejects.toThrow(refused('UNAVAILABLE'))
    expect(node.calls()).toBe(4)
  })
})

test('the breaker opens on what fails from inside, not on refusals', async () => {
  const breaker = { threshold: 0.5, minRequests: 4, windowSeconds: 60, halfOpenMs: 60_000 }
  let failure: Error = new Refusal('FUNDS_RESERVED')
  const node = await faulty({ breaker }, () => {}, () => {
    throw failure
  })
  const outcome = async () => node.access.call(read, { key: 'k' }, await operator()).catch((error: unknown) => (error as Refusal).code)
  for (let call = 0; call < 8; call++) expect(await outcome()).toBe('FUNDS_RESERVED')
  failure = new Error('broken')
  const outcomes = []
  for (let call = 0; call < 12; call++) outcomes.push(await outcome())
  expect(outcomes[0]).toBe('INTERNAL')
  expect(outcomes.at(-1)).toBe('UNAVAILABLE')
})

test('a call that takes too long is TIMED_OUT', async () => {
  const node = await faulty({ requestTimeoutMs: 20 }, () => {}, () => new Promise(() => {}))
  await expect(node.access.call(read, { key: 'k' }, await operator())).rejects.toThrow(refused('TIMED_OUT'))
})

test('the bulkhead lets so many in, keeps so many waiting, and refuses the rest', async () => {
  const { promise, resolve } = Promise.withResolvers<{ key: string; amount: string }>()
  const node = await faulty({ bulkhead: { concurrency: 2, maxQueue: 1 } }, () => {}, () => promise)
  const behalf = await operator()
  const calls = Array.from({ length: 4 }, () => node.access.call(read, { key: 'k' }, behalf).catch((error: unknown) => (error as Refusal).code))
  expect(await calls[3]).toBe('UNAVAILABLE')
  resolve({ key: 'k', amount: '1' })
  expect(await Promise.all(calls.slice(0, 3))).toEqual(Array(3).fill({ key: 'k', amount: '1' }))
})

describe('between processes', () => {
  async function two(): Promise<{ payment: Bus; financing: Bus }> {
    const config: BusConfig = { transporter: 'Fake', namespace: `test-${process.pid}` }
    const financing = createBus({ name: 'financing', config, tokens: tokensOf('financing') })
    const payment = createBus({ name: 'payment', config, tokens: tokensOf('payment') })
    void financing.serve(
      defineService({
        name: 'loan',
        actions: [
          implement(read, { scope: () => ({}), handle: ({ key }) => ({ key, amount: '1' }) }),
          implement(hello, { handle: (_, { caller }) => ({ caller: caller.kind }) }),
          implement(write, {
            handle: ({ key }) => {
              if (key === 'bug') throw new Error('secret')
              throw new Refusal('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } })
            },
          }),
        ],
      }),
    )
    void payment.serve(defineService({ name: 'payment', actions: [implement(relay, { handle: ({ key }, context) => context.call(read, { key }) })] }))
    await Promise.all([financing.start(), payment.start()])
    await Promise.all([financing.waitFor(['payment'], 5000), payment.waitFor(['loan'], 5000)])
    stop = async () => {
      await Promise.all([financing.stop(), payment.stop()])
    }
    return { payment, financing }
  }

  test('no stack trace goes on the wire, of a refusal or of anything else', () => {
    const regenerator = new RefusalRegenerator()
    regenerator.init(createBroker({ name: 'wire' }).moleculer)
    for (const error of [new Refusal('FORBIDDEN'), new Error('x'), new Errors.ServiceNotFoundError({ action: 'x' })]) expect(regenerator.extractPlainError(error).stack).toBe('')
  })

  test('a code that is none is INTERNAL', () => {
    const regenerator = new RefusalRegenerator()
    const restored = regenerator.restore({ name: 'Refusal', message: 'x', data: { code: 'toString', path: 5 } } as never, { sender: 'x' })
    expect(restored).toEqual(refused('INTERNAL'))
  })

  test('calls, refusals and failures cross, and no stack with them', async () => {
    const { payment, financing } = await two()
    expect(await payment.call(read, { key: 'k' }, { as: { service: 'payment' } })).toEqual({ key: 'k', amount: '1' })
    expect(await financing.call(relay, { key: 'k' }, { user: await access.mintUser(user('INVESTOR')) })).toEqual({ key: 'k', amount: '1' })
    const error = await payment.call(write, { key: 'k', amount: '1' }, { as: { service: 'payment' } }).catch((thrown: unknown) => thrown as Refusal)
    expect(error).toBeInstanceOf(Refusal)
    expect(error).toEqual(refused('FUNDS_RESERVED', { path: 'amount', details: { available: '1.00' } }))
    const bug = await payment.call(write, { key: 'bug', amount: '1' }, { as: { service: 'payment' } }).catch((thrown: unknown) => thrown as Refusal)
    expect(bug).toEqual(refused('INTERNAL', { details: { reference: expect.any(String) } }))
    expect(JSON.stringify(bug) + String((bug as Refusal).stack)).not.toContain('secret')
  })
})
