import { createHmac } from 'node:crypto'
import passport from 'passport'
import { importJWK, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import type { TokenRules } from './index.ts'
import { AccessTokens, ACCESS_TOKEN_SECONDS, apiStrategy, authenticate, SessionRegistry } from './index.ts'
import { ANA, HandClock, OLGA, TestKeys } from './testing/fixtures.ts'

const issuer = 'https://node.example'

function setUp() {
  const clock = new HandClock()
  const keys = new TestKeys('k1')
  const rules: TokenRules = { issuer, clock }
  const tokens = new AccessTokens(keys, rules)
  const registry = new SessionRegistry(clock)
  registry.open({
    sessionId: 's-1',
    userId: ANA.userId,
    membershipId: ANA.membershipId,
    expiresAt: new Date(clock.now().getTime() + 86_400_000),
  })
  const strategy = apiStrategy({ ...rules, keys, sessions: registry })
  const call = (token: string) => authenticate(strategy, { headers: { authorization: `Bearer ${token}` } })
  return { clock, keys, rules, tokens, registry, strategy, call }
}

const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString())

/** Both doors, the strategy of passport-jwt and the verification by jose, must say the same. */
async function bothRefuse(set: ReturnType<typeof setUp>, token: string, code: string): Promise<void> {
  await expect(set.call(token), 'passport').rejects.toMatchObject({ name: 'AuthError', code })
  await expect(set.tokens.verify(token), 'jose').rejects.toMatchObject({ name: 'AuthError', code })
}

async function resigned(keys: TestKeys, token: string, header: object, claims: object): Promise<string> {
  const [h, c] = token.split('.') as [string, string]
  const input = `${b64({ ...read(h), ...header })}.${b64({ ...read(c), ...claims })}`
  return `${input}.${Buffer.from(await keys.sign('k1', Buffer.from(input))).toString('base64url')}`
}

