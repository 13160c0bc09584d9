import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCallTokens, groups, servicesOf, type Group } from '@growr/bus'
import { contracts, services, type Contract, type Role } from '@growr/contracts'
import { callerOf, jws, outcome, type Tokens } from './testing/bus.ts'
import { lengths } from './testing/at-rest.ts'
import { endProjects, financingFixtures } from './testing/access/financing-fixtures.ts'
import { identityFixtures } from './testing/access/identity-fixtures.ts'
import { paymentFixtures } from './testing/access/payment-fixtures.ts'
import { readTable, targets, type Row } from './testing/access/table.ts'
import { callersOf, Fixtures, targetOf, type Call, type Fixture, type Target } from './testing/access/target.ts'
import type { Person } from './testing/people.ts'
import { startWorld, type World } from './testing/world.ts'

const table = readTable(new URL('../../../docs/access.md', import.meta.url))
const fixtures: Readonly<Record<string, Fixture>> = { ...identityFixtures, ...financingFixtures, ...paymentFixtures }

let world: World
let f: Fixtures
let callers: Readonly<Record<Role, Person>>

beforeAll(async () => {
  world = await startWorld()
  f = new Fixtures(world)
  callers = callersOf(world)
  await endProjects(f)
})
afterAll(() => world.end())

/** What an allowed call comes to: done, or what the table says behind an arrow. */
const ALLOWED = new Set(['OK', 'NOT_OFFERED', 'FUNDING_SOURCE', 'NOTHING_TO_RETURN'])

const contractOf = (action: string): Contract => contracts.get(action) as Contract

/** The call that a fixture makes, for a cell that goes through or not. */
async function callFor(row: Row, target: Target, expected: string): Promise<Call> {
  f.consumed = expected === 'OK'
  const made = await (fixtures[row.action] as Fixture)(f, target)
  return 'params' in made ? made : { params: made }
}

/** What comes of a call: OK, EMPTY for a list with nothing in it where that is expected, or a code. */
async function tried(row: Row, { params, check }: Call, tokens: Tokens, expected: string): Promise<string> {
  return outcome(world.bus.call(contractOf(row.action), params as never, tokens).then((result) => {
    check?.(result as never)
    if (expected === 'EMPTY' && (result as { edges?: readonly unknown[] }).edges?.length === 0) throw Object.assign(new Error(), { empty: true })
  })).catch((error: unknown) => {
    if ((error as { empty?: boolean }).empty) return 'EMPTY'
    throw error
  })
}

describe('the table', () => {
  it('names every action of the node, and no other', () => {
    expect(table.map(({ action }) => action).toSorted()).toEqual([...contracts.keys()].toSorted())
    expect(Object.keys(fixtures).toSorted()).toEqual([...contracts.keys()].toSorted())
  })
})

describe('who may do what', () => {
  it.each(table)('$action', async (row) => {
    const wrong: string[] = []
    const compare = (cell: string, got: string, expected: string): void => {
      if (got !== expected) wrong.push(`${cell}: ${got}, expected ${expected}`)
    }
    for (const role of Object.keys(callers) as Role[]) {
      const caller = callers[role]
      for (const name of row.plain.has(role) ? (['own'] as const) : targets) {
        const expected = row.roles[role][name]
        const call = await callFor(row, targetOf(world, caller, name), expected)
        compare(`${role}, ${name}`, await tried(row, call, { user: await world.bus.userToken(call.as ?? caller) }, expected), expected)
      }
    }
    const contract = contractOf(row.action)
    const nobody = targetOf(world, undefined, 'own')
    const reaches = Object.values(row.roles).some((cells) => Object.values(cells).some((cell) => ALLOWED.has(cell)))
    const asStranger = row.stranger ? 'OK' : reaches ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    compare('stranger', await tried(row, await callFor(row, nobody, asStranger), {}, asStranger), asStranger)
    for (const service of services) {
      const expected = row.services.get(service) ?? 'FORBIDDEN'
      const call = await callFor(row, nobody, expected)
      const allowed = expected !== 'FORBIDDEN'
      const tokens = {
        service: await world.bus.serviceToken(service, contract, allowed ? call.cause : undefined),
        ...(allowed && call.user ? { user: await world.bus.userToken(call.user) } : {}),
      }
      compare(`service ${service}`, await tried(row, call, tokens, expected), expected)
    }
    expect(wrong).toEqual([])
  })
})

