import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAction, Refusal, type Contract, type Role } from '@growr/contracts'
import { callerScope, callingUser, defineService, implement } from './action.ts'
import type { Scope } from './permit.ts'
import { hello, read, relay, rig, tokensOf, user, write, type Rig } from './testing/rig.ts'

const things = new Map<string, { key: string; amount: string; organization: string | undefined; owner: string }>([
  ['k1', { key: 'k1', amount: '1.00', organization: 'comsa', owner: 'bea' }],
  ['nobodys', { key: 'nobodys', amount: '1.00', organization: undefined, owner: 'bea' }],
])
const find = (key: string) => {
  const thing = things.get(key)
  if (!thing) throw new Refusal('NOT_FOUND', { path: 'key' })
  return thing
}
const access = tokensOf('access')
const refused = (code: string, more: object = {}) => expect.objectContaining({ code, ...more })

let scopes: string[]
let node: Rig

beforeEach(async () => {
  scopes = []
  node = await rig()
  await node.financing.serve(
    defineService({
      name: 'loan',
      actions: [
        implement(read, {
          scope: ({ key }): Scope => {
            scopes.push(key)
            const { organization, owner } = find(key)
            return { organization, owners: [owner] }
          },
          handle: ({ key }) => ({ key, amount: find(key).amount }),
        }),
        implement(write, { handle: ({ key, amount }) => ({ key, amount }) }),
        implement(hello, { handle: (_, { caller }) => ({ caller: caller.kind }) }),
      ],
    }),
  )
  await node.payment.serve(
    defineService({
      name: 'payment',
      actions: [implement(relay, { handle: ({ key, alone }, context) => (alone ? context.as() : context).call(read, { key }) })],
    }),
  )
})
afterEach(() => node.stop())

const as = async (role: Role, organization?: string, userId = 'u1') => ({ user: await access.mintUser(user(role, organization, userId)) })

describe('who may call', () => {
  test.each<[Role, string | undefined, string, string]>([
    ['NODE_OPERATOR', undefined, 'u1', 'OK'],
    ['ORIGINATOR_ADMIN', 'comsa', 'u1', 'OK'],
    ['ORIGINATOR_ADMIN', 'other', 'u1', 'FORBIDDEN'],
    ['ORIGINATOR_ADMIN', undefined, 'u1', 'FORBIDDEN'],
    ['BORROWER', 'comsa', 'bea', 'OK'],
    ['BORROWER', 'comsa', 'carl', 'FORBIDDEN'],
    ['ORIGINATOR_AGENT', 'comsa', 'u1', 'FORBIDDEN'],
    ['INVESTOR', undefined, 'bea', 'FORBIDDEN'],
  ])('%s of %s as %s: %s', async (role, organization, userId, expected) => {
    const outcome = await node.access.call(read, { key: 'k1' }, await as(role, organization, userId)).then(() => 'OK', (error: Refusal) => error.code)
    expect(outcome).toBe(expected)
  })

  test('who has no organization has nothing in common with a thing that has none', async () => {
    await expect(node.access.call(read, { key: 'nobodys' }, await as('ORIGINATOR_ADMIN'))).rejects.toThrow(refused('FORBIDDEN'))
  })

  test('a stranger is asked to sign in; an open action answers', async () => {
    await expect(node.access.call(read, { key: 'k1' })).rejects.toThrow(refused('UNAUTHENTICATED'))
    expect(await node.access.call(hello, {})).toEqual({ caller: 'stranger' })
  })

  test('a service that is listed may, another may not', async () => {
    expect(await node.payment.call(read, { key: 'k1' }, { as: { service: 'payment' } })).toEqual({ key: 'k1', amount: '1.00' })
    await expect(node.financing.call(read, { key: 'k1' }, { as: { service: 'project' } })).rejects.toThrow(refused('FORBIDDEN'))
  })

  test('a user acts through a listed service, and not through the same call without it', async () => {
    const investor = await as('INVESTOR')
    expect(await node.access.call(relay, { key: 'k1' }, investor)).toEqual({ key: 'k1', amount: '1.00' })
    await expect(node.access.call(read, { key: 'k1' }, investor)).rejects.toThrow(refused('FORBIDDEN'))
    expect(await node.access.call(relay, { key: 'k1', alone: true }, investor)).toEqual({ key: 'k1', amount: '1.00' })
  })

  test('what is not there is NOT_FOUND, and the right is not asked for where the role has none', async () => {
    await expect(node.access.call(read, { key: 'k9' }, await as('ORIGINATOR_ADMIN', 'comsa'))).rejects.toThrow(refused('NOT_FOUND'))
    scopes = []
    await expect(node.access.call(read, { key: 'k1' }, await as('INVESTOR'))).rejects.toThrow(refused('FORBIDDEN'))
    await node.access.call(read, { key: 'k1' }, await as('NODE_OPERATOR'))
    expect(scopes).toEqual([])
  })
})

