import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCallTokens } from './tokens.ts'
import { encode } from './claims.ts'
import { Bounded } from './memory.ts'
import { keys, publicKeys, tokensOf, user } from './testing/rig.ts'
import type { Group } from './groups.ts'

const start = Date.parse('2026-03-01T12:00:00Z')
const cause = { group: 'payment', organization: 'o1', book: 'payment', key: 'p1', seq: 7 } as const
const invalid = (reason: string) => expect.objectContaining({ code: 'CALL_TOKEN_INVALID', details: { reason } })

/** A token of any content, signed by any group: what somebody who holds that key could make. */
function craft(group: Group, kind: 'user' | 'service', claims: Record<string, unknown>, at = start): string {
  const seconds = Math.floor(at / 1000)
  const unsigned = encode(kind, { iss: group, aud: 'growr:bus', sub: 'u1', iat: seconds, exp: seconds + 30, ...claims } as never)
  return `${unsigned}.${sign(null, Buffer.from(unsigned), keys[group].privateKey).toString('base64url')}`
}

const member = { role: 'BORROWER', mem: 'm1', sid: 's1' }

describe('a user\'s token', () => {
  const access = tokensOf('access', () => start)
  const loan = tokensOf('financing', () => start)

  test('says who the user is, in which part, and in which session', async () => {
    const token = await access.mintUser(user('ORIGINATOR_ADMIN', 'comsa'))
    expect(loan.verifyUser(token)).toEqual({ kind: 'user', userId: 'u1', role: 'ORIGINATOR_ADMIN', organization: 'comsa', membership: 'm-u1', session: 's-u1' })
  })

  test('is minted by Access alone', () => {
    expect(() => loan.mintUser(user('NODE_OPERATOR'))).toThrow(/only access/)
    expect(() => loan.verifyUser(craft('financing', 'user', { ...member, role: 'NODE_OPERATOR' }))).toThrow(invalid('borrowed'))
  })

  test('is refused when it claims to be from Access and another group signed it', () => {
    const [head, body] = craft('access', 'user', member).split('.')
    const forged = sign(null, Buffer.from(`${head}.${body}`), keys.payment.privateKey).toString('base64url')
    expect(() => loan.verifyUser(`${head}.${body}.${forged}`)).toThrow(invalid('forged'))
  })

  test('is refused when made for another audience, or when it is a service\'s', async () => {
    expect(() => loan.verifyUser(craft('access', 'user', { ...member, aud: 'growr:api' }))).toThrow(invalid('borrowed'))
    expect(() => loan.verifyUser(craft('access', 'service', { sub: 'access', aud: 'financing' }))).toThrow(invalid('forged'))
    expect(() => loan.verifyService(craft('access', 'user', { ...member, sub: 'access', aud: 'financing' }))).toThrow(invalid('forged'))
  })

  test('is refused with a role that there is not, or without membership or session', () => {
    for (const broken of [{ role: 'ROOT' }, { mem: undefined }, { sid: undefined }, { org: 7 }]) {
      expect(() => loan.verifyUser(craft('access', 'user', { ...member, ...broken }))).toThrow(invalid('borrowed'))
    }
  })

  test('ends after 30 seconds, also where it was verified before', async () => {
    let now = start
    const later = tokensOf('financing', () => now)
    const token = await access.mintUser(user('BORROWER'))
    now = start + 29_999
    expect(later.verifyUser(token).userId).toBe('u1')
    now = start + 30_000
    expect(() => later.verifyUser(token)).toThrow(invalid('expired'))
    expect(() => later.verifyUser(token)).toThrow(invalid('expired'))
  })

  test('is refused when it would live longer than 30 seconds, or comes from the future', () => {
    expect(() => loan.verifyUser(craft('access', 'user', { ...member, exp: Math.floor(start / 1000) + 3600 }))).toThrow(invalid('forged'))
    expect(() => loan.verifyUser(craft('access', 'user', member, start + 60_000))).toThrow(invalid('forged'))
  })

  test('is refused without a signature and with another algorithm', async () => {
    const token = await access.mintUser(user('BORROWER'))
    const [, body, tail] = token.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'growr-user+jwt', kid: 'access' })).toString('base64url')
    for (const bad of [`${none}.${body}.`, `${none}.${body}.${tail}`, '', '..', 'x.y.z', 'x'.repeat(5000)]) expect(() => loan.verifyUser(bad)).toThrow(invalid('forged'))
  })

  test('is refused with any one bit of it changed', async () => {
    const token = await access.mintUser(user('BORROWER', 'comsa'))
    const verifier = tokensOf('financing', () => start)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: token.length - 1 }), fc.integer({ min: 0, max: 63 }), (at, by) => {
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
        const other = alphabet[by]!
        // The last character of base64url carries bits that no byte holds.
        fc.pre(token[at] !== other && at !== token.length - 1)
        expect(() => verifier.verifyUser(token.slice(0, at) + other + token.slice(at + 1))).toThrow(expect.objectContaining({ code: 'CALL_TOKEN_INVALID' }))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a service\'s token', () => {
  const payment = tokensOf('payment', () => start)
  const financing = tokensOf('financing', () => start)
  const identity = tokensOf('identity', () => start)

  test('says which service it is and on what cause', async () => {
    expect(financing.verifyService(await payment.mintService('payment', 'financing', cause))).toEqual({ kind: 'service', service: 'payment', cause })
    expect(identity.verifyService(await payment.mintService('payment', 'identity'))).toEqual({ kind: 'service', service: 'payment' })
  })

  test('is good for one group only', async () => {
    const token = await payment.mintService('payment', 'financing')
    expect(() => identity.verifyService(token)).toThrow(invalid('borrowed'))
  })

  test('is minted for services of the own group only, and believed from that group only', () => {
    expect(() => payment.mintService('loan', 'financing')).toThrow(/does not hold/)
    expect(() => financing.verifyService(craft('payment', 'service', { sub: 'user', aud: 'financing' }))).toThrow(invalid('borrowed'))
    expect(() => financing.verifyService(craft('payment', 'service', { sub: 'root', aud: 'financing' }))).toThrow(invalid('borrowed'))
  })

  test('is refused with a cause that is none', () => {
    for (const bad of [{}, 'x', { ...cause, seq: -1 }, { ...cause, book: 'other' }, { ...cause, group: 'identity' }, { ...cause, key: '' }]) {
      expect(() => financing.verifyService(craft('payment', 'service', { sub: 'payment', aud: 'financing', cause: bad }))).toThrow(invalid('borrowed'))
    }
  })

  test('with another cause is another token', async () => {
    const one = await payment.mintService('payment', 'financing', cause)
    expect(await payment.mintService('payment', 'financing', cause)).toBe(one)
    expect(await payment.mintService('payment', 'financing', { ...cause, seq: 8 })).not.toBe(one)
  })
})

