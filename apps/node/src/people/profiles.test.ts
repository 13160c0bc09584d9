import { createServer, type Server } from 'node:http'
import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity } from '@growr/contracts'
import { didJwk, didJwkKid, issueCredential, nativeSigner, publicJwkOf, signConnectorStatement } from '@growr/credentials'
import { refusal } from '../testing/door.ts'
import { KYC, LOAN } from '../testing/lending.ts'
import { PIN, type Person } from '../testing/people.ts'
import { startWorld, type World } from '../testing/world.ts'

interface Asked {
  readonly subject: string
  readonly audience: string
  readonly nonce: string
  readonly type: 'FinancialHealth'
  readonly profile: Record<string, unknown>
}

/** An organization's scoring system on this machine. */
async function startScoring(issuer: string) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const asked: Asked[] = []
  const system = {
    asked,
    url: '',
    publicKey: publicJwkOf(privateKey) as unknown as Record<string, string>,
    declines: null as { status: number; body: string } | null,
    forged: false,
    server: null as unknown as Server,
  }
  system.server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void (async () => {
      const question = JSON.parse(Buffer.concat(chunks).toString()) as Asked
      asked.push(question)
      if (system.declines) return response.writeHead(system.declines.status).end(system.declines.body)
      const { subject, audience, nonce, type } = question
      const signer = nativeSigner(system.forged ? stranger : privateKey, 'did:example:scoring', 'did:example:scoring#1')
      const statement = await signConnectorStatement({ issuer, subject, audience, nonce, type, claims: { coursesCompleted: 2, score: 74 }, now: new Date() }, signer)
      return response.setHeader('content-type', 'application/json').end(JSON.stringify({ statement }))
    })())
  })
  await new Promise<void>((listening) => system.server.listen(0, '127.0.0.1', listening))
  system.url = `http://127.0.0.1:${(system.server.address() as AddressInfo).port}/`
  const { kty, crv, x, y } = system.publicKey
  return Object.assign(system, { publicKey: { kty, crv, x, y } })
}

let world: World
let bea: Person
let carl: Person
let scoring: Awaited<ReturnType<typeof startScoring>>
beforeAll(async () => {
  world = await startWorld()
  ;[bea, carl] = world.comsa.borrowers as [Person, Person]
  scoring = await startScoring(world.comsa.id)
})
afterAll(async () => {
  scoring.server.close()
  await world.end()
})

const mine = (who: Person): Promise<{ profile: Record<string, unknown> }> => world.door.do(who, 'profile')

describe('a profile', () => {
  it('is hers to fill in part by part, and nobody else reads it', async () => {
    expect(await mine(bea)).toEqual({ profile: {}, updatedAt: null })
    await world.door.do(bea, 'updateProfile', { fullName: 'Beatriz Ayala', birthDate: '1990-05-04', crops: ['coffee', 'maize'], monthlyIncome: { amount: '9500.00', currency: 'HNL' } })
    expect(await refusal(world.door.do(bea, 'updateProfile', { documentNumber: '0801-1990-12345' }))).toMatchObject({ code: 'BAD_INPUT', path: 'pin' })
    await world.door.do(bea, 'updateProfile', { household: 5, documentNumber: '0801-1990-12345', pin: PIN }, { requestId: 'profile-1' })
    await world.door.do(bea, 'updateProfile', { household: 5, documentNumber: '0801-1990-12345', pin: PIN }, { requestId: 'profile-1' })
    await world.door.do(bea, 'updateProfile', { clear: ['birthDate'] })
    expect((await mine(bea)).profile).toEqual({ fullName: 'Beatriz Ayala', crops: ['coffee', 'maize'], monthlyIncome: { amount: '9500.00', currency: 'HNL' }, household: 5, documentNumber: '0801-1990-12345' })
    expect((await mine(carl)).profile).toEqual({})
    for (const who of [world.operator, world.comsa.admin, world.comsa.agent, world.investors[0]]) expect((await refusal(world.door.do(who, 'profile'))).code).toBe('FORBIDDEN')
  })

  it.each([
    ['birthDate', '1990-02-31'], ['gender', 'X'], ['country', 'Honduras'], ['household', 0], ['crops', []], ['crops', ['x'.repeat(41)]], ['fullName', 'x'.repeat(121)], ['monthlyIncome', { amount: '-1', currency: 'HNL' }],
  ])('takes no %s such as %j: BAD_INPUT', async (field, value) => {
    expect((await refusal(world.door.do(bea, 'updateProfile', { [field]: value }))).code).toBe('BAD_INPUT')
  })

  it('takes another number of the document, which answers for a PIN, with the PIN alone', async () => {
    expect(await refusal(world.door.do(bea, 'updateProfile', { documentNumber: '0801-1990-99999' }))).toMatchObject({ code: 'BAD_INPUT', path: 'pin' })
    expect((await refusal(world.door.do(bea, 'updateProfile', { documentNumber: '0801-1990-99999', pin: '9999' }))).code).toBe('CREDENTIALS_WRONG')
    await world.door.do(bea, 'updateProfile', { documentNumber: '0801-1990-99999', pin: PIN })
    await world.door.do(bea, 'updateProfile', { documentNumber: '0801 1990 99999' })
  })
})