describe('what does not start', () => {
  const contract = (access: object): Contract => ({ ...read, access })
  const handle = (): never => undefined as never

  test('an action that nobody may call', () => {
    for (const rule of [{}, { users: {} }, { services: [] }]) expect(() => implement(contract(rule), { handle })).toThrow(/nobody/)
  })
  test('an action whose rule asks whose the thing is, while nothing says so', () => {
    for (const relation of ['organization', 'own']) expect(() => implement(contract({ users: { BORROWER: relation } }), { handle })).toThrow(/scope/)
  })
  test('an action in another service, or twice; a service in another group', () => {
    const action = implement(write, { handle: (params) => params })
    expect(() => defineService({ name: 'payment', actions: [action] })).toThrow(/not an action of/)
    expect(() => defineService({ name: 'loan', actions: [action, action] })).toThrow(/twice/)
    expect(() => node.payment.serve(defineService({ name: 'loan', actions: [action] }))).toThrow(/does not hold/)
  })
})

describe('tokens over the bus', () => {
  const call = (meta: Record<string, unknown>) => node.broker.moleculer.call('loan.hello', {}, { meta })

  test('a forged, expired or borrowed one is refused, also by an open action', async () => {
    const old = await tokensOf('access', () => Date.now() - 31_000).mintUser(user('NODE_OPERATOR'))
    await expect(call({ user: old })).rejects.toThrow(refused('CALL_TOKEN_INVALID', { details: { reason: 'expired' } }))
    await expect(call({ user: `${old.slice(0, -4)}AAAA` })).rejects.toThrow(refused('CALL_TOKEN_INVALID'))
    const other = await tokensOf('financing').mintService('loan', 'payment')
    await expect(call({ service: other })).rejects.toThrow(refused('CALL_TOKEN_INVALID', { details: { reason: 'borrowed' } }))
    for (const junk of [7, {}, null, ['x']]) await expect(call({ user: junk })).rejects.toThrow(refused('CALL_TOKEN_INVALID'))
  })

  test('nothing else in the meta makes anybody somebody', async () => {
    const meta = { caller: { kind: 'user', role: 'NODE_OPERATOR', userId: 'x' }, role: 'NODE_OPERATOR', $service: 'payment' }
    expect(await call(meta)).toEqual({ caller: 'stranger' })
    await expect(node.broker.moleculer.call('loan.read', { key: 'k1' }, { meta })).rejects.toThrow(refused('UNAUTHENTICATED'))
  })
})

describe('the form of a call', () => {
  test('wrong parameters are BAD_INPUT with the path', async () => {
    const operator = await as('NODE_OPERATOR')
    await expect(node.access.call(write, { key: 'k1', amount: '1,00' }, operator)).rejects.toThrow(refused('BAD_INPUT', { path: 'amount' }))
    await expect(node.access.call(write, { key: 'k1', amount: '1', admin: true } as never, operator)).rejects.toThrow(refused('BAD_INPUT'))
    await expect(node.access.call(write, null as never, operator)).rejects.toThrow(refused('BAD_INPUT'))
    await expect(node.access.call(write, { key: 'k1', amount: '1' }, { ...operator, requestId: 'a b' })).rejects.toThrow(refused('BAD_INPUT', { path: 'requestId' }))
  })

  test('what is too large, too deep or no plain data is refused before anything reads it', async () => {
    let deep: object = {}
    for (let level = 0; level < 50; level++) deep = { deep }
    const circle: { self?: object } = {}
    circle.self = circle
    for (const huge of ['x'.repeat(1_000_001), deep, circle, Array(30_000).fill(0)]) {
      await expect(node.access.call(read, { key: huge } as never)).rejects.toThrow(refused('REQUEST_TOO_LARGE'))
    }
    for (const strange of [() => 1, 5n, new Date(), Symbol('x')]) await expect(node.access.call(read, { key: strange } as never)).rejects.toThrow(refused('BAD_INPUT'))
  })
})

test('a caller\'s own scope and the calling user', async () => {
  const caller = { kind: 'user', ...user('BORROWER', 'comsa') } as const
  expect(callerScope({}, { caller })).toEqual({ owners: ['u1'], organization: 'comsa' })
  expect(() => callingUser({ caller: { kind: 'stranger' } })).toThrow(refused('UNAUTHENTICATED'))
  expect(() => callingUser({ caller: { kind: 'service', service: 'loan' } })).toThrow(refused('FORBIDDEN'))
})

test('the scope that was read reaches the handler', async () => {
  const find = defineAction({ ...read, name: 'project.read', params: z.strictObject({}) })
  await node.financing.serve(
    defineService({
      name: 'project',
      actions: [implement(find, { scope: () => ({ organization: 'comsa', owners: [], record: 'r1' }), handle: (_, __, scope) => ({ key: scope?.record ?? 'none', amount: '0' }) })],
    }),
  )
  expect((await node.access.call(find, {}, await as('ORIGINATOR_ADMIN', 'comsa'))).key).toBe('r1')
  expect((await node.access.call(find, {}, await as('NODE_OPERATOR'))).key).toBe('none')
})