describe('no call with a token that is not for it', () => {
  /** Each of them must be refused wherever it is shown, with the reason that belongs to it. */
  let bad: { readonly name: string; readonly reason: string; readonly tokens: (audience: Group) => Promise<Tokens> }[]
  const stranger = generateKeyPairSync('ed25519').privateKey
  const now = (): number => Math.floor(Date.now() / 1000)

  beforeAll(() => {
    const { inside } = world
    const admin = callerOf(world.comsa.admin)
    const userClaims = { iss: 'access', aud: 'growr:bus', sub: admin.userId, role: admin.role, org: admin.organization, mem: admin.membership, sid: admin.session, iat: now(), exp: now() + 25 }
    const user = (claims: object, by: Group | 'stranger', header: object = {}): Promise<string> =>
      jws({ alg: 'EdDSA', typ: 'growr-user+jwt', kid: 'access', ...header }, { ...userClaims, ...claims }, (bytes) => (by === 'stranger' ? sign(null, bytes, stranger) : inside.signAs(by, bytes)))
    const service = (claims: object, by: Group | 'stranger'): Promise<string> =>
      jws({ alg: 'EdDSA', typ: 'growr-service+jwt', kid: by }, { iss: by, sub: 'loan', iat: now(), exp: now() + 25, ...claims }, (bytes) => (by === 'stranger' ? sign(null, bytes, stranger) : inside.signAs(by, bytes)))
    const past = (group: Group) => createCallTokens({ group, publicKeys: {}, sign: (bytes) => inside.signAs(group, bytes), now: () => Date.now() - 31_000 })
    const otherThan = (audience: Group): Group => groups.find((group) => group !== audience) as Group
    bad = [
      { name: 'a user, forged by another key', reason: 'forged', tokens: async () => ({ user: await user({}, 'stranger') }) },
      { name: 'a user, without a signature', reason: 'forged', tokens: async () => ({ user: (await user({}, 'access', { alg: 'none' })).replace(/[^.]*$/, '') }) },
      { name: 'a user, signed as alg none', reason: 'forged', tokens: async () => ({ user: await user({}, 'access', { alg: 'none' }) }) },
      { name: 'a user with more rights than were signed', reason: 'forged', tokens: async () => {
        const [head, , tail] = (await user({}, 'access')).split('.') as [string, string, string]
        return { user: `${head}.${Buffer.from(JSON.stringify({ ...userClaims, role: 'NODE_OPERATOR' })).toString('base64url')}.${tail}` }
      } },
      { name: 'a user, expired', reason: 'expired', tokens: async () => ({ user: await past('access').mintUser(admin) }) },
      { name: 'a user who lives longer than a call token may', reason: 'forged', tokens: async () => ({ user: await user({ exp: now() + 3600 }, 'access') }) },
      ...(['identity', 'financing', 'payment'] as const).map((group) => ({ name: `a user, minted by ${group}`, reason: 'borrowed', tokens: async () => ({ user: await user({ iss: group }, group) }) })),
      { name: 'a user, minted by identity in the name of access', reason: 'forged', tokens: async () => ({ user: await user({}, 'identity') }) },
      { name: 'a user for another audience', reason: 'borrowed', tokens: async () => ({ user: await user({ aud: 'financing' }, 'access') }) },
      { name: 'an access token of the API', reason: 'forged', tokens: async () => ({ user: world.comsa.admin.session.accessToken }) },
      { name: 'a service\'s token as a user\'s', reason: 'forged', tokens: async (audience) => ({ user: await inside.tokensOf('financing').mintService('loan', audience) }) },
      { name: 'a user\'s token as a service\'s', reason: 'forged', tokens: async () => ({ service: await user({}, 'access') }) },
      { name: 'a service, forged by another key', reason: 'forged', tokens: async (audience) => ({ service: await service({ iss: 'financing', aud: audience }, 'stranger') }) },
      { name: 'a service, expired', reason: 'expired', tokens: async (audience) => ({ service: await past('financing').mintService('loan', audience) }) },
      { name: 'a service for another group', reason: 'borrowed', tokens: async (audience) => ({ service: await inside.tokensOf('financing').mintService('loan', otherThan(audience)) }) },
      { name: 'a service in the name of another group', reason: 'forged', tokens: async (audience) => ({ service: await service({ iss: 'financing', aud: audience }, 'payment') }) },
      ...groups.map((group) => {
        const foreign = services.find((name) => !servicesOf[group].includes(name)) as string
        return { name: `${group} in the name of ${foreign}`, reason: 'borrowed', tokens: async (audience: Group) => ({ service: await service({ sub: foreign, aud: audience }, group) }) }
      }),
      { name: 'a token that is no text', reason: 'forged', tokens: async () => ({ user: { sub: admin.userId } }) },
      { name: 'a good user beside a bad service', reason: 'forged', tokens: async (audience) => ({ user: await world.bus.userToken(world.comsa.admin), service: await service({ iss: 'financing', aud: audience }, 'stranger') }) },
      { name: 'a good service beside a bad user', reason: 'forged', tokens: async (audience) => ({ user: await user({}, 'stranger'), service: await inside.tokensOf('payment').mintService('payment', audience) }) },
    ]
  })

  it.each(table)('$action', async (row) => {
    const contract = contractOf(row.action)
    const audience = groups.find((group) => (servicesOf[group] as readonly string[]).includes(row.action.split('.')[0] as string)) as Group
    const { params } = await callFor(row, targetOf(world, callers.ORIGINATOR_ADMIN, 'own'), 'FORBIDDEN')
    const before = await lengths(world.inside.stores)
    const wrong: string[] = []
    for (const { name, reason, tokens } of bad) {
      const found = await world.bus.call(contract, params as never, await tokens(audience)).then(() => 'OK', (error: { code?: string; details?: { reason?: string } }) => `${error.code} ${error.details?.reason}`)
      if (found !== `CALL_TOKEN_INVALID ${reason}`) wrong.push(`${name}: ${found}, expected ${reason}`)
    }
    expect(wrong).toEqual([])
    expect(await lengths(world.inside.stores)).toEqual(before)
  })
})