describe('a score', () => {
  const connect = (): Promise<unknown> => world.door.do(world.comsa.admin, 'setScoring', { organization: world.comsa.id, url: scoring.url, publicKey: scoring.publicKey })

  it('needs a system, and her permission for what passes to it', async () => {
    expect((await refusal(world.door.do(bea, 'requestScore', { permit: ['household'] }))).code).toBe('SCORING_NOT_CONFIGURED')
    expect(await connect()).toMatchObject({ scoring: true })
    expect((await refusal(world.door.do(bea, 'requestScore', {}))).code).toBe('PERMISSION_MISSING')
    expect((await refusal(world.door.do(bea, 'requestScore', { permit: ['passwordHash'] }))).code).toBe('BAD_INPUT')
    expect((await refusal(world.door.do(bea, 'requestScore', { permit: ['household'], organization: world.otra.id }))).code).toBe('FORBIDDEN')
    expect(scoring.asked).toEqual([])
  })

  it('is what the system signs, as a credential, and only what she permits passes', async () => {
    const args = { permit: ['household', 'crops', 'birthDate'] }
    const given = await world.door.do<{ credential: string; score: number }>(bea, 'requestScore', args, { requestId: 'score-1' })
    expect(given.score).toBe(74)
    expect(await world.door.do(bea, 'requestScore', args, { requestId: 'score-1' })).toEqual(given)
    expect(scoring.asked).toHaveLength(1)
    // She has no birth date in it, and her name was not asked for.
    expect(scoring.asked[0]).toMatchObject({ type: 'FinancialHealth', subject: bea.did })
    expect(scoring.asked[0]?.profile).toEqual({ household: 5, crops: ['coffee', 'maize'] })
    const held = await world.door.do<{ id: string; type: string; claims: object; organization: string }[]>(bea, 'credentials')
    expect(held.find(({ id }) => id === given.credential)).toMatchObject({ type: 'FinancialHealth', organization: world.comsa.id, claims: { score: 74 } })
    // The permission stands among hers and serves again.
    const [permission] = await world.door.do<{ id: string; project: string; fields: string[] }[]>(bea, 'permissions')
    expect(permission).toMatchObject({ project: `scoring:${world.comsa.id}`, fields: args.permit, status: 'GRANTED' })
    await world.door.do(bea, 'requestScore', {})
    await world.door.do(bea, 'withdrawPermission', { permission: permission?.id })
    expect((await refusal(world.door.do(bea, 'requestScore', {}))).code).toBe('PERMISSION_WITHDRAWN')
    expect(scoring.asked).toHaveLength(2)
    await world.door.do(bea, 'requestScore', { permit: ['household'] })
    expect(scoring.asked[2]?.profile).toEqual({ household: 5 })
  })

  it('is refused by the reason that the system gives, and by another\'s signature', async () => {
    scoring.declines = { status: 422, body: '{"reason":"TOO_LITTLE_KNOWN","detail":"Beatriz Ayala lives far away"}' }
    expect(await refusal(world.door.do(bea, 'requestScore', {}))).toEqual({ code: 'CONNECTOR_REFUSED', details: { status: 422, reason: 'TOO_LITTLE_KNOWN' } })
    scoring.declines = { status: 422, body: '{"reason":"Beatriz lives far away"}' }
    expect(await refusal(world.door.do(bea, 'requestScore', {}))).toEqual({ code: 'CONNECTOR_REFUSED', details: { status: 422 } })
    scoring.declines = { status: 503, body: '' }
    expect((await refusal(world.door.do(bea, 'requestScore', {}))).code).toBe('CONNECTOR_UNAVAILABLE')
    scoring.declines = null
    scoring.forged = true
    expect((await refusal(world.door.do(bea, 'requestScore', {}))).code).toBe('CONNECTOR_SIGNATURE')
    await world.door.do(world.comsa.admin, 'setScoring', { organization: world.comsa.id })
    expect((await refusal(world.door.do(bea, 'requestScore', {}))).code).toBe('SCORING_NOT_CONFIGURED')
  })
})