test('a minted token is handed out again for 10 seconds, and then a new one', async () => {
  let now = start
  const access = tokensOf('access', () => now)
  const first = await access.mintUser(user('BORROWER'))
  now = start + 9999
  expect(await access.mintUser(user('BORROWER'))).toBe(first)
  expect(await access.mintUser({ ...user('BORROWER'), session: 'other' })).not.toBe(first)
  now = start + 10_000
  expect(await access.mintUser(user('BORROWER'))).not.toBe(first)
})

test('custody may answer later', async () => {
  const access = createCallTokens({ group: 'access', publicKeys, now: () => start, sign: (bytes) => Promise.resolve(sign(null, bytes, keys.access.privateKey)) })
  expect(tokensOf('payment', () => start).verifyUser(await access.mintUser(user('BORROWER'))).role).toBe('BORROWER')
})

test('a key that is withdrawn ends what was verified with it; during a rotation both count', async () => {
  const next = generateKeyPairSync('ed25519')
  const verifier = tokensOf('financing', () => start)
  const old = await tokensOf('access', () => start).mintUser(user('BORROWER'))
  verifier.trust('access', [keys.access.publicKey, next.publicKey])
  expect(verifier.verifyUser(old).userId).toBe('u1')
  verifier.trust('access', next.publicKey.export({ format: 'jwk' }))
  expect(() => verifier.verifyUser(old)).toThrow(invalid('forged'))
})

test('no private key and no other type of key is taken for a public one', () => {
  const make = (key: never) => () => createCallTokens({ group: 'access', publicKeys: { access: key }, sign: (bytes) => bytes })
  expect(make(keys.access.privateKey.export({ format: 'jwk' }) as never)).toThrow(/private key/)
  expect(make(keys.access.privateKey as never)).toThrow(/Ed25519/)
  expect(make(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey as never)).toThrow(/Ed25519/)
})

test('what is remembered is bounded, and the oldest goes first', () => {
  const memory = new Bounded<number>(2)
  for (const [key, value] of [['a', 1], ['b', 2], ['a', 3], ['c', 4]] as const) memory.set(key, value)
  expect([memory.size, memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([2, 3, undefined, 4])
})
