import { generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isCode } from '@growr/contracts'
import { createPresentation, didJwk, didJwkKid, issueCredential, nativeSigner, publicJwkOf, type Signer } from '@growr/credentials'
import { lengths } from './testing/at-rest.ts'
import { Refused, refusal } from './testing/door.ts'
import { KYC, LOAN, type ProjectOptions } from './testing/lending.ts'
import type { Person } from './testing/people.ts'
import { startWorld, type World } from './testing/world.ts'

// Each check refuses an application by its own reason, through the door by which borrowers come. Where the custodian of her keys
// would not help, the test makes keys, credentials and presentations of its own.

let world: World
let bea: Person
let carl: Person
let project: string
let verifier: string

const SAVINGS = { currency: 'HNL', months: 14, averageBalance: 150_000 }

beforeAll(async () => {
  world = await startWorld()
  const [first, second] = world.comsa.borrowers as [Person, Person]
  bea = first
  carl = second
  for (const who of [bea, carl]) await world.lending.credential(world.comsa, who)
  project = await world.lending.project(world.comsa)
  verifier = (await world.door.do(bea, 'requestPresentation', { project }))['verifier'] as string
})
afterAll(() => world.end())

const challengeFor = async (who: Person, key = project): Promise<string> => (await world.door.do(who, 'requestPresentation', { project: key }))['challenge'] as string
const present = async (who: Person, challenge: string, key = project): Promise<string> => (await world.door.do(who, 'createVCPresentation', { project: key, challenge }))['presentation'] as string
const apply = (who: Person, with_: { project?: string; presentation?: string; challenge?: string } = {}): Promise<unknown> =>
  world.door.do(who, 'applyForLoan', { project, amount: LOAN.amount, months: LOAN.months, ...with_ })
const credentialsIn = (presentation: string): string[] => (JSON.parse(Buffer.from(presentation.split('.')[1] as string, 'base64url').toString()) as { vp: { verifiableCredential: string[] } }).vp.verifiableCredential

/** Somebody with a key of their own. */
function stranger(): Signer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const did = didJwk(publicJwkOf(privateKey))
  return nativeSigner(privateKey, did, didJwkKid(did))
}

const presentedBy = (signer: Signer, credentials: readonly string[], challenge: string, verifierDid = verifier): Promise<string> =>
  createPresentation({ credentials, verifierDid, challenge, now: world.clock.now() }, signer)

/** A token with its payload changed and its signature as it was. */
function tampered(token: string, change: (payload: Record<string, unknown>) => void): string {
  const [head, body, tail] = token.split('.') as [string, string, string]
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
  change(payload)
  return `${head}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${tail}`
}

const projectWith = (options: ProjectOptions): Promise<string> => world.lending.project(world.comsa, options)

interface Reason {
  readonly name: string
  readonly code: string
  readonly path: string
  /** Applies, and is refused. */
  readonly apply: () => Promise<unknown>
}