describe('credentials', () => {
  it('are of these types, and one can be asked for where a system is there to confirm it', async () => {
    const types = await world.door.do<{ type: string; required: string[]; available: boolean }[]>(bea, 'credentialTypes')
    expect(types.map(({ type }) => type)).toEqual([...identity.credentialTypes])
    expect(types.find(({ type }) => type === 'KYC')).toMatchObject({ required: ['level', 'country', 'amlClear', 'checkedOn'], available: false })
    expect((await refusal(world.door.do(bea, 'getVC', { type: 'KYC' }))).code).toBe('CONNECTOR_NOT_CONFIGURED')
  })

  it('whose list of revocations cannot be reached are neither valid nor invalid, and nobody lends on them', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const did = didJwk(publicJwkOf(privateKey))
    const elsewhere = nativeSigner(privateKey, did, didJwkKid(did))
    const now = world.clock.now()
    const validUntil = new Date(now.getTime() + 86_400_000)
    const id = 'urn:growr:credential:from-elsewhere'
    // Trusted in every other respect; but nobody listens where its status list is said to be.
    const { jwt } = await issueCredential({ id, type: 'KYC', subject: carl.did as string, organization: world.comsa.id, claims: KYC, validFrom: now, validUntil, status: { purpose: 'revocation', list: 'https://127.0.0.1:9/status/1', index: 7 } }, elsewhere)
    const credential = { id, type: 'KYC' as const, issuer: did, organization: world.comsa.id, issuedAt: now.toISOString(), validUntil: validUntil.toISOString(), revoked: false }
    const { bus } = world
    await bus.call(identity.storeVC, { credential, did: carl.did as string, jwt }, { service: await bus.serviceToken('issuing', identity.storeVC) })
    const project = await world.lending.project(world.comsa, { trusted: [{ issuer: did, organization: world.comsa.id }] })
    const { challenge } = await world.door.do<{ challenge: string }>(carl, 'requestPresentation', { project })
    const { presentation } = await world.door.do<{ presentation: string }>(carl, 'createVCPresentation', { project, challenge })
    const verified = await world.door.do<{ verdict: string; checks: { check: string; verdict: string; code: string | null }[]; refusal: object }>(carl, 'validateVC', { project, challenge, presentation })
    expect(verified.verdict).toBe('unknown')
    expect(verified.checks.filter(({ verdict }) => verdict !== 'valid').map(({ code }) => code)).toContain('STATUS_UNKNOWN')
    expect(verified.refusal).toMatchObject({ code: 'STATUS_UNKNOWN' })
    expect((await refusal(world.door.do(carl, 'applyForLoan', { project, amount: LOAN.amount, months: LOAN.months }))).code).toBe('STATUS_UNKNOWN')
  })
})