describe('access tokens', () => {
  it('carries who calls, for ten minutes, in a form that others verify', async () => {
    const { tokens, keys, clock, call } = setUp()
    const { accessToken, expiresIn } = await tokens.issue(ANA, 's-1')
    expect(expiresIn).toBe(600)
    const { payload, protectedHeader } = await jwtVerify(accessToken, await importJWK({ ...keys.publicKey('k1') }, 'ES256'), {
      currentDate: clock.now(),
    })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })
    const iat = clock.now().getTime() / 1000
    expect(payload).toMatchObject({
      iss: issuer,
      aud: 'growr-api',
      sub: 'u-ana',
      sid: 's-1',
      role: 'ORIGINATOR_ADMIN',
      org: 'o-comsa',
      mem: 'm-1',
      iat,
      exp: iat + 600,
    })
    const caller = { ...ANA, sessionId: 's-1', tokenId: payload.jti, expiresAt: new Date((iat + 600) * 1000) }
    expect(await tokens.verify(accessToken)).toEqual(caller)
    expect(await call(accessToken)).toEqual(caller)
  })

  it('serves a user without an organization', async () => {
    const { tokens, registry, clock, call } = setUp()
    registry.open({ sessionId: 's-2', userId: OLGA.userId, membershipId: null, expiresAt: new Date(clock.now().getTime() + 1000) })
    expect(await call((await tokens.issue(OLGA, 's-2')).accessToken)).toMatchObject({
      userId: 'u-olga',
      organizationId: null,
      membershipId: null,
    })
  })

  it('works as a strategy in passport itself', async () => {
    const { strategy, tokens } = setUp()
    const desk = new passport.Passport()
    desk.use(strategy)
    const run = (authorization?: string) =>
      new Promise<{ user: unknown; info: unknown }>((resolve, reject) => {
        const handler = desk.authenticate('growr-api', { session: false }, (error: unknown, user: unknown, info: unknown) =>
          error ? reject(error) : resolve({ user, info }),
        )
        handler({ headers: authorization === undefined ? {} : { authorization } }, {}, reject)
      })
    const { accessToken } = await tokens.issue(ANA, 's-1')
    expect((await run(`Bearer ${accessToken}`)).user).toMatchObject({ userId: 'u-ana' })
    expect(await run(`Bearer ${accessToken}x`)).toMatchObject({ user: false, info: { code: 'TOKEN_INVALID' } })
    expect(await run()).toMatchObject({ user: false, info: { code: 'UNAUTHENTICATED' } })
    expect(await authenticate(strategy, { headers: {} })).toBeNull()
  })

  it('refuses alg none, and an HMAC under the public key', async () => {
    const set = setUp()
    const [, claims] = (await set.tokens.issue(ANA, 's-1')).accessToken.split('.') as [string, string]
    for (const alg of ['none', 'None', 'NONE']) {
      await bothRefuse(set, `${b64({ alg, typ: 'at+jwt', kid: 'k1' })}.${claims}.`, 'TOKEN_INVALID')
      await bothRefuse(
        set,
        `${b64({ alg, typ: 'at+jwt', kid: 'k1' })}.${claims}.${Buffer.alloc(64).toString('base64url')}`,
        'TOKEN_INVALID',
      )
    }
    const input = `${b64({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${claims}`
    await bothRefuse(
      set,
      `${input}.${createHmac('sha256', JSON.stringify(set.keys.publicKey('k1')))
        .update(input)
        .digest('base64url')}`,
      'TOKEN_INVALID',
    )
  })

  it.each([
    ['another type', { typ: 'JWT' }, {}],
    ['no type', { typ: undefined }, {}],
    ['an unknown key', { kid: 'k9' }, {}],
    ['a key of its own', { jwk: { kty: 'EC' } }, {}],
    ['a critical extension', { crit: ['b64'], b64: false }, {}],
    ['another issuer', {}, { iss: 'https://elsewhere.example' }],
    ['another audience', {}, { aud: 'growr-bus' }],
    ['several audiences', {}, { aud: ['growr-api', 'growr-bus'] }],
    ['no user', {}, { sub: undefined }],
    ['no session', {}, { sid: undefined }],
    ['no role', {}, { role: '' }],
    ['no expiry', {}, { exp: undefined }],
    ['an expiry that is text', {}, { exp: '9999999999' }],
    ['a life of its own', {}, { exp: 9_999_999_999 }],
    ['a beginning', {}, { nbf: 1 }],
  ])('refuses %s, though the signature holds', async (_name, header, claims) => {
    const set = setUp()
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    await bothRefuse(set, await resigned(set.keys, accessToken, header, claims), 'TOKEN_INVALID')
  })

  it('refuses one from the future', async () => {
    const set = setUp()
    set.clock.move(62_000)
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    set.clock.move(-62_000)
    await bothRefuse(set, accessToken, 'TOKEN_INVALID')
  })

  it('refuses claims, header or signature that were changed, and the signature of another key', async () => {
    const set = setUp()
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    const [h, c, s] = accessToken.split('.') as [string, string, string]
    await bothRefuse(set, `${h}.${b64({ ...read(c), role: 'NODE_OPERATOR' })}.${s}`, 'TOKEN_INVALID')
    const flipped = Buffer.from(s, 'base64url')
    flipped[10]! ^= 1
    await bothRefuse(set, `${h}.${c}.${flipped.toString('base64url')}`, 'TOKEN_INVALID')
    set.keys.add('k2')
    await bothRefuse(set, `${b64({ ...read(h), kid: 'k2' })}.${c}.${s}`, 'TOKEN_INVALID')
  })

  it('expires by the clock that was given, and a forged one is invalid rather than expired', async () => {
    const set = setUp()
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    set.clock.move(ACCESS_TOKEN_SECONDS * 1000 - 1)
    await set.tokens.verify(accessToken)
    await set.call(accessToken)
    set.clock.move(1)
    await bothRefuse(set, accessToken, 'TOKEN_EXPIRED')
    await bothRefuse(set, `${accessToken.slice(0, -4)}AAAA`, 'TOKEN_INVALID')
  })

  it.each(['', 'x', '..', 'a.b.c', 'e30.e30.e30', 'bnVsbA.e30.AA', 'WzFd.e30.AA', `${'a'.repeat(5000)}.e30.AA`])(
    'refuses junk: %s',
    async (junk) => {
      const set = setUp()
      await expect(set.tokens.verify(junk)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
      await expect(set.call(junk)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
      await expect(authenticate(set.strategy, { headers: { authorization: 'Basic eDp5' } })).rejects.toMatchObject({
        code: 'TOKEN_INVALID',
      })
    },
  )

  it('lives through a rotation of the key, and dies when its key is gone', async () => {
    const set = setUp()
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    set.keys.add('k2')
    expect(read((await set.tokens.issue(ANA, 's-1')).accessToken.split('.')[0]!)['kid']).toBe('k2')
    await set.call(accessToken)
    set.keys.remove('k1')
    await bothRefuse(set, accessToken, 'TOKEN_INVALID')
  })

  it('refuses a key that is not on P-256, and a signer that signs in another form', async () => {
    const set = setUp()
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    const odd = new AccessTokens(
      { currentKid: () => 'k1', sign: async () => new Uint8Array(70), publicKey: () => ({ kty: 'OKP', crv: 'Ed25519', x: 'AA' }) },
      set.rules,
    )
    await expect(odd.verify(accessToken)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    await expect(odd.issue(ANA, 's-1')).rejects.toThrow(TypeError)
  })

  it('is refused once its session has ended, though the token itself still holds', async () => {
    const set = setUp()
    const { accessToken } = await set.tokens.issue(ANA, 's-1')
    set.registry.revokeSession('s-1')
    await expect(set.call(accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    await set.tokens.verify(accessToken)
  })

  it("of another user or membership does not ride on somebody else's session", async () => {
    const set = setUp()
    for (const other of [
      { ...ANA, userId: 'u-beto' },
      { ...ANA, membershipId: 'm-2' },
      { ...ANA, membershipId: null },
    ]) {
      await expect(set.call((await set.tokens.issue(other, 's-1')).accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' })
    }
  })
})
