import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identity, user as users } from '@growr/contracts'
import { createPresentation, createResolver, didJwk, didJwkKid, nativeSigner, publicJwkOf, verifyVerificationResult } from '@growr/credentials'
import { refusal, startRig, type Rig, type Session } from '../testing/rig.ts'
import { aCooperative, claims, open, type Cooperative } from '../testing/lending.ts'

describe('presenting and verifying', () => {
  let rig: Rig
  let coop: Cooperative
  let phones = 10

  beforeAll(async () => {
    rig = await startRig()
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
  })
  afterAll(() => rig.stop())

  const aBorrower = (): Promise<Session> => rig.signUp('BORROWER', { organization: coop.org, address: `+504990001${phones++}`, by: coop.admin })
  const issue = (to: Session, type: 'KYC' | 'SavingsHistory', more: object = {}) =>
    rig.as(coop.admin).call(identity.issueVC, { organization: coop.org, user: to.user, type, claims: claims[type], ...more })
  const apply = async (who: Session, project: string) => {
    const { challenge } = await rig.as(who).call(identity.requestPresentation, { project })
    const { presentation } = await rig.as(who).call(identity.createVCPresentation, { project, challenge })
    return rig.as(who).call(identity.validateVC, { project, challenge, presentation })
  }
  const both = async (): Promise<Session> => {
    const who = await aBorrower()
    await issue(who, 'KYC')
    await issue(who, 'SavingsHistory')
    return who
  }

  it('passes only if every check does, and signs a result without a claim', async () => {
    open(rig, coop, 'coffee', { rules: { all: [{ id: 'a-year', fact: 'SavingsHistory', path: 'months', operator: 'greaterThanInclusive', value: 12 }] } })
    const who = await both()
    const verification = await apply(who, 'coffee')
    expect(verification.verdict).toBe('valid')
    expect(verification.refusal).toBeNull()
    expect(verification.checks.every(({ verdict, code }) => verdict === 'valid' && code === null)).toBe(true)
    expect(verification.checks.map(({ check }) => check)).toEqual(expect.arrayContaining([
      'presentation.signature', 'presentation.verifier', 'presentation.challenge', 'credential.signature', 'credential.issuer', 'credential.time', 'credential.status', 'credential.present', 'criteria',
    ]))
    const jws = verification.result?.jws as string
    const read = await verifyVerificationResult(jws, { resolver: createResolver(), now: rig.clock.now(), signedBy: verification.verifier })
    expect(read).toMatchObject({ verdict: 'valid', project: 'coffee', holder: verification.holder, digest: verification.digest })
    expect(Buffer.from(jws.split('.')[1] as string, 'base64url').toString()).not.toMatch(/Beatriz|months|level/)
  })

  it('records the permission, presents what is asked for and nothing else', async () => {
    open(rig, coop, 'only-kyc', { required: ['KYC'] })
    const who = await both()
    const { challenge, types } = await rig.as(who).call(identity.requestPresentation, { project: 'only-kyc' })
    expect(types).toEqual(['KYC'])
    const { presentation, permission } = await rig.as(who).call(identity.createVCPresentation, { project: 'only-kyc', challenge })
    const payload = JSON.parse(Buffer.from(presentation.split('.')[1] as string, 'base64url').toString()) as { vp: { verifiableCredential: string[] }; exp: number; iat: number }
    expect(payload.vp.verifiableCredential).toHaveLength(1)
    expect(payload.exp - payload.iat).toBe(300)
    const granted = await rig.as(who).call(identity.findPermissions, {})
    expect(granted).toEqual([expect.objectContaining({ id: permission, project: 'only-kyc', types: ['KYC'], status: 'GRANTED' })])
  })

  it('presents nothing under a permission that was withdrawn, until the owner grants it anew', async () => {
    open(rig, coop, 'withdrawn')
    const who = await both()
    expect((await apply(who, 'withdrawn')).verdict).toBe('valid')
    const [permission] = await rig.as(who).call(identity.findPermissions, {})
    expect((await refusal(rig.as(coop.borrower).call(identity.withdrawPermission, { permission: permission?.id as string }))).code).toBe('NOT_FOUND')
    await rig.as(who).call(identity.withdrawPermission, { permission: permission?.id as string })
    expect(await refusal(apply(who, 'withdrawn'))).toMatchObject({ code: 'PERMISSION_WITHDRAWN', path: 'project' })
    const me = await rig.as(who).call(users.me, {})
    const asked = await rig.as(coop.agent).call(identity.requestPermission, { project: 'withdrawn', did: me.did as string })
    expect(asked.status).toBe('REQUESTED')
    expect((await rig.as(who).call(identity.requestPermission, { project: 'withdrawn' })).status).toBe('GRANTED')
    expect((await apply(who, 'withdrawn')).verdict).toBe('valid')
  })

  const refusals: [string, string, string, (project: string) => Promise<Session>][] = [
    ['a credential that is missing', 'CREDENTIAL_MISSING', 'checks.SavingsHistory', async () => {
      const who = await aBorrower()
      await issue(who, 'KYC')
      return who
    }],
    ['one that has expired', 'CREDENTIAL_EXPIRED', 'checks.KYC', async () => {
      const who = await aBorrower()
      await issue(who, 'KYC', { validUntil: '2026-03-02' })
      await issue(who, 'SavingsHistory')
      await rig.clock.advance(2 * 86_400_000)
      return who
    }],
    ['one that was revoked', 'CREDENTIAL_REVOKED', 'checks.KYC', async (project) => {
      const who = await aBorrower()
      const kyc = await issue(who, 'KYC')
      await issue(who, 'SavingsHistory')
      // The list was read before it was revoked: the verifier must not go on believing it.
      expect((await apply(who, project)).verdict).toBe('valid')
      await rig.as(coop.admin).call(identity.revokeVC, { credential: kyc.id })
      return who
    }],
    ['an issuer whom the project does not trust', 'ISSUER_UNTRUSTED', 'checks.KYC', async (project) => {
      open(rig, coop, project, { trusted: [{ issuer: coop.issuer, organization: coop.other.org }] })
      return both()
    }],
    ['a project that trusts nobody', 'NO_TRUSTED_ISSUER', 'checks.trusted', async (project) => {
      open(rig, coop, project, { trusted: [] })
      return both()
    }],
    ['criteria that are not met', 'CRITERIA_NOT_MET', 'checks.criteria', async (project) => {
      open(rig, coop, project, { rules: { all: [{ id: 'two-years', text: 'has saved for two years', fact: 'SavingsHistory', path: 'months', operator: 'greaterThanInclusive', value: 24 }] } })
      return both()
    }],
  ]
  it.each(refusals)('refuses %s', async (_what, code, path, prepare) => {
    const project = `p-${code}`
    open(rig, coop, project)
    const who = await prepare(project)
    const verification = await apply(who, project)
    expect(verification.verdict).not.toBe('valid')
    expect(verification.refusal).toMatchObject({ code, path })
    expect(verification.checks[0]).toMatchObject({ code })
    if (code === 'CRITERIA_NOT_MET') {
      expect(verification.refusal?.details).toEqual({ criteria: [{ id: 'two-years', text: 'has saved for two years' }] })
      expect(verification.checks[0]?.id).toBe('checks.criteria.two-years')
    }
  })

  it('hears what somebody owes from the Loan service, and from nobody else', async () => {
    open(rig, coop, 'ceiling')
    const who = await both()
    const { challenge } = await rig.as(who).call(identity.requestPresentation, { project: 'ceiling' })
    const { presentation } = await rig.as(who).call(identity.createVCPresentation, { project: 'ceiling', challenge })
    const indebtedness = { currency: 'HNL', owed: '1', factor: '6' }
    expect(await refusal(rig.as(who).call(identity.validateVC, { project: 'ceiling', challenge, presentation, indebtedness }))).toMatchObject({ code: 'FORBIDDEN', path: 'indebtedness' })
    const asked = await rig.service('loan').call(identity.requestPresentation, { project: 'ceiling' })
    const again = await rig.as(who).call(identity.createVCPresentation, { project: 'ceiling', challenge: asked.challenge })
    const told = await rig.service('loan').call(identity.validateVC, { project: 'ceiling', challenge: asked.challenge, presentation: again.presentation, indebtedness })
    // Her credentials show no income.
    expect(told.refusal).toMatchObject({ code: 'INCOME_UNKNOWN', path: 'checks.indebtedness', details: {} })
  })

  it('chooses the newest valid credential of a type', async () => {
    open(rig, coop, 'newest', { rules: { all: [{ fact: 'SavingsHistory', path: 'months', operator: 'equal', value: 30 }] } })
    const who = await both()
    await issue(who, 'SavingsHistory', { claims: { ...claims.SavingsHistory, months: 30 } })
    expect((await apply(who, 'newest')).verdict).toBe('valid')
    const expired = await issue(who, 'SavingsHistory', { claims: { ...claims.SavingsHistory, months: 99 } })
    await rig.as(coop.admin).call(identity.revokeVC, { credential: expired.id })
    expect((await apply(who, 'newest')).verdict).toBe('valid')
  })

  it('takes a challenge once, for its project and its borrower, within five minutes', async () => {
    open(rig, coop, 'once')
    open(rig, coop, 'elsewhere')
    const who = await both()
    const thief = await both()
    const ask = async (project = 'once') => (await rig.as(who).call(identity.requestPresentation, { project })).challenge
    const present = async (challenge: string, by = who) => (await rig.as(by).call(identity.createVCPresentation, { project: 'once', challenge })).presentation
    const validate = (challenge: string, presentation: string, by = who, requestId?: string) =>
      rig.as(by).call(identity.validateVC, { project: 'once', challenge, presentation }, requestId === undefined ? {} : { requestId })
    const wrong = { code: 'WRONG_CHALLENGE', path: 'challenge' }

    const first = await ask()
    const presentation = await present(first)
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => validate(first, presentation).then(({ verdict }) => verdict, ({ code }: { code: string }) => code)))
    expect(outcomes.filter((outcome) => outcome === 'valid')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'WRONG_CHALLENGE')).toHaveLength(15)

    const second = await ask()
    expect(await refusal(validate('a-challenge-nobody-gave', presentation))).toMatchObject(wrong)
    expect(await refusal(validate(await ask('elsewhere'), presentation))).toMatchObject(wrong)
    expect(await refusal(validate(second, await present(second), thief))).toMatchObject(wrong)
    // The presentation answers another challenge.
    expect((await validate(second, presentation)).refusal).toMatchObject({ code: 'WRONG_CHALLENGE', path: 'checks.presentation' })

    const third = await ask()
    const mine = await present(third)
    expect((await validate(third, mine, who, 'validate-1')).verdict).toBe('valid')
    expect((await validate(third, mine, who, 'validate-1')).verdict).toBe('valid')
    expect(await refusal(validate(third, mine, who, 'validate-2'))).toMatchObject(wrong)

    const late = await ask()
    const answer = await present(late)
    await rig.real.advance(300_001)
    expect(await refusal(validate(late, answer))).toMatchObject(wrong)
  })

  it('refuses what was tampered with, made for another verifier, or stolen', async () => {
    open(rig, coop, 'attacked')
    const who = await both()
    const thief = await both()
    const challenge = async (by = who) => (await rig.as(by).call(identity.requestPresentation, { project: 'attacked' })).challenge
    const judge = (challenged: string, presentation: string, by = who) => rig.as(by).call(identity.validateVC, { project: 'attacked', challenge: challenged, presentation })

    const one = await challenge()
    const { presentation } = await rig.as(who).call(identity.createVCPresentation, { project: 'attacked', challenge: one })
    const [header, body, signature] = presentation.split('.') as [string, string, string]
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as { vp: { verifiableCredential: string[] } }
    const forged = Buffer.from(JSON.stringify({ ...payload, extra: true })).toString('base64url')
    expect((await judge(one, `${header}.${forged}.${signature}`)).refusal).toMatchObject({ code: 'PRESENTATION_TAMPERED', path: 'checks.presentation' })
    expect((await judge(await challenge(), 'not a presentation')).refusal).toMatchObject({ code: 'PRESENTATION_MALFORMED' })

    // A thief has the credentials, but not the key to which they were issued.
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const did = didJwk(publicJwkOf(privateKey))
    const signer = nativeSigner(privateKey, did, didJwkKid(did))
    const stolen = await challenge(thief)
    const verifier = (await rig.as(who).call(identity.requestPresentation, { project: 'attacked' })).verifier
    const made = (verifierDid: string, nonce: string, credentials = payload.vp.verifiableCredential) => createPresentation({ credentials, verifierDid, challenge: nonce, now: rig.clock.now() }, signer)
    expect((await judge(stolen, await made(verifier, stolen), thief)).refusal).toMatchObject({ code: 'HOLDER_MISMATCH', path: 'checks.KYC' })
    const two = await challenge()
    expect((await judge(two, await made('did:web:elsewhere.example:verifier', two))).refusal).toMatchObject({ code: 'WRONG_VERIFIER', path: 'checks.presentation' })

    const three = await challenge()
    const tampered = payload.vp.verifiableCredential.map((jwt) => {
      const [head, claimed, sign] = jwt.split('.') as [string, string, string]
      const changed = JSON.parse(Buffer.from(claimed, 'base64url').toString()) as { vc: { credentialSubject: Record<string, unknown> } }
      changed.vc.credentialSubject['months'] = 99
      return `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${sign}`
    })
    const checks = (await judge(three, await made(verifier, three, tampered))).checks
    expect(checks).toContainEqual(expect.objectContaining({ id: 'checks.SavingsHistory', check: 'credential.signature', code: 'CREDENTIAL_TAMPERED' }))
  })

  it('stops believing a presentation after five minutes of the node\'s time', async () => {
    open(rig, coop, 'slow')
    const who = await both()
    const { challenge } = await rig.as(who).call(identity.requestPresentation, { project: 'slow' })
    const { presentation } = await rig.as(who).call(identity.createVCPresentation, { project: 'slow', challenge })
    await rig.clock.advance(301_000)
    expect((await rig.as(who).call(identity.validateVC, { project: 'slow', challenge, presentation })).refusal).toMatchObject({ code: 'PRESENTATION_EXPIRED' })
  })

  it('lets borrowers ask for themselves only', async () => {
    open(rig, coop, 'mine')
    expect((await refusal(rig.as(coop.admin).call(identity.createVCPresentation, { project: 'mine', challenge: 'x'.repeat(43) }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.admin).call(identity.requestPresentation, { project: 'mine' }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.borrower).call(identity.createVCPresentation, { project: 'none', challenge: 'x'.repeat(43) }))).code).toBe('NOT_FOUND')
    expect((await refusal(rig.call(identity.requestPresentation, { project: 'mine' }))).code).toBe('UNAUTHENTICATED')
  })
})