describe('an application is refused by the reason that it deserves', () => {
  const reasons: readonly Reason[] = [
    { name: 'a credential changed inside a signed presentation', code: 'PRESENTATION_TAMPERED', path: 'checks.presentation', apply: async () => {
      // Inside a presentation that its holder signed: the holder's own signature breaks first.
      const challenge = await challengeFor(bea)
      const good = await present(bea, challenge)
      const [credential] = credentialsIn(good) as [string]
      const bad = tampered(good, (payload) => {
        (payload['vp'] as { verifiableCredential: string[] }).verifiableCredential = [tampered(credential, (inner) => { inner['exp'] = 4_000_000_000 })]
      })
      return apply(bea, { presentation: bad, challenge })
    } },
    { name: 'a presentation that was tampered with', code: 'PRESENTATION_TAMPERED', path: 'checks.presentation', apply: async () => {
      const challenge = await challengeFor(bea)
      return apply(bea, { presentation: tampered(await present(bea, challenge), (payload) => { payload['extra'] = true }), challenge })
    } },
    { name: 'a thief who presents what another was given', code: 'HOLDER_MISMATCH', path: 'checks.KYC', apply: async () => {
      const stolen = credentialsIn(await present(bea, await challengeFor(bea)))
      const challenge = await challengeFor(carl)
      return apply(carl, { presentation: await presentedBy(stranger(), stolen, challenge), challenge })
    } },
    { name: 'another\'s presentation, made for one\'s own challenge', code: 'HOLDER_MISMATCH', path: 'presentation', apply: async () => {
      // Nothing is wrong with it, but it proves the one who made it: a loan on somebody else's record is none of hers.
      const challenge = await challengeFor(carl)
      return apply(carl, { presentation: await present(bea, challenge), challenge })
    } },
    { name: 'a thief with another\'s whole presentation', code: 'WRONG_CHALLENGE', path: 'checks.presentation', apply: async () =>
      apply(carl, { presentation: await present(bea, await challengeFor(bea)), challenge: await challengeFor(carl) }) },
    { name: 'a thief with another\'s presentation and challenge', code: 'WRONG_CHALLENGE', path: 'challenge', apply: async () => {
      const challenge = await challengeFor(bea)
      return apply(carl, { presentation: await present(bea, challenge), challenge })
    } },
    { name: 'an answer to another challenge', code: 'WRONG_CHALLENGE', path: 'checks.presentation', apply: async () =>
      apply(bea, { presentation: await present(bea, await challengeFor(bea)), challenge: await challengeFor(bea) }) },
    { name: 'a challenge that nobody gave', code: 'WRONG_CHALLENGE', path: 'challenge', apply: async () => {
      const challenge = randomBytes(32).toString('base64url')
      return apply(bea, { presentation: await present(bea, challenge), challenge })
    } },
    { name: 'a challenge for another project', code: 'WRONG_CHALLENGE', path: 'challenge', apply: async () => {
      const challenge = await challengeFor(bea, await projectWith({}))
      return apply(bea, { presentation: await present(bea, challenge), challenge })
    } },
    { name: 'a challenge that was used', code: 'WRONG_CHALLENGE', path: 'challenge', apply: async () => {
      const challenge = await challengeFor(bea)
      const presentation = await present(bea, challenge)
      await apply(bea, { presentation, challenge })
      return apply(bea, { presentation, challenge })
    } },
    { name: 'a presentation for another verifier', code: 'WRONG_VERIFIER', path: 'checks.presentation', apply: async () => {
      const challenge = await challengeFor(bea)
      return apply(bea, { presentation: await presentedBy(stranger(), credentialsIn(await present(bea, challenge)), challenge, 'did:web:elsewhere.example:verifier'), challenge })
    } },
    { name: 'a presentation that has expired', code: 'PRESENTATION_EXPIRED', path: 'checks.presentation', apply: async () => {
      const challenge = await challengeFor(bea)
      const presentation = await present(bea, challenge)
      await world.clock.advance(301_000)
      return apply(bea, { presentation, challenge })
    } },
    { name: 'no presentation at all', code: 'PRESENTATION_MALFORMED', path: 'checks.presentation', apply: async () =>
      apply(bea, { presentation: 'not a presentation', challenge: await challengeFor(bea) }) },
    { name: 'an issuer whom nobody knows', code: 'ISSUER_UNTRUSTED', path: 'checks.KYC', apply: async () => {
      const challenge = await challengeFor(bea)
      const self = stranger()
      const now = world.clock.now()
      const { jwt } = await issueCredential({ id: 'urn:growr:credential:self-made', type: 'KYC', subject: self.did, organization: world.comsa.id, claims: KYC, validFrom: now, validUntil: new Date(now.getTime() + 86_400_000), status: { purpose: 'revocation', list: 'http://localhost/status/none', index: 1 } }, self)
      return apply(bea, { presentation: await presentedBy(self, [jwt], challenge), challenge })
    } },
    { name: 'an issuer whom the project trusts for another organization alone', code: 'ISSUER_UNTRUSTED', path: 'checks.KYC', apply: async () =>
      apply(bea, { project: await projectWith({ trusted: [{ issuer: await world.lending.issuer(), organization: world.otra.id }] }) }) },
    { name: 'a credential that is missing', code: 'CREDENTIAL_MISSING', path: 'checks.SavingsHistory', apply: async () =>
      apply(carl, { project: await projectWith({ required: ['KYC', 'SavingsHistory'] }) }) },
    { name: 'a credential that has expired', code: 'CREDENTIAL_EXPIRED', path: 'checks.BusinessActivity', apply: async () => {
      const on = world.clock.now().toISOString().slice(0, 10)
      await world.lending.credential(world.comsa, bea, 'BusinessActivity', { sector: 'AGRICULTURE', currency: 'HNL', annualRevenue: 1_000_000, monthsActive: 36 }, { validUntil: on })
      const key = await projectWith({ required: ['BusinessActivity'] })
      await world.clock.advance(2 * 86_400_000)
      return apply(bea, { project: key })
    } },
    { name: 'a credential that was revoked', code: 'CREDENTIAL_REVOKED', path: 'checks.FinancialHealth', apply: async () => {
      const credential = await world.lending.credential(world.comsa, bea, 'FinancialHealth', { coursesCompleted: 3 })
      const key = await projectWith({ required: ['FinancialHealth'] })
      // It was believed a moment ago: the verifier must not go on believing it.
      await apply(bea, { project: key })
      await world.door.do(world.comsa.admin, 'revokeVC', { credential })
      return apply(bea, { project: key })
    } },
    { name: 'criteria that are not met', code: 'CRITERIA_NOT_MET', path: 'checks.criteria', apply: async () => {
      await world.lending.credential(world.comsa, bea, 'SavingsHistory', SAVINGS)
      return apply(bea, { project: await projectWith({ required: ['SavingsHistory'], rules: { all: [{ id: 'two-years', text: 'has saved for two years', fact: 'SavingsHistory', path: 'months', operator: 'greaterThanInclusive', value: 24 }] } }) })
    } },
  ]

  it.each(reasons)('$name: $code', async ({ apply: attempt, code, path }) => {
    const refused = await refusal(attempt())
    expect(refused).toMatchObject({ code, path })
    // Never a claim, whoever reads it.
    expect(JSON.stringify(refused)).not.toMatch(/Beatriz|150000|months":/)
  })

  it('says it again when the same request comes again, and keeps what was refused in the book', async () => {
    const key = await projectWith({ required: ['CommunityMembership'] })
    const args = { project: key, amount: LOAN.amount, months: LOAN.months }
    const first = await refusal(world.door.do(carl, 'applyForLoan', args, { requestId: 'again-1' }))
    expect(await refusal(world.door.do(carl, 'applyForLoan', args, { requestId: 'again-1' }))).toEqual(first)
    const { edges } = await world.door.do<{ edges: { node: { status: string } }[] }>(world.comsa.admin, 'loans', { project: key })
    expect(edges.map(({ node }) => node.status)).toEqual(['REFUSED'])
  })

  it('a project that trusts nobody does not open, and its verifier believes nobody', async () => {
    const key = await projectWith({ trusted: [], draft: true })
    expect(await refusal(world.door.do(world.comsa.admin, 'activateProject', { key }))).toMatchObject({ code: 'NO_TRUSTED_ISSUER' })
    const challenge = await challengeFor(bea, key)
    const { verdict, refusal: why } = await world.door.do<{ verdict: string; refusal: object }>(bea, 'validateVC', { project: key, challenge, presentation: await present(bea, challenge, key) })
    expect(verdict).not.toBe('valid')
    expect(why).toMatchObject({ code: 'NO_TRUSTED_ISSUER', path: 'checks.trusted' })
  })

  it('a tampered credential is found by its own signature, also where the holder signs anew', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const did = didJwk(publicJwkOf(privateKey))
    const holder = nativeSigner(privateKey, did, didJwkKid(did))
    const challenge = await challengeFor(bea)
    const [credential] = credentialsIn(await present(bea, challenge)) as [string]
    // She writes herself into it as its subject, and signs what she presents with the key of that subject.
    const mine = tampered(credential, (payload) => {
      payload['sub'] = did
      ;((payload['vc'] as Record<string, unknown>)['credentialSubject'] as Record<string, unknown>)['id'] = did
    })
    expect(await refusal(apply(bea, { presentation: await presentedBy(holder, [mine], challenge), challenge }))).toMatchObject({ code: 'CREDENTIAL_TAMPERED', path: 'checks.KYC' })
  })
})

