import { describe, expect, it } from 'vitest'
import { signConnectorStatement, verifyConnectorStatement, type ConnectorStatementRequest, type VerifyConnectorOptions } from './connector.ts'
import { signJws } from './jws.ts'
import { CLAIMS, HOST, NOW, person } from './testing/people.ts'
import { refusalOf } from './testing/refusal.ts'

for (const curve of ['P-256', 'Ed25519'] as const) {
  describe(`a connector's statement signed with ${curve}`, () => {
    const system = person(curve)
    const borrower = person().signer.did
    const question = { issuer: 'core.comsa.example', subject: borrower, audience: `did:web:${HOST}:issuer`, nonce: 'n-1', type: 'SavingsHistory', now: NOW } as const
    const sign = (change: Partial<ConnectorStatementRequest> = {}): Promise<string> =>
      signConnectorStatement({ ...question, claims: CLAIMS.SavingsHistory, ...change }, system.signer)
    const refused = async (change: Partial<VerifyConnectorOptions>, token: unknown = sign()): Promise<string> => {
      const statement = await token
      return refusalOf(() => verifyConnectorStatement(statement, { ...question, jwk: system.jwk, ...change }))
    }

    it('gives the claims for the question that was asked', async () => {
      const token = await sign()
      const statement = verifyConnectorStatement(token, { ...question, jwk: [person().jwk, system.jwk] })
      expect(statement).toMatchObject({ type: 'SavingsHistory', claims: CLAIMS.SavingsHistory, issuedAt: NOW })
      expect(statement.digest).toMatch(/^[A-Za-z0-9_-]{43}$/)
    })

    it('is refused by its own reason', async () => {
      const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)
      expect(await refused({ jwk: person(curve).jwk })).toBe('CONNECTOR_SIGNATURE')
      expect(await refused({ jwk: person(curve === 'P-256' ? 'Ed25519' : 'P-256').jwk })).toBe('CONNECTOR_SIGNATURE')
      expect(await refused({ jwk: [] })).toBe('CONNECTOR_SIGNATURE')
      expect(await refused({ now: later(329) }, await sign()).catch(() => 'accepted')).toBe('accepted')
      expect(await refused({ now: later(330) })).toBe('CONNECTOR_EXPIRED')
      expect(await refused({ now: later(-31) })).toBe('CONNECTOR_LIFETIME')
      expect(await refused({ issuer: 'core.other.example' })).toBe('CONNECTOR_WRONG_ISSUER')
      expect(await refused({ subject: person().signer.did })).toBe('CONNECTOR_WRONG_SUBJECT')
      expect(await refused({ audience: 'did:web:other.example:issuer' })).toBe('CONNECTOR_WRONG_AUDIENCE')
      expect(await refused({ nonce: 'n-2' })).toBe('CONNECTOR_WRONG_NONCE')
      expect(await refused({ type: 'KYC' })).toBe('CONNECTOR_WRONG_TYPE')
      expect(await refused({}, 'x')).toBe('CONNECTOR_MALFORMED')
      expect(await refused({}, 'x'.repeat(20_000))).toBe('CONNECTOR_MALFORMED')
    })

    it('is refused with other claims, no nonce, no end, or unsigned, though rightly signed otherwise', async () => {
      const { now: _now, issuer: iss, subject: sub, audience: aud, ...rest } = question
      const iat = NOW.getTime() / 1000
      const payload = { iss, sub, aud, iat, exp: iat + 60, ...rest, claims: CLAIMS.SavingsHistory }
      const other = (change: object, typ = 'growr-connector+jwt'): Promise<string> => signJws(system.signer, typ, { ...payload, ...change })
      expect(await refused({}, other({ claims: { ...CLAIMS.SavingsHistory, months: '14' } }))).toBe('CONNECTOR_CLAIMS claims.months')
      expect(await refused({}, other({ claims: undefined }))).toBe('CONNECTOR_CLAIMS claims')
      expect(await refused({}, other({ nonce: undefined }))).toBe('CONNECTOR_WRONG_NONCE')
      expect(await refused({ nonce: '' }, other({ nonce: '' }))).toBe('CONNECTOR_WRONG_NONCE')
      expect(await refused({}, other({ exp: undefined }))).toBe('CONNECTOR_MALFORMED')
      expect(await refused({}, other({ exp: iat + 601 }))).toBe('CONNECTOR_LIFETIME')
      expect(await refused({}, other({}, 'JWT'))).toBe('CONNECTOR_MALFORMED')
      const none = `${Buffer.from('{"alg":"none","typ":"growr-connector+jwt"}').toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.`
      expect(await refused({}, none)).toBe('CONNECTOR_SIGNATURE')
      expect(await refusalOf(() => sign({ claims: {} }))).toBe('CONNECTOR_CLAIMS claims.currency')
      expect(await refusalOf(() => sign({ lifetimeSeconds: 601 }))).toBe('CONNECTOR_LIFETIME')
    })
  })
}
