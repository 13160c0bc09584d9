import { generateKeyPairSync, sign } from 'node:crypto'
import { z } from 'zod'
import { defineAction, shapes, type Role, type UserCaller } from '@growr/contracts'
import { createBroker, type Broker } from '../broker.ts'
import { createBus, type Bus } from '../bus.ts'
import type { BusConfig, BusHooks } from '../config.ts'
import { groups, type Group } from '../groups.ts'
import { createCallTokens, type CallTokens } from '../tokens.ts'

// What the tests of this library share: a key for each group, buses on one broker, and a few actions.

const pair = () => generateKeyPairSync('ed25519')
export const keys = Object.fromEntries(groups.map((group) => [group, pair()])) as Record<Group, ReturnType<typeof pair>>
export const publicKeys = Object.fromEntries(groups.map((group) => [group, keys[group].publicKey])) as Record<Group, (typeof keys)[Group]['publicKey']>

export const tokensOf = (group: Group, now?: () => number): CallTokens =>
  createCallTokens({ group, publicKeys, sign: (bytes) => sign(null, bytes, keys[group].privateKey), ...(now ? { now } : {}) })

export const user = (role: Role, organization?: string, userId = 'u1'): Omit<UserCaller, 'kind'> => ({
  userId,
  role,
  membership: `m-${userId}`,
  session: `s-${userId}`,
  ...(organization === undefined ? {} : { organization }),
})

export const Thing = z.object({ key: z.string(), amount: z.string() })

export const read = defineAction({
  name: 'loan.read',
  kind: 'query',
  about: 'A thing.',
  params: z.strictObject({ key: shapes.id }),
  result: Thing,
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', BORROWER: 'own' }, services: ['payment'] },
})

export const write = defineAction({
  name: 'loan.write',
  kind: 'mutation',
  about: 'Changes a thing.',
  params: z.strictObject({ key: shapes.id, amount: shapes.amount }),
  result: Thing,
  access: { users: { NODE_OPERATOR: 'any' }, services: ['payment'] },
})

export const hello = defineAction({ name: 'loan.hello', kind: 'query', about: 'Greets.', params: z.strictObject({}), result: z.object({ caller: z.string() }), access: { public: true } })

export const relay = defineAction({
  name: 'payment.relay',
  kind: 'query',
  about: 'Reads a thing through another service.',
  params: z.strictObject({ key: shapes.id, alone: z.boolean().default(false) }),
  result: Thing,
  access: { users: { NODE_OPERATOR: 'any', INVESTOR: 'any' } },
})

export interface Rig {
  readonly broker: Broker
  readonly access: Bus
  readonly financing: Bus
  readonly payment: Bus
  readonly stop: () => Promise<void>
}

/** Three groups in one process, each with its own key. */
export async function rig(options: BusHooks & { config?: BusConfig; now?: () => number } = {}): Promise<Rig> {
  const { config, now, ...hooks } = options
  const broker = createBroker({ name: `test-${++rigs}`, ...(config ? { config } : {}), ...hooks })
  const on = (group: Group): Bus => createBus({ name: group, broker, tokens: tokensOf(group, now) })
  const access = on('access')
  const financing = on('financing')
  const payment = on('payment')
  for (const bus of [access, financing, payment]) await bus.start()
  const stop = async (): Promise<void> => {
    for (const bus of [access, financing, payment]) await bus.stop()
  }
  return { broker, access, financing, payment, stop }
}

let rigs = 0