describe('whatever comes as a presentation', () => {
  it('gets a verdict with a code, is never believed, and writes nothing', async () => {
    const challenge = await challengeFor(bea)
    const good = await present(bea, challenge)
    await world.settle()
    const before = await lengths(world.inside.stores)
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
      fc.base64String({ minLength: 4, maxLength: 400 }),
      // One character of a good one changed, left out, or put in.
      fc.tuple(fc.nat(good.length - 1), fc.constantFrom('A', '.', '=', '-', 'é', '')).map(([at, character]) => good.slice(0, at) + character + good.slice(at + 1)).filter((changed) => changed !== good),
      fc.jsonValue().map((value) => `${good.split('.')[0]}.${Buffer.from(JSON.stringify(value)).toString('base64url')}.${good.split('.')[2]}`),
      fc.jsonValue().map((value) => `${Buffer.from(JSON.stringify(value)).toString('base64url')}.${good.split('.')[1]}.${good.split('.')[2]}`),
    )
    await fc.assert(fc.asyncProperty(garbage, async (presentation) => {
      try {
        const { verdict, refusal: why } = await world.door.do<{ verdict: string; refusal: { code: string } }>(bea, 'validateVC', { project, challenge: await challengeFor(bea), presentation })
        expect(verdict).not.toBe('valid')
        expect(isCode(why.code)).toBe(true)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        expect(isCode(error.code)).toBe(true)
        expect(error.code).not.toBe('INTERNAL')
      }
    }), { numRuns: 120 })
    await world.settle()
    expect(await lengths(world.inside.stores)).toEqual(before)
  }, 60_000)

  it('is not read beyond its bound', async () => {
    expect(await refusal(apply(bea, { presentation: 'x'.repeat(262_145), challenge: await challengeFor(bea) }))).toMatchObject({ code: 'BAD_INPUT', path: 'presentation' })
    const challenge = await challengeFor(bea)
    const many = Array<string>(200).fill('eyJhbGciOiJFUzI1NiJ9.e30.AA')
    const swollen = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ vp: { verifiableCredential: many } })).toString('base64url')}.AA`
    expect((await refusal(apply(bea, { presentation: swollen, challenge }))).code).toMatch(/^PRESENTATION_/)
  })
})
